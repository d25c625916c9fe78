"""Loading the calls that ship as content (``content/calls/*.toml``).

A call is written once, updated while nobody touched it, and left alone from the first edit on. A rule whose file has
changed gets a further version: what was published stays as it was.
"""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime

from trama.foundation.audit import record_event
from trama.foundation.content import ContentError, Outcome, fingerprint
from trama.know.api import indicators_by_code

from ..eligibility.models import EligibilityRule, RuleVersion
from ..eligibility.selectors import current_version, draft_version, tree_of
from ..eligibility.services import open_version, publication_problems
from ..eligibility.tree import GroupNode, as_mapping, conditions_of, from_mapping
from .models import Call, CallCategory, CategoryGroup

TEXTS = ("title_pt", "title_en", "summary_pt", "summary_en", "text_pt", "text_en", "time_zone", "source_note", "state")
CATEGORY_TEXTS = ("slug", "position", "name_pt", "name_en", "text_pt", "text_en", "admission", "groups_stated")
UNTOUCHED = 1  # the revision of a call that no person has changed


def load_calls(directory: Path, at: datetime) -> Outcome:
    """Load every file of ``directory/calls``. Raises ``ContentError`` naming the file and what is wrong in it."""
    outcome = Outcome()
    known = indicators_by_code()
    for path in sorted((directory / "calls").glob("*.toml")):
        try:
            data = _read(path, known)
            outcome += _load(data, at)
        except (ValueError, ValidationError, tomllib.TOMLDecodeError) as error:
            raise ContentError(f"{path.name}: {error}") from error
    return outcome


