"""Impact: did a programme change anything, and how sure can one be. Method: docs/methods/impact.md.

An analyst begins with ``Panel.from_columns`` and ``Evaluation``; the parts can be used alone:

* ``panel``: units, periods and starts, complete or refused. * ``did``, ``aggregate``: group-time effects (Callaway and
  Sant'Anna) and what they add up to. * ``draws``, ``intervals``: analytical errors, one joint bootstrap, bands.
* ``pretrends``, ``placebo``, ``sensitivity`` (with ``restrictions``, ``moments``, ``flci``): is it parallel trends?
* ``people``: students' results, by school and year, as a panel of schools. * ``table``, ``command``: from a CSV file.
* ``twfe``: the usual regression, taken apart. * ``synthetic``: one treated unit. * ``matching``: comparison networks.
* ``power``: what a planned call could show. * ``evaluation``, ``conclusions``: the road, and the codes at its end.
* ``findings``: the figures of a finished evaluation, to be kept. * ``report``: the page in plain words.
* ``simulate``: invented panels of which the truth is known. * ``notices``: what needs care; ``ImpactError``.
"""

from .aggregate import Aggregate, Kind, aggregate
from .conclusions import Bearing, Code, Conclusion
from .did import Base, Comparison, GroupTimeEffects, Method, Settings, group_time_effects
from .draws import Multiplier
from .evaluation import Evaluation
from .findings import Findings
from .matching import Distance, balance, match
from .notices import ImpactError, Notice, NoticeCode
from .panel import Panel
from .people import cell_means
from .power import Plan, minimum_detectable_effect, residual_covariance, simulated_power
from .pretrends import detectable_trend, joint_pretest
from .report import Language, PeriodKind, Report, Subject, UnitKind, write_report
from .restrictions import Shape
from .sensitivity import (
    EventStudy,
    breakdown,
    relative_magnitudes,
    relative_smoothness,
    smoothness,
    smoothness_set,
)
from .synthetic import synthetic_control
from .twfe import bacon, cell_weights, two_way_effects

__all__ = [
    "Aggregate",
    "Base",
    "Bearing",
    "Code",
    "Comparison",
    "Conclusion",
    "Distance",
    "Evaluation",
    "EventStudy",
    "Findings",
    "GroupTimeEffects",
    "ImpactError",
    "Kind",
    "Language",
    "Method",
    "Multiplier",
    "Notice",
    "NoticeCode",
    "Panel",
    "PeriodKind",
    "Plan",
    "Report",
    "Settings",
    "Shape",
    "Subject",
    "UnitKind",
    "aggregate",
    "bacon",
    "balance",
    "breakdown",
    "cell_means",
    "cell_weights",
    "detectable_trend",
    "group_time_effects",
    "joint_pretest",
    "match",
    "minimum_detectable_effect",
    "relative_magnitudes",
    "relative_smoothness",
    "residual_covariance",
    "simulated_power",
    "smoothness",
    "smoothness_set",
    "synthetic_control",
    "two_way_effects",
    "write_report",
]
