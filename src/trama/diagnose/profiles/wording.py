"""Words for what the numbers say: levels, differences, bands, changes. One place, so that page and files agree."""

import math

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trama_measure.diagnosis import DOES_NOT_KNOW, NO_ANSWER, NOT_APPLICABLE, Agreement, ChangeKind, Standing

from ..answers.selectors import Apart
from ..instruments.models import Level
from .publication import Band
from .reading import Group, Line


def level_words(level: int) -> str:
    """A level as a person reads it."""
    if level in tuple(Level):
        return str(Level(level).label)
    return {
        NO_ANSWER: _("without a level"),
        NOT_APPLICABLE: _("does not apply"),
        DOES_NOT_KNOW: _("the team does not know"),
    }[level]


def level_signs() -> list[tuple[str, str]]:
    """The letter that stands for a level in a chart, its initial in either language, and its name."""
    return [(str(level.label)[0], str(level.label)) for level in Level]


def standing_words(standing: int) -> str:
    return {
        Standing.NO_LEVEL: "",
        Standing.GAP: _("gap"),
        Standing.UNDER_WAY: _("under way"),
        Standing.TO_CONFIRM: _("strength to confirm"),
        Standing.STRENGTH: _("strength"),
    }[Standing(standing)]


def divergence_words(apart: Apart | None) -> str:
    """How far people are apart; "" where there is nobody to differ from."""
    if apart is None or (apart.agreement == Agreement.TOO_FEW and not apart.disputed):
        return ""
    if apart.disputed:
        return _("people differ on whether it applies")
    return {
        Agreement.AGREE: _("people agree"),
        Agreement.ONE_LEVEL: _("people differ by one level"),
        Agreement.TWO_OR_MORE: _("people differ by two levels or more"),
    }[Agreement(apart.agreement)]


def people_words(apart: Apart) -> str:
    """Who gave what, as counts: "2 Basic, 1 Exemplary, 1 does not know"."""
    parts = [
        f"{n} {level.label}" for level, n in zip(Level, apart.distribution, strict=True) if n
    ]  # fmt: skip
    if apart.unknown:
        parts.append(ngettext("%(n)d does not know", "%(n)d do not know", apart.unknown) % {"n": apart.unknown})
    if apart.not_applicable:
        n = apart.not_applicable
        parts.append(ngettext("%(n)d says it does not apply", "%(n)d say it does not apply", n) % {"n": n})
    return ", ".join(parts)


def change_words(line: Line) -> str:
    """What became of a criterion since the earlier round; "" without one."""
    change = line.change
    if change is None:
        return ""
    before = level_words(change.earlier) if change.earlier else ""
    told = {
        ChangeKind.ROSE: _("rose; it was %(before)s"),
        ChangeKind.SAME: _("as before"),
        ChangeKind.FELL: _("fell; it was %(before)s"),
        ChangeKind.ANCHORS_CHANGED: _("not comparable: the descriptions of the levels changed; it was %(before)s"),
        ChangeKind.PROVISIONAL: _("not comparable: not agreed in both rounds; it was %(before)s"),
        ChangeKind.NO_LEVEL: _("not comparable: without a level in one of the rounds"),
        ChangeKind.ONLY_LATER: _("new in the questionnaire"),
        ChangeKind.ONLY_EARLIER: _("no longer in the questionnaire; it was %(before)s"),
    }[change.kind]
    if not before and "%(before)s" in told:
        return _("not comparable: without a level in one of the rounds")
    return told % {"before": before}


def percent(share: float) -> str:
    return f"{number_format(round(100 * share), 0)} %"  # it truncates: round first


def coverage_words(group: Group) -> str:
    """How much of a group has a level."""
    if math.isnan(group.coverage):
        return _("nothing applies")
    return _("%(share)s of the weight has a level") % {"share": percent(group.coverage)}


def mean_words(group: Group) -> str:
    """The mean with its interval, one decimal: a mark on the area's own line, never a grade."""
    if not group.shown:
        return ""
    mean, low, high = (number_format(round(value, 1), 1) for value in (group.mean, group.low, group.high))
    if low == high:
        return mean
    return _("%(mean)s (between %(low)s and %(high)s, whatever the missing answers are)") % {
        "mean": mean, "low": low, "high": high,
    }  # fmt: skip


def band_words(band: Band) -> str:
    """A banded share: never a count, never "all" or "none"."""
    if (band.low, band.high) == (0, 50):
        return _("fewer than half")
    if (band.low, band.high) == (50, 100):
        return _("half or more")
    if band.low == 0:
        return _("fewer than %(high)d %%") % {"high": band.high}
    if band.high == 100:
        return _("%(low)d %% or more") % {"low": band.low}
    return _("%(low)d to %(high)d %%") % {"low": band.low, "high": band.high}


def size_words(low: int, high: int) -> str:
    """How many stand behind it, in a band."""
    if not high:
        return _("%(low)d or more") % {"low": low}
    return _("%(low)d to %(high)d") % {"low": low, "high": high}


def reached_words() -> tuple[str, str, str]:
    """The three shares that are told of many networks."""
    return (_("at least Basic"), _("at least Adequate"), _("Exemplary"))
