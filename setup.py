"""Builds the C core; everything that is not about compiling stands in pyproject.toml."""

import os
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

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


class FileByFile(build_ext):
    """Compiles files side by side, one for each processor; setuptools would compile one after the other."""

    def build_extension(self, ext: Extension) -> None:
        in_turn = self.compiler.compile

        def at_once(sources: list[str], **how: Any) -> list[str]:
            with ThreadPoolExecutor(self.parallel or os.cpu_count()) as pool:
                made = list(pool.map(lambda source: in_turn([source], **how), sources))
            return [name for names in made for name in names]

        self.compiler.compile = at_once
        try:
            super().build_extension(ext)
        finally:
            self.compiler.compile = in_turn


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
    cmdclass={"build_ext": FileByFile},
    options={"bdist_wheel": {"py_limited_api": "cp311"}} if ABI3 else {},
)
