"""How a call tells the time: its dates in its own time zone, and how long it stays open."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from .models import Call


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a call stands at a moment: a word with its tone, and a sentence about time."""

    word: str
    tone: str  # class of the tag
    sentence: str


def instant_words(moment: datetime, zone_name: str) -> str:
    """Day and time with their zone: "10 de março de 2021 às 23:59 (horário de Brasília)"."""
    return _("%(day)s at %(time)s (%(zone)s)") % {
        "day": _day(moment),
        "time": date_format(moment, "H:i"),
        "zone": zone_words(zone_name),
    }


def _day(moment: datetime) -> str:
    """The day in words. Portuguese writes months in small letters."""
    text = date_format(moment, "DATE_FORMAT", use_l10n=True)
    return text.lower() if (get_language() or "").startswith("pt") else text


def zone_words(name: str) -> str:
    """A time zone as people call it."""
    known = {
        "America/Sao_Paulo": _("Brasília time"),
        "America/Noronha": _("Fernando de Noronha time"),
        "America/Manaus": _("Amazonas time"),
        "America/Cuiaba": _("Mato Grosso time"),
        "America/Rio_Branco": _("Acre time"),
    }
    return known.get(name, name)


def standing(call: Call, at: datetime) -> Standing:
    """How the call stands at ``at``, in words."""
    if call.state == Call.State.DRAFT:
        return Standing(_("Draft"), "", _("Only the programme's team sees it."))
    if call.state == Call.State.ARCHIVED:
        return Standing(_("Archived"), "", _("Kept for memory."))
    if call.is_coming(at):
        assert call.opens_at is not None
        return Standing(_("Opens soon"), "is-info", _("Opens in %(time)s.") % {"time": span_words(call.opens_at, at)})
    if call.is_open(at):
        assert call.closes_at is not None
        return Standing(_("Open"), "is-success", _("Closes in %(time)s.") % {"time": span_words(call.closes_at, at)})
    return Standing(_("Closed"), "", "")


def span_words(moment: datetime, at: datetime) -> str:
    """How long until ``moment``, in the one unit that matters: days, then hours, then minutes (never less than one)."""
    minutes = max(1, int((moment - at).total_seconds() // 60))
    if minutes >= 48 * 60:
        days = minutes // (24 * 60)
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    if minutes >= 120:
        hours = minutes // 60
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def dates_of(call: Call, at: datetime) -> list[tuple[str, str]]:
    """The dates that are recorded, as (label, words); the labels say whether the moment lies behind ``at``."""
    found: list[tuple[Any, str, str]] = [
        (call.opens_at_local, _("Opens"), _("Opened")),
        (call.closes_at_local, _("Closes"), _("Closed on")),
    ]
    return [
        (ahead if moment > at else behind, instant_words(moment, call.time_zone))
        for moment, ahead, behind in found
        if moment is not None
    ]
