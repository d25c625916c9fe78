"""Pictures of item response results: for a notebook, a page and a document alike.

    from trama_measure.irt.plots import PORTUGUESE, Look, wright_map

    wright_map(calibration, Look(words=PORTUGUESE))     # a notebook shows it
    item_curve(calibration, "q07").svg                  # markup; .table has the numbers

* ``curves``: items. * ``information``: the test and its booklets. * ``wright``: students and items on one scale.
* ``observed``: observed shares against the fitted curve. * ``look``, ``words``, ``drawing``: scale, language, SVG.
"""

from .curves import item_curve, item_curves, item_information_curves
from .drawing import Plot
from .information import information_of_test
from .look import Look
from .observed import fit_by_sum, fit_curve
from .words import ENGLISH, PORTUGUESE, Words
from .wright import wright_map

__all__ = [
    "ENGLISH",
    "PORTUGUESE",
    "Look",
    "Plot",
    "Words",
    "fit_by_sum",
    "fit_curve",
    "information_of_test",
    "item_curve",
    "item_curves",
    "item_information_curves",
    "wright_map",
]
