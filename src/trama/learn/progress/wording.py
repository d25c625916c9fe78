"""Completion in words: one sentence for each thing that is asked, and where it is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..courses.models import Part
from .completion import Completion, Line, Reason

PLAIN = {
    Reason.OPENED: lambda: _("Opened."),
    Reason.NOT_OPENED: lambda: _("Not opened yet."),
    Reason.ANSWERED: lambda: _("Answered."),
    Reason.NOT_BEGUN: lambda: _("Not begun yet."),
    Reason.NOT_FINISHED: lambda: _("Begun and not finished."),
    Reason.ACCEPTED: lambda: _("Accepted."),
    Reason.HANDED_IN: lambda: _("Handed in."),
    Reason.NOT_HANDED_IN: lambda: _("Not handed in yet."),
    Reason.WAITS_FOR_TRAINER: lambda: _("Handed in; it waits for the trainer's answer."),
    Reason.RETURNED: lambda: _("Returned for revision: read the feedback and hand it in again."),
    Reason.FINISHED: lambda: _("Done in the tool."),
    Reason.NO_PAIR: lambda: _("It is done in a pair, and there is none yet: ask the trainer."),
    Reason.GONE_THROUGH: lambda: _("Gone through to the end."),
    Reason.PACKAGE_PASSED: lambda: _("Passed."),
    Reason.NOT_PASSED: lambda: _("Not passed yet: you can open it again and go on."),
    Reason.NO_SCORE: lambda: _("Gone through, but it gave no score yet: open it again and answer its questions."),
    Reason.NO_PEERS_YET: lambda: _("Nobody else has handed in yet; you get a letter when there is work to read."),
    Reason.PEERS_AFTER_WORK: lambda: _("You get the work of colleagues to read after you hand in yours."),
    Reason.NO_MEETINGS: lambda: _("This cohort has no meetings, so none is asked."),
}


@dataclass(frozen=True, slots=True)
class Tag:
    """How one part stands, in a word; ``tone``: of the colours of tags."""

    tone: str
    met: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A line as pages and exports show it. ``address`` leads to where it is done; "" where there is no such page."""

    line: Line
    title: str
    kind: str
    state: str
    address: str = ""

    @property
    def met(self) -> bool:
        return self.line.met

    @property
    def tone(self) -> str:
        if self.line.met:
            return "success"
        return "info" if self.line.waits_for_others else "warning"

    @property
    def tag(self) -> Tag:
        return Tag(self.tone, self.met, self.line.waits_for_others)


def _per_cent(value: Any) -> str:
    return number_format(float(value), decimal_pos=2 if value % 1 else 0) + "%"


def state_of(line: Line) -> str:
    """Why a line stands as it does, in one or two sentences."""
    if line.kind == "attendance":
        return _attendance(line)
    if line.kind == "tool" and line.reason == Reason.NOT_FINISHED:
        return _("Opened; the tool has not told yet that it was done.")
    if line.kind == "tool" and line.reason == Reason.BELOW:
        return _("The tool gave %(got)s; to pass: %(asked)s.") % {
            "got": _per_cent(line.got),
            "asked": _per_cent(line.asked),
        }
    if line.reason in PLAIN:
        return PLAIN[line.reason]()
    if line.kind == "peers":
        told = _("Feedback given on %(got)d of %(asked)d pieces of work of colleagues.")
        return told % {"got": line.got, "asked": line.asked}
    if line.reason == Reason.PASSED:
        return _("Passed with %(got)s.") % {"got": _per_cent(line.got)}
    if line.reason == Reason.NO_ATTEMPTS_LEFT:
        return _("All attempts were used without passing.")
    if line.kind == "package":
        return _("Best score: %(got)s; asked: %(asked)s.") % {
            "got": _per_cent(line.got),
            "asked": _per_cent(line.asked),
        }
    left = ""
    if line.of is not None:
        left = " " + ngettext("%(n)d attempt is left.", "%(n)d attempts are left.", line.of) % {"n": line.of}
    told = _("Best attempt: %(got)s; to pass: %(asked)s.") % {
        "got": _per_cent(line.got),
        "asked": _per_cent(line.asked),
    }
    return told + left


def _attendance(line: Line) -> str:
    if line.reason == Reason.NO_MEETINGS:
        return PLAIN[Reason.NO_MEETINGS]()
    told = _("Present at %(got)d of %(of)d meetings; %(asked)d are asked.") % {
        "got": line.got, "of": line.of, "asked": line.asked,
    }  # fmt: skip
    if line.reason == Reason.TOO_FEW:
        return told + " " + _("This can no longer be reached.")
    return told


def rows_of(found: Completion, parts: Mapping[int, Any], address: Any = None) -> list[Row]:
    """Every line in words. ``parts``: the parts of the version by key; ``address(part)``: where one is done."""
    rows = []
    for line in found.lines:
        part = parts.get(line.part or 0)
        if part is None:
            rows.append(Row(line, _("Meetings"), _("attendance"), state_of(line)))
            continue
        where = address(part) if address else ""
        kind = _("feedback to colleagues") if line.kind == "peers" else str(Part.Kind(part.kind).label)
        rows.append(Row(line, part.title, kind, state_of(line), where))
    return rows
