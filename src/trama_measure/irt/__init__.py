"""Item response models: from answers to item parameters, groups and proficiencies.

    model = ItemResponseModel(model="3pl", prior=Prior.for_options(4))
    calibration = model.fit(answers, groups=grades)
    calibration.items, calibration.groups, calibration.convergence

* ``model``: what to estimate. * ``results``: what was found.
* ``families``, ``parameters``, ``priors``, ``quadrature``, ``groups``: the parts of a model.
* ``blocks``, ``sources``, ``expected``, ``survey``: students, and sums over them that add up over partitions.
* ``scores``, ``plausible``, ``sumscores``: students. * ``fit``, ``dif``: whether the model describes the answers.
* ``plots``: curves, information, maps and fit as pictures. * ``spacing``: whether the grid is fine enough.
* ``maximise``, ``em``, ``layout``, ``standard_errors``: how it is estimated.

The method, with its numerical traps, is ``docs/methods/item_response.md``.
"""

from .errors import CalibrationRefused, UnreadableCalibration
from .model import ItemResponseModel
from .parameters import ItemParameters, published_parameters
from .priors import Beta, Normal, Prior
from .quadrature import Quadrature
from .results import Calibration, Convergence
from .scores import Scorer, scorer_of
from .sources import ArrayPartition, Batch

__all__ = [
    "ArrayPartition",
    "Batch",
    "Beta",
    "Calibration",
    "CalibrationRefused",
    "Convergence",
    "ItemParameters",
    "ItemResponseModel",
    "Normal",
    "Prior",
    "Quadrature",
    "Scorer",
    "UnreadableCalibration",
    "published_parameters",
    "scorer_of",
]
