"""Builds the C core; everything that is not about compiling stands in pyproject.toml."""

import os
import sys
import sysconfig
from pathlib import Path

import numpy
from setuptools import Extension, setup

FREE_THREADED = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
ABI3 = not FREE_THREADED and sys.implementation.name == "cpython"


def flags() -> list[str]:
    """Compiler flags; -march is never among them: the CPU is asked at import (src/core/base/cpu.h)."""
    if sys.platform == "win32":  # clang-cl
        return ["/O2", "/clang:-std=c11", "/clang:-fno-math-errno", "/clang:-ffp-contract=off"]
    # no contraction: the same bits on every instruction set
    common = ["-std=c11", "-O3", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off", "-fvisibility=hidden"]
    if os.environ.get("INDICIA_WERROR"):
        common += ["-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-Werror"]
    return common + os.environ.get("INDICIA_CFLAGS", "").split()


macros = [
    ("NPY_NO_DEPRECATED_API", "NPY_2_0_API_VERSION"),
    ("NPY_TARGET_VERSION", "NPY_2_1_API_VERSION"),
    ("PY_ARRAY_UNIQUE_SYMBOL", "indicia_array_api"),
    ("PY_UFUNC_UNIQUE_SYMBOL", "indicia_ufunc_api"),
]
if ABI3:
    macros.append(("Py_LIMITED_API", "0x030B0000"))

here = Path(__file__).parent
sources = sorted(str(p.relative_to(here)) for p in (here / "src").rglob("*.c"))
headers = sorted(str(p.relative_to(here)) for p in (here / "src").rglob("*.h"))

setup(
    ext_modules=[
        Extension(
            "indicia._core",
            sources=sources,
            depends=headers,
            include_dirs=["src", numpy.get_include()],
            define_macros=macros,
            extra_compile_args=flags(),
            extra_link_args=[]
            if sys.platform == "win32"
            else ["-pthread", *os.environ.get("INDICIA_LDFLAGS", "").split()],
            py_limited_api=ABI3,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}} if ABI3 else {},
)
