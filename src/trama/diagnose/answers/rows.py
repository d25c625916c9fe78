"""Lines of the lists of answering and agreeing as plain values, each drawn once for the same content."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString

from trama.foundation.drawing import drawn

from ..rounds.models import Round
from .presentation import Sheet


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One criterion in the list of what a member is asked."""

    pk: int
    area: str  # address
    code: str
    title: str
    level: int | None
    label: str
    starred: bool
    conflict: bool
    hidden: bool


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One criterion in the list of what a team agrees."""

    round: UUID
    position: int
    code: str
    title: str
    words: str
    disputed: bool
    median: str
    agreed: str  # "": not yet


def area_addresses(of: Round, sheet: Sheet) -> dict[str, str]:
    """The address of each area, by its code."""
    return {area.code: reverse("diagnose:answer_area", args=[of.uid, area.code]) for area in sheet.areas}


def answer_rows(sheet: Sheet, of: Round, chosen: str, conflicts: Collection[int]) -> dict[int, SafeString]:
    """The line of each item, by its key, drawn. ``chosen``: what alone is shown, "" for everything."""
    addresses, rows = area_addresses(of, sheet), {}
    for area in sheet.areas:
        for line in area.lines:
            row = AnswerRow(
                line.pk,
                addresses[area.code],
                line.code,
                line.title,
                line.level,
                line.level_label,
                line.starred,
                line.pk in conflicts,
                (chosen == "faltam" and line.is_answered) or (chosen == "essenciais" and not line.starred),
            )
            rows[line.pk] = drawn("diagnose/answers/_row.html", row)
    return rows


def agreement_rows(lines: Iterable[Mapping[str, Any]], of: Round) -> list[SafeString]:
    """The lines of what is to be agreed, drawn."""
    rows = (
        AgreementRow(
            of.uid,
            one["line"].item.position,
            one["line"].code,
            one["line"].title,
            str(one["words"]),
            one["apart"].disputed,
            one["median"],
            one["agreed"] or "",
        )
        for one in lines
    )
    return [drawn("diagnose/answers/_agreement_row.html", row) for row in rows]