def _read(path: Path, known: Mapping[str, Any]) -> dict[str, Any]:
    """One file in the shape that ``_as_stored`` gives for the rows, plus the groups and notes of its categories."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    data: dict[str, Any] = {name: str(raw.get(name, "")).strip() for name in TEXTS}
    data["slug"] = raw.get("slug") or path.stem
    data["state"] = raw.get("state", "draft")
    if data["state"] not in Call.State.values:
        raise ValueError(f"state: found {data['state']!r}, expected one of {', '.join(Call.State.values)}")
    data["time_zone"] = data["time_zone"] or "America/Sao_Paulo"
    zone = ZoneInfo(data["time_zone"])
    for name in ("opens_at", "closes_at"):
        data[name] = _instant(raw.get(name), zone, name)
    data["categories"] = [_category(entry, known) for entry in raw.get("category", [])]
    data["categories"].sort(key=lambda entry: entry["slug"])
    return data


def _instant(text: str | None, zone: ZoneInfo, name: str) -> datetime | None:
    if text is None:
        return None
    found = parse_datetime(str(text))
    if found is None:
        raise ValueError(f"{name}: found {text!r}, expected a date and time such as 2021-03-10T23:59:59")
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _category(entry: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    data = {name: entry.get(name, "") for name in CATEGORY_TEXTS}
    data["position"] = entry.get("position", 1)
    data["groups_stated"] = entry.get("groups_stated")
    day = entry.get("membership_on")
    if day is not None and not isinstance(day, date):
        raise ValueError(f"membership_on: found {day!r}, expected a day such as 2021-03-10")
    data["membership_on"] = day
    data["groups"] = list(entry.get("groups", []))
    data["rule"] = None
    if "rule" in entry:
        rule = {key: value for key, value in entry["rule"].items() if not key.startswith("note_")}
        tree = from_mapping(rule)
        if not isinstance(tree, GroupNode):
            raise ValueError("rule: expected combine (all or any) and of at its top")
        unknown = sorted({c.indicator for _, c in conditions_of(tree)} - set(known))
        if unknown:
            raise ValueError(f"indicator: {', '.join(unknown)} not known; load the indicators first")
        if problems := publication_problems(tree):
            raise ValueError(" ".join(problems))
        data["rule"] = as_mapping(tree)
        data["note_pt"], data["note_en"] = entry["rule"].get("note_pt", ""), entry["rule"].get("note_en", "")
    return data


def _load(data: dict[str, Any], at: datetime) -> Outcome:
    wanted = fingerprint(_comparable(data))
    call = Call.objects.filter(slug=data["slug"]).first()
    if call is None:
        call = Call(slug=data["slug"], created_at=at)
        _write(call, data, wanted, at)
        record_event("call loaded from content", by=None, at=at, target=call)
        return Outcome(created=1)
    if call.revision != UNTOUCHED or fingerprint(_comparable(_as_stored(call))) != call.content_hash:
        return Outcome(kept=1)
    if call.content_hash == wanted:
        _link_groups(call, data)
        return Outcome(unchanged=1)
    _write(call, data, wanted, at)
    record_event("call updated from content", by=None, at=at, target=call)
    return Outcome(updated=1)


def _write(call: Call, data: dict[str, Any], wanted: str, at: datetime) -> None:
    for name in (*TEXTS, "opens_at", "closes_at"):
        setattr(call, name, data[name])
    call.changed_at = at
    call.content_hash = wanted
    if call.state != Call.State.DRAFT:
        call.published_at = call.published_at or at
    if call.state in (Call.State.CLOSED, Call.State.ARCHIVED):
        call.closed_at = call.closed_at or at
    call.full_clean(exclude=["organisation"])
    call.save()
    for entry in data["categories"]:
        fields = {name: entry[name] for name in CATEGORY_TEXTS if name != "slug"} | {
            "membership_on": entry["membership_on"]
        }
        category, _new = CallCategory.objects.update_or_create(call=call, slug=entry["slug"], defaults=fields)
        if entry["rule"] is not None:
            _write_rule(category, entry, public=call.state != Call.State.DRAFT, at=at)
    _link_groups(call, data)


def _write_rule(category: CallCategory, entry: dict[str, Any], *, public: bool, at: datetime) -> None:
    """A further version, unless the last one already says the same."""
    current = current_version(category)
    if current is not None and as_mapping(tree_of(current)) == entry["rule"]:
        return
    tree = from_mapping(entry["rule"])
    assert isinstance(tree, GroupNode)  # checked when the file was read
    draft = draft_version(category)
    if draft is not None:
        draft.delete()
    draft, _new = open_version(category, by=None, at=at, tree=tree, note_pt=entry["note_pt"], note_en=entry["note_en"])
    if public:
        RuleVersion.objects.filter(pk=draft.pk).update(published_at=at)


def _link_groups(call: Call, data: dict[str, Any]) -> None:
    """Link the named groups that exist. Those whose file is loaded later are linked by the next load."""
    group_model: Any = CategoryGroup._meta.get_field("group").related_model
    for entry in data["categories"]:
        if entry["groups"]:
            category = call.categories.get(slug=entry["slug"])
            for group in group_model.objects.filter(slug__in=entry["groups"]):
                CategoryGroup.objects.get_or_create(category=category, group=group)


def _as_stored(call: Call) -> dict[str, Any]:
    """The call as it stands in the database, in the shape of a file."""
    data: dict[str, Any] = {name: getattr(call, name) for name in (*TEXTS, "slug", "opens_at", "closes_at")}
    data["categories"] = []
    for category in call.categories.order_by("slug"):
        entry = {name: getattr(category, name) for name in CATEGORY_TEXTS} | {"membership_on": category.membership_on}
        rule = EligibilityRule.objects.filter(category=category).first()
        last = rule.versions.order_by("-number").first() if rule is not None else None
        entry["rule"] = as_mapping(tree_of(last)) if last is not None else None
        data["categories"].append(entry)
    return data


def _comparable(data: dict[str, Any]) -> dict[str, Any]:
    """What the fingerprint covers: instants by their absolute time, without groups (data) and notes."""
    instants = {name: data[name].timestamp() if data[name] is not None else None for name in ("opens_at", "closes_at")}
    categories = [
        {key: value for key, value in entry.items() if key not in ("groups", "note_pt", "note_en")}
        for entry in data["categories"]
    ]
    return {**data, **instants, "categories": categories}
