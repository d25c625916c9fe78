"""Documents: state, agent profiles, activity profiles (xAPI 1.0.3, Communication 2.2, 2.3, 2.6, 2.7, and 3.1).

A document is replaced by PUT, joined by POST where both are JSON objects. Who changes one says which they read
(If-Match), or that they know of none (If-None-Match); whoever says nothing does not overwrite a profile, nor, by 2.0, a
state.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from .errors import Conflict, Malformed, NotPermitted, PreconditionFailed
from .models import StoreDocument
from .scopes import ALL, PROFILE, STATE
from .selectors import Client
from .wire import read_json, written

Kind = StoreDocument.Kind
JSON = "application/json"
KEPT_FROM_SESSIONS = ("LMS.LaunchData",)  # a package reads how it was launched, and cannot change it (cmi5, section 10)


@dataclass(frozen=True, slots=True)
class Place:
    """Where documents are kept: keys of the activity and of the agent, as the kind needs. ``registration``: "" none."""

    kind: str
    activity: str = ""
    agent: str = ""
    registration: str = ""


@dataclass(frozen=True, slots=True)
class Preconditions:
    """What the request says of the document that it knows; "" where it says nothing."""

    match: str = ""
    none_match: str = ""


def require_documents(by: Client, place: Place) -> None:
    """Raises ``NotPermitted`` unless the token reaches these. A session reaches its own learner's alone."""
    scope = STATE if place.kind == Kind.STATE else PROFILE
    if not by.may(scope):
        raise NotPermitted(scope)
    if by.agent and place.agent and by.agent != place.agent:
        raise NotPermitted(ALL)
    if by.registration and place.kind == Kind.STATE and place.registration != by.registration:
        raise NotPermitted(ALL)


def documents_at(place: Place, *, by: Client, any_registration: bool = False) -> QuerySet[StoreDocument]:
    """The documents of a place that the token may see. ``any_registration``: whatever theirs is."""
    require_documents(by, place)
    found = StoreDocument.objects.filter(kind=place.kind, activity=place.activity, agent=place.agent)
    return found if any_registration else found.filter(registration=place.registration)


@transaction.atomic
def put_document(
    place: Place, name: str, content: bytes, kind: str, said: Preconditions, *, strict: bool, by: Client, at: datetime
) -> None:
    """Replace a document, or begin it. ``strict``: not unseen. Raises ``PreconditionFailed`` and ``Conflict``."""
    kept = _locked(place, name, by)
    _check(kept, said)
    if strict and kept is not None and not (said.match or said.none_match):
        raise Conflict("A document is here already. Read it, and send its ETag in If-Match.")
    if _is_json(kind):
        read_json(content, "document")
    _write(place, name, kept, content, kind, at)


@transaction.atomic
def join_document(
    place: Place, name: str, content: bytes, kind: str, said: Preconditions, *, by: Client, at: datetime
) -> None:
    """Put the properties of a JSON object into the one that is kept; begin it where there is none.

    Raises ``Malformed`` if one of the two is no JSON object, ``PreconditionFailed``.
    """
    kept = _locked(place, name, by)
    _check(kept, said)
    if _is_json(kind):
        news = read_json(content, "document")
        if not isinstance(news, dict):
            raise Malformed("document", "a JSON object is expected")
    elif kept is not None:
        raise Malformed("Content-Type", "only JSON can be joined to a document that is kept")
    if kept is not None:
        old = read_json(bytes(kept.content), "document") if _is_json(kept.content_type) else None
        if not isinstance(old, dict):
            raise Malformed("document", "the one that is kept is no JSON object")
        content = written({**old, **news}).encode()
    _write(place, name, kept, content, kind, at)


@transaction.atomic
def delete_document(place: Place, name: str, said: Preconditions, *, by: Client) -> None:
    """Raises ``PreconditionFailed``. What is not there is deleted already."""
    kept = _locked(place, name, by)
    _check(kept, said)
    if kept is not None:
        kept.delete()


@transaction.atomic
def delete_documents(place: Place, *, any_registration: bool, by: Client) -> None:
    """All of a place."""
    found = documents_at(place, by=by, any_registration=any_registration)
    (found.exclude(name__in=KEPT_FROM_SESSIONS) if by.agent else found).delete()


def _locked(place: Place, name: str, by: Client) -> StoreDocument | None:
    if by.agent and name in KEPT_FROM_SESSIONS:
        raise NotPermitted(ALL)
    return documents_at(place, by=by).select_for_update().filter(name=name).first()


def _check(kept: StoreDocument | None, said: Preconditions) -> None:
    if said.match and (kept is None or not _names(said.match, kept.etag)):
        raise PreconditionFailed
    if said.none_match and kept is not None and _names(said.none_match, kept.etag):
        raise PreconditionFailed


def _names(header: str, etag: str) -> bool:
    """Whether one of the tags of a header is this one; a star is any (RFC 9110, 13.1)."""
    tags = [one.strip().removeprefix("W/").strip('"') for one in header.split(",")]
    return "*" in tags or etag in tags


def _is_json(kind: str) -> bool:
    return kind.split(";")[0].strip().lower() == JSON


def _write(place: Place, name: str, kept: StoreDocument | None, content: bytes, kind: str, at: datetime) -> None:
    """The unique key decides between two who begin the same document at once: the later one is told to read it."""
    row = kept or StoreDocument(
        kind=place.kind, activity=place.activity, agent=place.agent, registration=place.registration, name=name
    )
    row.content, row.content_type = content, kind[:200] or "application/octet-stream"
    row.etag, row.changed_at = hashlib.sha1(content, usedforsecurity=False).hexdigest(), at
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Conflict("Somebody else began this document at the same moment. Read it again.") from None
