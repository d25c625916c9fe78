"""The priorities of a round explained to somebody who was not there: one page, on screen and on paper."""

from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..rounds.models import Round
from .lines import PriorityLine, priorities_of
from .models import PriorityList
from .official import Shown, beside
from .order import Order
from .selectors import Viewer, order_for
from .wording import decimal, why

LONG = 330  # letters of a description on one page


@dataclass(frozen=True, slots=True)
class Explained:
    """One decided priority, in words."""

    line: PriorityLine
    why: str
    differs: bool  # the rule puts it elsewhere
    shown: Shown

    @property
    def label(self) -> str:
        """Before the sentence of the rule: where the team decided otherwise, it is the rule's word, not the reason."""
        return _("By the rule") if self.differs else _("Why")

    @property
    def look_at(self) -> str:
        """What will be seen when the next level is reached, cut at a word where it is long."""
        text = self.shown.look_at
        return text if len(text) <= LONG else f"{text[:LONG].rsplit(' ', 1)[0]}…"

    @property
    def figures(self) -> list[str]:
        """``approval rate, early years: 91.2% (2023). It fell 3 editions running.``"""
        return [
            _("%(name)s: %(value)s (%(year)d). %(movement)s")
            % {
                "name": one.name,
                "value": decimal(one.last[1], one.indicator.decimals)
                + ("%" if one.indicator.unit == "percent" else ""),
                "year": one.last[0],
                "movement": one.movement,
            }
            for one in self.shown.figures
            if one.last is not None
        ]


def explained(of: Round, kept: PriorityList, viewer: Viewer) -> list[Explained]:
    """The decided priorities with what explains them; empty while nothing is decided."""
    lines = priorities_of(of)
    if not lines:
        return []
    order, shown = order_for(kept, viewer), beside(of, lines)
    return [_one(line, order, viewer, of, beside_it) for line, beside_it in zip(lines, shown, strict=True)]


def _one(line: PriorityLine, order: Order, viewer: Viewer, of: Round, shown: Shown) -> Explained:
    place = order.place_of.get(line.priority.item_id)
    if place is None:
        return Explained(line, "", False, shown)
    said = why(place, order, of.scope_kind, with_gut=viewer.sees_order)
    return Explained(line, said, place.position != line.position, shown)


def signed_line(of: Round, kept: PriorityList) -> str:
    """Who signed, when, and the beginning of the hash; or that nobody has."""
    if kept.signed_at is None:
        return _("Decided by the team, not signed yet.")
    at = date_format(kept.signed_at.astimezone(of.zone), "SHORT_DATETIME_FORMAT")
    return _("Signed on %(at)s by %(who)s. SHA-256 %(hash)s") % {
        "who": kept.signed_by,
        "at": at,
        "hash": kept.signed_hash[:16],
    }


def document(of: Round, kept: PriorityList, lines: list[Explained]) -> dict[str, Any]:
    """What the PDF shows."""
    return {
        "title": _("Priorities of %(owner)s") % {"owner": of.scope},
        "heading": _("What we will work on first"),
        "eyebrow": str(of.scope),
        "round": of.title,
        "lead": lead(lines),
        "signed": signed_line(of, kept),
        "words": {"look": _("What we want to see"), "figures": _("Figures and evidence")},
        "lines": [
            {
                "position": one.line.position,
                "title": one.line.title,
                "label": one.label,
                "why": [text for text in (one.why, _quoted(one.line.reason)) if text],
                "look": one.look_at,
                "figures": [*one.figures, *([_evidence(one.shown.evidence)] if one.shown.evidence else [])],
            }
            for one in lines
        ],
    }


def lead(lines: list[Explained]) -> str:
    return ngettext(
        "The team diagnosed the institution and chose one priority. A rule that anyone can check proposed an order "
        "by the gap, the weight, how many it reaches, how much is in our hands, and gravity, urgency and trend; the "
        "team decided.",
        "The team diagnosed the institution and chose %(n)s priorities. A rule that anyone can check proposed an order "
        "by the gap, the weight, how many it reaches, how much is in our hands, and gravity, urgency and trend; the "
        "team decided.",
        len(lines),
    ) % {"n": len(lines)}


def _quoted(reason: str) -> str:
    return _("The team: “%(reason)s”") % {"reason": reason} if reason else ""


def _evidence(titles: list[str]) -> str:
    return _("Evidence: %(titles)s.") % {"titles": "; ".join(titles)}
