"""Names for the arrays that signatures mention. Shapes are written in the docstrings, as in ``(n, k)``."""

import numpy as np
from numpy.typing import NDArray

type FloatArray = NDArray[np.float64]
"""Real numbers; NaN is missing."""

type IntArray = NDArray[np.int64]
"""Whole numbers, such as counts of people or positions in another array; nothing can be missing."""

type BoolArray = NDArray[np.bool_]
"""Yes or no, nothing in between. Where "unknown" is an answer, see ``TruthArray``."""

type TruthArray = NDArray[np.uint8]
"""Three-valued truth: 0 not met, 1 met, 2 unknown (``indicators.conditions.Truth``)."""

type ByteArray = NDArray[np.uint8]
"""One byte each: answers in the codes of ``responses.codes``, or eight answers packed into a byte."""

type ScoreArray = NDArray[np.int8]
"""Scores of answers: 0 and 1 (or categories 0 to K - 1), -1 where an answer is not in the likelihood."""
