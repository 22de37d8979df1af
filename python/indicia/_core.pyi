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
def fold(
    index: NDArray[np.int64],
    n: int,
    values: NDArray[np.float64],
    flags: NDArray[np.uint32] | None,
    rule: int,
    coverage: float,
) -> tuple[NDArray[np.float64], NDArray[np.uint32]]: ...
def parse_numbers(texts: Any, decimal: str, thousands: str | None) -> tuple[NDArray[np.float64], NDArray[np.int8]]: ...
def format_numbers(values: NDArray[np.float64], missing: str) -> NDArray[np.object_]: ...
def join_rows(columns: tuple[Any, ...], start: int, stop: int) -> bytes: ...
def disaggregate(
    benchmarks: NDArray[np.float64],
    indicators: NDArray[np.float64],
    low: NDArray[np.int32],
    weight: NDArray[np.float64],
    *,
    about: bool,
    scaled: bool,
    polynomial: int,
    memory: int,
    rule: int,
    rho: float,
    rho_low: float,
    rho_high: float,
    errors: bool,
    threads: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64] | None]: ...
def trade_advantage(exports: NDArray[np.float64], *, threads: int) -> tuple[NDArray[np.float64], int]: ...
def trade_presence(
    exports: NDArray[np.float64], threshold: float, *, as_given: bool, threads: int
) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int32], int]: ...
def trade_complexity(
    bits: NDArray[np.uint64], columns: int, *, threads: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]: ...
def trade_sums(
    bits: NDArray[np.uint64],
    columns: int,
    product: NDArray[np.float64],
    country: NDArray[np.float64],
    *,
    threads: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
def trade_proximity(bits: NDArray[np.uint64], columns: int, *, threads: int) -> NDArray[np.float64]: ...
def trade_spread(
    bits: NDArray[np.uint64], columns: int, weight: NDArray[np.float64], *, threads: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
def trade_fitness(
    bits: NDArray[np.uint64], columns: int, tolerance: float, floor: float, most: int, *, threads: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]: ...
def bench_numbers(lines: bytes, engine: str) -> tuple[int, float, float]: ...
def parse_periods(
    texts: ArrayLike, day_first: bool = False, freq: str | None = None
) -> tuple[str | NDArray[np.str_], NDArray[np.int32], NDArray[np.uint32] | None]: ...
def format_periods(freq: str | NDArray[np.str_], ordinals: ArrayLike) -> NDArray[np.str_]: ...
def period_days(freq: str | NDArray[np.str_], ordinals: ArrayLike, last: bool) -> NDArray[Any]: ...
def period_years(freq: str | NDArray[np.str_], ordinals: ArrayLike) -> NDArray[np.int32]: ...
def periods_year_before(freq: str | NDArray[np.str_], ordinals: ArrayLike) -> NDArray[np.int32]: ...
def periods_of_days(freq: str, days: ArrayLike) -> NDArray[np.int32]: ...

deflation_breadth: np.ufunc
deflation_percentile: np.ufunc
deflation_trimmed_mean: np.ufunc
growth_annualised: np.ufunc
growth_average_rate: np.ufunc
growth_cagr: np.ufunc
growth_carry_over: np.ufunc
growth_carry_over_this: np.ufunc
growth_change: np.ufunc
growth_change_lag: np.ufunc
growth_compound: np.ufunc
growth_contribution: np.ufunc
growth_from_ytd: np.ufunc
growth_implied_base: np.ufunc
growth_implied_level: np.ufunc
growth_last_observed: np.ufunc
growth_log_rate: np.ufunc
growth_log_rate_lag: np.ufunc
growth_rate: np.ufunc
growth_rate_abs: np.ufunc
growth_rate_abs_lag: np.ufunc
growth_rate_lag: np.ufunc
growth_share: np.ufunc
growth_untangle: np.ufunc
growth_window_sum: np.ufunc
growth_ytd: np.ufunc
index_banerjee: np.ufunc
index_bennet: np.ufunc
index_carli: np.ufunc
index_chain: np.ufunc
index_chain_rates: np.ufunc
index_cswd: np.ufunc
index_davies: np.ufunc
index_drobisch: np.ufunc
index_dutot: np.ufunc
index_fisher: np.ufunc
index_geary_khamis: np.ufunc
index_geometric_laspeyres: np.ufunc
index_geometric_paasche: np.ufunc
index_geometric_young: np.ufunc
index_harmonic: np.ufunc
index_jevons: np.ufunc
index_lehr: np.ufunc
index_lloyd_moulton: np.ufunc
index_lowe: np.ufunc
index_marshall_edgeworth: np.ufunc
index_matched: np.ufunc
index_montgomery: np.ufunc
index_montgomery_vartia: np.ufunc
index_palgrave: np.ufunc
index_product_dummy: np.ufunc
index_sato_vartia: np.ufunc
index_stuvel: np.ufunc
index_tornqvist: np.ufunc
index_walsh: np.ufunc
index_young: np.ufunc
interval_add: np.ufunc
interval_contribution: np.ufunc
interval_div: np.ufunc
interval_from_decimals: np.ufunc
interval_implied_base: np.ufunc
interval_implied_level: np.ufunc
interval_mul: np.ufunc
interval_rate: np.ufunc
interval_share: np.ufunc
interval_sub: np.ufunc
interval_sum: np.ufunc
interval_verdict: np.ufunc
region_atkinson: np.ufunc
region_entropy: np.ufunc
region_gini: np.ufunc
region_gini_weighted: np.ufunc
region_hachman: np.ufunc
region_hhi: np.ufunc
region_hoover: np.ufunc
region_leaders: np.ufunc
region_log_deviation: np.ufunc
region_median: np.ufunc
region_rank: np.ufunc
region_rank_bounds: np.ufunc
region_shift_share: np.ufunc
region_theil: np.ufunc
region_theil_l: np.ufunc
region_total: np.ufunc
region_variation: np.ufunc

def arrow_stream(columns: list[tuple[Any, ...]], *, batch: int = 0) -> object: ...

class Pipe:
    def write(self, data: Any, /) -> bool: ...
    def close(self, failed: bool = False, /) -> None: ...
    def desert(self) -> None: ...

def read(source: Any, format: str, path: Any, size: int, progress: Any, **options: Any) -> dict[str, Any]: ...
def sniff(head: Any, /) -> str | None: ...
def structures(
    data: Any, language: str | None, limit: int, /
) -> list[tuple[str, str, str | None, str | None, Any]]: ...
def formats() -> list[tuple[str, str, str, bool]]: ...
def xml_events(data: Any, step: int, /) -> list[tuple[str, str, list[tuple[str, str]] | None]]: ...
def json_events(data: bytes, window: int, /) -> list[tuple[int, str | None]]: ...
def bench_floor(descriptor: int, /) -> int: ...
def tree_sums(
    axes: tuple[tuple[_Positions, int, NDArray[np.uint32] | None, int], ...],
    values: NDArray[np.float64],
    flags: NDArray[np.uint32] | None,
    *,
    threads: int = 1,
) -> tuple[
    NDArray[np.float64],
    NDArray[np.uint64],
    NDArray[np.uint64],
    NDArray[np.uint32] | None,
    NDArray[np.uint32] | None,
]: ...
def tree_roll(
    values: NDArray[np.float64],
    flags: NDArray[np.uint32] | None,
    steps: NDArray[np.int32],
    weights: NDArray[np.float64],
    slots: int,
    nodes: int,
    how: int,
    coverage: float,
    *,
    threads: int = 1,
) -> tuple[NDArray[np.float64], NDArray[np.uint32]]: ...
