"""Which code sums a block: products of matrices in numpy, or the compiled kernel where it was built."""

from __future__ import annotations

from typing import Final

from . import kernel
from .em import BlockFunction
from .expected import expected_of_block

ENGINES: Final = ("auto", "numpy", "kernel")


def engine_named(name: str) -> BlockFunction:
    """The function that sums a block; "auto" is the kernel where it was built.

    Raises
    ------
    ValueError
        If there is no such engine, or the kernel was asked for and was not built.
    """
    if name not in ENGINES:
        raise ValueError(f"engine: one of {', '.join(ENGINES)} expected, found {name!r}")
    if name == "kernel" and not kernel.available():
        raise ValueError("engine: the kernel was not built here (scripts/build_kernel.py); numpy or auto work")
    return expected_of_block if name == "numpy" or not kernel.available() else kernel.sums_of_block
