"""The official levels of the Saeb scale, and the four-group reading that the field uses beside them.

Official cut points: input syntax of TS_ESCOLA, Saeb 2019 (Inep). Intervals are closed on the left. The four groups
(insufficient, basic, proficient, advanced) are a reading by Soares and QEdu, not Inep's, and are labelled so.
"""

from bisect import bisect_right
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

LOWEST, HIGHEST = 0, 500  # ends of the scale, in Saeb points


class Scale(NamedTuple):
    """One subject in the last grade of a stage."""

    low: int  # where the drawing starts; level 0 lies below the first cut
    cuts: tuple[int, ...]  # lower limit of level 1, of level 2, …
    groups: tuple[int, int, int]  # lower limits of basic, proficient and advanced


def _steps(first: int, last: int) -> tuple[int, ...]:
    return tuple(range(first, last + 1, 25))


SCALES: dict[tuple[str, str], Scale] = {
    ("saeb_lp", "AI"): Scale(100, _steps(125, 325), (150, 200, 250)),
    ("saeb_mt", "AI"): Scale(100, _steps(125, 350), (175, 225, 275)),
    ("saeb_lp", "AF"): Scale(175, _steps(200, 375), (200, 275, 325)),
    ("saeb_mt", "AF"): Scale(175, _steps(200, 400), (225, 300, 350)),
    ("saeb_lp", "EM"): Scale(200, _steps(225, 400), (250, 300, 375)),
    ("saeb_mt", "EM"): Scale(200, _steps(225, 450), (275, 350, 400)),
}
SCALES |= {(subject, "EMI"): SCALES[subject, "EM"] for subject in ("saeb_lp", "saeb_mt")}

GROUPS = (_("insufficient"), _("basic"), _("proficient"), _("advanced"))


def level_of(subject: str, stage: str, points: float) -> int | None:
    """The official level of a score (0 is below the first cut); None where the scale has no cuts."""
    scale = SCALES.get((subject, stage))
    return None if scale is None else bisect_right(scale.cuts, points)


def group_of(subject: str, stage: str, points: float) -> str:
    """The group of the field's four-group reading, in words; empty where it has no cuts."""
    scale = SCALES.get((subject, stage))
    return "" if scale is None else str(GROUPS[bisect_right(scale.groups, points)])
