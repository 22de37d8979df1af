"""Every ufunc of the table runs unchanged on a cluster: in other processes, by name, block by block."""

import numpy as np
import pytest

from indicia import ufuncs
from tests.test_ufuncs import ALL, every, inputs, same


def figures(ufunc):
    """Inputs of six series of 24 figures, and the names of the core dimensions of inputs and outputs."""
    if ufunc.signature is None:
        return inputs(ufunc, (6, 24)), [[]] * ufunc.nin, [[]] * ufunc.nout
    dims = [
        [[name for name in core.strip("()").split(",") if name] for core in side.split("),(")]
        for side in ufunc.signature.split("->")
    ]
    if ufunc is ufuncs.growth_untangle:
        rows = np.empty((6, 12, 24))
        rows[:, 0::2], rows[:, 1::2] = -np.inf, np.inf
        rows[:, 2] = np.random.default_rng(0).uniform(1, 9, (6, 24))
        return [np.arange(24) % 4.0, np.ones(24), np.full(6, 4.0), rows], *dims
    return inputs(ufunc, (6, 24)), *dims


@pytest.fixture(scope="module")
def client():
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=1, threads_per_worker=2, processes=True, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def chunked(da, array, core):
    """In chunks of four along the outer axis; core dimensions are one chunk."""
    outer = array.ndim - len(core)
    return da.from_array(array, chunks=(4,) * min(outer, 1) + (-1,) * (array.ndim - min(outer, 1)))


def test_every_ufunc_runs_on_a_cluster(client):
    """By dask all of them, by xarray one of each signature: it is dask that spreads them there, too."""
    dask, da, xr = pytest.importorskip("dask"), pytest.importorskip("dask.array"), pytest.importorskip("xarray")
    lazy, want, signatures = [], [], set()
    for ufunc in ALL:
        args, cores, outs = figures(ufunc)
        want.append(every(ufunc(*args)))
        blocks = [chunked(da, a, core) for a, core in zip(args, cores, strict=True)]
        types = [float] * ufunc.nout
        signature = ",".join(f"({','.join(core)})" for core in cores)
        signature += "->" + ",".join(f"({','.join(core)})" for core in outs)
        spread = da.apply_gufunc(
            ufunc, signature.replace("12", "k"), *blocks, output_dtypes=types if ufunc.nout > 1 else float
        )
        found = every(spread)
        if signature not in signatures:
            signatures.add(signature)
            named = [(*("geo", "item")[: b.ndim - len(core)], *core) for b, core in zip(blocks, cores, strict=True)]
            arrays = [xr.DataArray(b, dims=dims) for b, dims in zip(blocks, named, strict=True)]
            how = {"input_core_dims": cores, "output_core_dims": outs, "output_dtypes": types}
            parallel = xr.apply_ufunc(ufunc, *arrays, dask="parallelized", **how)
            found += tuple(array.data for array in every(parallel))
        lazy.append(found)
    assert client.scheduler_info()["workers"], "there is a cluster"
    for ufunc, found, values in zip(ALL, dask.compute(*lazy), want, strict=True):
        for k in range(0, len(found), ufunc.nout):
            try:
                same(found[k : k + ufunc.nout], values)
            except AssertionError as error:
                raise AssertionError(f"{ufunc.__name__} gives other figures on a cluster") from error
