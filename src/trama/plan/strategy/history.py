"""The history of a plan in words: which part, which field, from what to what."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import QuerySet
from django.template.defaultfilters import floatformat
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from trama.foundation.drawing import drawn
from trama.foundation.prepared import prepared
from trama.know.api import indicators_by_code

from .diagnosis import priority_words
from .figures import figure_name
from .models import EducationPlanGoal, PlanChange, StrategicPlan
from .parts import FIELDS, MODELS, TARGET, TITLES, is_field

NOTHING = "—"


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change as it is read."""

    change: PlanChange
    part: str  # title of the part now; "" for the plan itself
    what: str  # the field, or what happened
    before: str
    after: str
    can_be_reverted: bool


_WHAT_HAPPENED = {
    "created": gettext_lazy("added"),
    "removed": gettext_lazy("removed or put back"),
    "position": gettext_lazy("place in the list"),
    "measure": gettext_lazy("measure"),
    "figure": gettext_lazy("official indicator"),
    "education_goals": gettext_lazy("goals of education plans"),
    "state": pgettext_lazy("state of an action", "state"),
}


def field_label(kind: str, name: str) -> str:
    """A field, or what happened to a part, in words."""
    year = TARGET.fullmatch(name)
    if year is not None:
        return _("target for %(year)s") % {"year": year[1]}
    return str(_WHAT_HAPPENED[name] if name in _WHAT_HAPPENED else MODELS[kind]._meta.get_field(name).verbose_name)


class Words:
    """Canonical texts in words. What links point to is read once for all texts."""

    def __init__(self, texts: Iterable[tuple[str, str, str]]) -> None:
        """``texts``: (kind, field, text) of all that will be asked. One query for each kind of link among them."""
        wanted: dict[tuple[str, str], set[str]] = defaultdict(set)
        for kind, name, text in texts:
            if text and name == "education_goals":
                wanted[kind, name] |= set(text.split(","))
            elif text and (name == "figure" or self._link(kind, name) is not None):
                wanted[kind, name].add(text)
        self._known = {key: self._read(*key, keys) for key, keys in wanted.items()}

    @staticmethod
    def _link(kind: str, name: str) -> Any:
        if name not in FIELDS[kind] or name in ("figure", "education_goals"):
            return None
        field = MODELS[kind]._meta.get_field(name)
        return field.related_model if field.is_relation else None

    def _read(self, kind: str, name: str, keys: set[str]) -> dict[str, str]:
        if name == "figure":
            return {key: _figure_words(key, indicators_by_code()) for key in keys}
        if name == "education_goals":
            rows = EducationPlanGoal.objects.filter(pk__in=keys).select_related("plan")
            return {str(row.pk): f"{row.plan.law}: {row.number}" for row in rows}
        rows = self._link(kind, name).objects.filter(pk__in=keys)
        if name == "priority":
            rows = rows.select_related("item__criterion", "item__own_question")
            return {str(row.pk): priority_words(row) for row in rows}
        if name == "adoption":
            rows = rows.select_related("version")
        shown = {"objective": "title", "round": "title"}.get(name)
        return {str(row.pk): str(getattr(row, shown)) if shown else str(row) for row in rows}

    def of(self, kind: str, name: str, text: str) -> str:
        """One text in words."""
        if not text:
            return NOTHING
        known = self._known.get((kind, name))
        if known is not None:
            parts = text.split(",") if name == "education_goals" else [text]
            return "; ".join(known.get(part, _("no longer there")) for part in parts)
        if TARGET.fullmatch(name) or name == "baseline":
            return _number(text)
        if name in ("created", "position", "removed") or name not in FIELDS[kind]:
            return self._of_state(kind, name, text)
        field: Any = MODELS[kind]._meta.get_field(name)
        if isinstance(field, models.DateField):
            return str(date_format(date.fromisoformat(text), "SHORT_DATE_FORMAT"))
        if isinstance(field, models.BooleanField):
            return _("a higher number") if text == "true" else _("a lower number")
        if field.choices:
            return str(dict(field.flatchoices).get(text, text))
        return _number(text) if isinstance(field, models.DecimalField) else text

    @staticmethod
    def _of_state(kind: str, name: str, text: str) -> str:
        if name == "removed":
            return _("removed")
        if name == "measure":
            day, _space, value = text.partition(" ")
            return f"{date_format(date.fromisoformat(day), 'SHORT_DATE_FORMAT')}: {_number(value)}"
        if name == "state":
            return str(dict(MODELS[kind]._meta.get_field("state").flatchoices).get(text, text))
        return text


def _number(text: str) -> str:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    places = max(0, -int(value.normalize().as_tuple().exponent))
    return str(floatformat(value, f"{places}g"))


def _figure_words(text: str, definitions: Any) -> str:
    code, dependency, stage = text.split("|")
    return figure_name(definitions[code].name if code in definitions else code, dependency, stage)


def described(changes: Iterable[PlanChange]) -> list[ChangeLine]:
    """Changes in words. At most a dozen queries, however many changes."""
    changes = list(changes)
    words = Words((one.kind, one.field, text) for one in changes for text in (one.before, one.after))
    titles = _titles(changes)
    return [
        ChangeLine(
            one,
            titles.get(one.uid, "") if one.kind != "plan" else "",
            field_label(one.kind, one.field),
            words.of(one.kind, one.field, one.before),
            words.of(one.kind, one.field, one.after),
            is_field(one.kind, one.field) or (one.kind != "plan" and one.field in ("created", "removed")),
        )
        for one in changes
    ]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change as plain values."""

    plan: UUID
    pk: int
    field: str
    part: str
    what: str
    before: str
    after: str
    removed: bool  # what happened, where the field says that something was removed or put back
    by: str
    at: datetime
    reason: str
    reverts: bool
    may_revert: bool
    hide_part: bool


def drawn_changes(
    plan: StrategicPlan, changes: Iterable[PlanChange], *, may_edit: bool = False, hide_part: bool = False
) -> list[SafeString]:
    """Changes in words, each drawn once for the same content. ``hide_part``: the page is about one part."""
    rows = (
        ChangeRow(
            plan=plan.uid,
            pk=line.change.pk,
            field=line.change.field,
            part=line.part,
            what=line.what,
            before=line.before,
            after=line.after,
            removed=bool(line.change.after),
            by=line.change.by.name,
            at=line.change.at,
            reason=line.change.reason,
            reverts=line.change.reverts_id is not None,
            may_revert=may_edit and line.can_be_reverted,
            hide_part=hide_part,
        )
        for line in described(changes)
    )
    return [drawn("plan/strategy/_change.html", row) for row in rows]


def _titles(changes: list[PlanChange]) -> dict[Any, str]:
    titles: dict[Any, str] = {}
    for kind in ("objective", "goal", "action"):
        uids = {one.uid for one in changes if one.kind == kind}
        if uids:
            titles |= dict(_TITLES_OF[kind](uids))
    return titles


def _titles_of(kind: str) -> Any:
    @prepared
    def titles(uids: Collection[UUID]) -> QuerySet[Any, Any]:
        return MODELS[kind].objects.filter(uid__in=uids).values_list("uid", TITLES[kind])

    return titles


_TITLES_OF = {kind: _titles_of(kind) for kind in ("objective", "goal", "action")}
