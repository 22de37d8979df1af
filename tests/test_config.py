"""Threads and what show_config says."""

import os
import subprocess
import sys

import numpy as np
import pytest

import indicia
from indicia import _core, config


@pytest.fixture(autouse=True)
def nothing_chosen(monkeypatch):
    monkeypatch.setattr(config, "_chosen", None)
    monkeypatch.delenv(config.VARIABLE, raising=False)


def fresh(code, **env):
    """Runs code in a new interpreter; its output, or what it died of."""
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | env, capture_output=True, text=True, check=False, timeout=60
    )
    return done.stdout.strip() if done.returncode == 0 else done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("affinity", "quota", "threads"),
    [(4, float("inf"), 4), (64, float("inf"), 8), (4, 2.0, 2), (4, 1.5, 2), (4, 0.25, 1), (4, 16.0, 4), (1, 3.0, 1)],
)
def test_default(monkeypatch, affinity, quota, threads):
    monkeypatch.setattr(config, "_affinity", lambda: affinity)
    monkeypatch.setattr(config, "_quota", lambda: quota)
    assert indicia.get_threads() == threads


def test_default_of_this_machine():
    assert 1 <= indicia.get_threads() <= min(8, os.cpu_count() or 1)


def test_variable_and_override(monkeypatch):
    monkeypatch.setenv("INDICIA_THREADS", "5")
    assert indicia.get_threads() == 5
    indicia.set_threads(np.int64(3))
    assert indicia.get_threads() == 3
    assert type(indicia.get_threads()) is int
    indicia.set_threads(None)
    assert indicia.get_threads() == 5
    monkeypatch.setenv("INDICIA_THREADS", "")
    assert indicia.get_threads() >= 1


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5", "²"])
def test_a_variable_that_is_no_number(monkeypatch, text):
    monkeypatch.setenv("INDICIA_THREADS", text)
    with pytest.raises(ValueError, match="INDICIA_THREADS="):
        indicia.get_threads()


@pytest.mark.parametrize("setter", [indicia.set_threads, config.resolve_threads])
def test_bad_numbers(setter):
    with pytest.raises(ValueError, match="at least 1, got 0"):
        setter(0)
    for wrong in (True, 1.5, "2"):
        with pytest.raises(TypeError, match="whole number"):
            setter(wrong)


def test_resolve():
    indicia.set_threads(2)
    assert config.resolve_threads(None) == 2
    assert config.resolve_threads(7) == 7


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_quota_of_cgroup_2(tmp_path):
    root, membership = tmp_path / "cgroup", tmp_path / "membership"
    write(membership, "0::/pods/a\n")
    write(root / "pods" / "a" / "cpu.max", "max 100000\n")
    write(root / "pods" / "cpu.max", "250000 100000\n")
    assert config._quota.__wrapped__(root, membership) == 2.5
    write(root / "pods" / "a" / "cpu.max", "50000 100000\n")
    assert config._quota.__wrapped__(root, membership) == 0.5


def test_quota_of_cgroup_1(tmp_path):
    root, membership = tmp_path / "cgroup", tmp_path / "membership"
    write(membership, "4:cpu,cpuacct:/\n")
    write(root / "cpu" / "cpu.cfs_quota_us", "300000\n")
    write(root / "cpu" / "cpu.cfs_period_us", "100000\n")
    assert config._quota.__wrapped__(root, membership) == 3.0
    write(root / "cpu" / "cpu.cfs_quota_us", "-1\n")
    assert config._quota.__wrapped__(root, membership) == float("inf")


def test_no_quota(tmp_path):
    assert config._quota.__wrapped__(tmp_path, tmp_path / "none") == float("inf")
    write(tmp_path / "membership", "0::/\n")
    write(tmp_path / "cpu.max", "nonsense\n")
    assert config._quota.__wrapped__(tmp_path, tmp_path / "membership") == float("inf")


def test_show_config(capsys):
    found = indicia.show_config(mode="dict")
    assert found.items() >= _core.config().items()
    assert found["numpy"] == np.__version__
    assert found["threads"] == str(indicia.get_threads())
    assert indicia.show_config() is None
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(found)
    with pytest.raises(ValueError, match="mode='print'"):
        indicia.show_config(mode="print")


def test_simd_is_forced_or_refused():
    show = "import indicia; print(indicia.show_config(mode='dict')['simd'])"
    assert fresh(show, INDICIA_SIMD="scalar") == "scalar"
    assert fresh(show, INDICIA_SIMD="") == _core.config()["simd_best"]
    refused = fresh(show, INDICIA_SIMD="mmx")
    assert refused.startswith("ImportError: INDICIA_SIMD=mmx: expected scalar, sse2, avx2, avx512 or neon")


def test_not_in_a_subinterpreter():
    code = "import _xxsubinterpreters as s; i = s.create(); s.run_string(i, 'import indicia')"
    if sys.version_info >= (3, 13):
        code = code.replace("_xxsubinterpreters", "_interpreters").replace("run_string", "exec")
    assert "Error" in fresh(code)
