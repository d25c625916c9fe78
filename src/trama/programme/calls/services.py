"""Verbs on calls: create, change, close (``publication`` publishes). Each checks, writes and leaves its trace."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from trama.foundation.audit import record_event
from trama.foundation.policies import require

from ..policies import EDIT_CALL, PUBLISH_CALL
from .errors import IncompleteCall, StaleCall, WrongState
from .models import Call, CallCategory, CategoryGroup
from .selectors import categories_of, missing_texts

CALL_FIELDS = (
    "slug",
    "organisation",
    "title_pt",
    "title_en",
    "summary_pt",
    "summary_en",
    "text_pt",
    "text_en",
    "time_zone",
    "opens_at",
    "closes_at",
    "source_note",
)
CATEGORY_FIELDS = (
    "slug",
    "position",
    "name_pt",
    "name_en",
    "text_pt",
    "text_en",
    "admission",
    "groups_stated",
    "membership_on",
)


@transaction.atomic
def create_call(fields: Mapping[str, Any], *, by: Any, at: datetime) -> Call:
    """A new draft with the fields of ``CALL_FIELDS``. Raises ``PermissionDenied`` for another programme's call."""
    require(by, EDIT_CALL, fields.get("organisation"))
    call = Call.objects.create(
        **{name: fields[name] for name in CALL_FIELDS if name in fields}, created_at=at, changed_at=at
    )
    record_event("call created", by=by, at=at, target=call)
    return call


@transaction.atomic
def change_call(call: Call, fields: Mapping[str, Any], *, revision: int, by: Any, at: datetime) -> Call:
    """Change texts and dates, if nobody changed the call since ``revision``.

    Raises ``PermissionDenied`` (before and after: a call cannot be moved to another programme), ``StaleCall`` and,
    where a call is already public, ``IncompleteCall`` if a text would be left in one language only.
    """
    require(by, EDIT_CALL, call.organisation)
    values = {name: fields[name] for name in CALL_FIELDS if name in fields}
    if "organisation" in values:
        require(by, EDIT_CALL, values["organisation"])
    if call.state != Call.State.DRAFT:
        require(by, PUBLISH_CALL, call.organisation)
    changed = Call.objects.filter(pk=call.pk, revision=revision).update(
        **values, changed_at=at, revision=F("revision") + 1
    )
    if not changed:
        raise StaleCall()
    call.refresh_from_db()
    if call.state != Call.State.DRAFT:
        _refuse_if_incomplete(call)
    record_event("call changed", by=by, at=at, target=call, detail={"revision": call.revision})
    return call


@transaction.atomic
def save_category(
    call: Call,
    fields: Mapping[str, Any],
    *,
    groups: Iterable[Any],
    by: Any,
    at: datetime,
    category: CallCategory | None = None,
) -> CallCategory:
    """Add a category to a call, or change one. How networks are admitted is settled once the call is public.

    Raises ``PermissionDenied``, and ``WrongState`` if ``admission`` would change in a public call.
    """
    require(by, EDIT_CALL if call.state == Call.State.DRAFT else PUBLISH_CALL, call.organisation)
    category = category or CallCategory(call=call)
    if category.pk and call.state != Call.State.DRAFT and fields["admission"] != category.admission:
        raise WrongState()
    for name in CATEGORY_FIELDS:
        if name in fields:
            setattr(category, name, fields[name])
    category.save()
    category.admitted_groups.all().delete()
    if category.admission == CallCategory.Admission.GROUPS:
        CategoryGroup.objects.bulk_create(CategoryGroup(category=category, group=group) for group in groups)
    Call.objects.filter(pk=call.pk).update(changed_at=at, revision=F("revision") + 1)
    record_event("call category saved", by=by, at=at, target=category)
    return category


@transaction.atomic
def remove_category(category: CallCategory, *, by: Any, at: datetime) -> None:
    """Take a category out of a draft call. Raises ``PermissionDenied``, and ``WrongState`` once the call is public."""
    require(by, EDIT_CALL, category.call.organisation)
    if category.call.state != Call.State.DRAFT:
        raise WrongState()
    record_event("call category removed", by=by, at=at, target=category)
    category.delete()


@transaction.atomic
def close_call(call: Call, *, by: Any, at: datetime) -> Call:
    """End a public call now, before its date. Raises ``PermissionDenied`` and ``WrongState``."""
    return _move(call, Call.State.PUBLISHED, Call.State.CLOSED, "call closed", by=by, at=at)


@transaction.atomic
def archive_call(call: Call, *, by: Any, at: datetime) -> Call:
    """Keep a closed call for memory only. Raises ``PermissionDenied`` and ``WrongState``."""
    return _move(call, Call.State.CLOSED, Call.State.ARCHIVED, "call archived", by=by, at=at)


def _move(call: Call, origin: str, target: str, verb: str, *, by: Any, at: datetime) -> Call:
    require(by, PUBLISH_CALL, call.organisation)
    moved = Call.objects.filter(pk=call.pk, state=origin).update(
        state=target, changed_at=at, revision=F("revision") + 1, **({"closed_at": at} if target == "closed" else {})
    )
    if not moved:
        raise WrongState()
    call.refresh_from_db()
    record_event(verb, by=by, at=at, target=call)
    return call


def _refuse_if_incomplete(call: Call) -> None:
    problems = missing_texts(call, categories_of(call))
    if problems:
        raise IncompleteCall(problems)
