"""How adoptions speak: the moves from state to state, and the lines of a history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from ..technologies.models import Adaptation
from .models import AdoptionChange

Kind = AdoptionChange.Kind


@dataclass(frozen=True, slots=True)
class MoveLine:
    """A move as a button: its word in addresses, its label, and how much it weighs."""

    verb: str
    slug: str
    label: str
    main: bool = False
    danger: bool = False


SLUGS = {
    "start": "iniciar",
    "pause": "pausar",
    "resume": "retomar",
    "finish": "concluir",
    "give_up": "desistir",
    "reopen": "reabrir",
}
VERBS = {slug: verb for verb, slug in SLUGS.items()}


def move_lines(verbs: Iterable[str]) -> list[MoveLine]:
    """Buttons for the moves that a state allows, the usual next one first."""
    labels = {
        "start": _("Start"),
        "resume": _("Take it up again"),
        "finish": _("Finish"),
        "pause": _("Pause"),
        "reopen": _("Reopen"),
        "give_up": _("Give up"),
    }
    wanted = set(verbs)
    return [
        MoveLine(verb, SLUGS[verb], label, main=verb in ("start", "resume"), danger=verb == "give_up")
        for verb, label in labels.items()
        if verb in wanted
    ]


def day_words(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A change in words."""

    change: AdoptionChange
    what: str
    about: str  # the step, or the text that changed
    before: str
    after: str


def history_lines(changes: Iterable[AdoptionChange]) -> list[HistoryLine]:
    """Changes in words. No query."""
    return [_line(change) for change in changes]


def _line(change: AdoptionChange) -> HistoryLine:
    fields = {
        "reason": _("Why this technology"),
        "adaptations": _("What was adapted here"),
        "what_changed": _("What changed"),
        "contexts": _("Adaptations of the technology in use"),
    }
    about = change.step.step.title if change.step is not None else str(fields.get(change.field, ""))
    before, after = change.before, change.after
    if change.kind == Kind.RESCHEDULED:
        before, after = _days(before), _days(after)
    if change.kind in (Kind.MEASURED, Kind.MEASURE_REMOVED):
        before, after = _measured(before), _measured(after)
    if change.field == "contexts":
        before, after = _contexts(before), _contexts(after)
    return HistoryLine(change, change.get_kind_display(), about, before, after)


def _days(span: str) -> str:
    """ "2026-03-02/2026-03-06" in the reader's own way."""
    first, _slash, last = span.partition("/")
    return f"{day_words(date.fromisoformat(first))} – {day_words(date.fromisoformat(last))}"


def _measured(kept: str) -> str:
    """ "Meetings held | 2026-11-19 | 62.5" in the reader's own way; what reads otherwise stays as it is."""
    title, day, value = ([""] * 3 + kept.rsplit(" | ", 2))[-3:]
    if not title or not day:
        return kept
    return f"{title} ({day_words(date.fromisoformat(day))}): {number_format(Decimal(value).normalize())}"


def _contexts(codes: str) -> str:
    labels: dict[str, Any] = dict(Adaptation.Context.choices)
    return ", ".join(str(labels.get(code, code)) for code in codes.split(", ") if code)
