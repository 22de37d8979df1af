# What src/bind registers. The public face, with the documentation, is the package around it.

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

_Positions: TypeAlias = NDArray[np.unsignedinteger[Any]]

def config() -> dict[str, str]: ...
def series_index(
    positions: tuple[_Positions, ...], sizes: tuple[int, ...], *, rows: int = -1, threads: int = 1
) -> tuple[NDArray[np.int32] | NDArray[np.int64], NDArray[np.int64]]: ...
def scatter(
    positions: tuple[_Positions, ...],
    sizes: tuple[int, ...],
    ordinals: NDArray[np.int32] | None,
    first: int,
    periods: int,
    values: NDArray[np.float64],
    flags: NDArray[np.uint32] | None,
    duplicates: str,
    *,
    threads: int = 1,
    limit: int | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.uint32] | None]: ...
def gather(
    values: NDArray[np.float64], flags: NDArray[np.uint32] | None, has_time: bool, *, threads: int = 1
) -> tuple[tuple[_Positions, ...], NDArray[np.int32] | None, NDArray[np.float64], NDArray[np.uint32] | None]: ...
def parse_numbers(texts: Any, decimal: str, thousands: str | None) -> tuple[NDArray[np.float64], NDArray[np.int8]]: ...
def format_numbers(values: NDArray[np.float64], missing: str) -> NDArray[np.object_]: ...
def bench_numbers(lines: bytes, engine: str) -> tuple[int, float, float]: ...
def parse_periods(
    texts: ArrayLike, day_first: bool = False, freq: str | None = None
) -> tuple[str | NDArray[np.str_], NDArray[np.int32], NDArray[np.uint32] | None]: ...
def format_periods(freq: str | NDArray[np.str_], ordinals: ArrayLike) -> NDArray[np.str_]: ...
def period_days(freq: str | NDArray[np.str_], ordinals: ArrayLike, last: bool) -> NDArray[Any]: ...
def period_years(freq: str | NDArray[np.str_], ordinals: ArrayLike) -> NDArray[np.int32]: ...
def periods_year_before(freq: str | NDArray[np.str_], ordinals: ArrayLike) -> NDArray[np.int32]: ...
def periods_of_days(freq: str, days: ArrayLike) -> NDArray[np.int32]: ...

growth_contribution: np.ufunc
growth_last_observed: np.ufunc
growth_rate: np.ufunc
growth_rate_abs: np.ufunc
growth_share: np.ufunc

def arrow_stream(columns: list[tuple[Any, ...]], *, batch: int = 0) -> object: ...
