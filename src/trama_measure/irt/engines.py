"""Which code sums a block: products of matrices in numpy, or the compiled kernel where it was built."""

from __future__ import annotations

from typing import Final

from .em import BlockFunction
from .expected import expected_of_block

ENGINES: Final = ("auto", "numpy")


def engine_named(name: str) -> BlockFunction:
    """The function that sums a block.

    Raises
    ------
    ValueError
        If there is no such engine.
    """
    if name not in ENGINES:
        raise ValueError(f"engine: one of {', '.join(ENGINES)} expected, found {name!r}")
    return expected_of_block
