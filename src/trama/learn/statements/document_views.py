"""The document resources, and those that tell of activities, agents and the store itself (Communication 2.2 to 2.8)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from .answers import last_modified, nothing, store_view, told
from .checking import agent_key, key_of
from .checking.actors import check_actor
from .checking.formats import instant, iri, media_type, uuid
from .definitions import definition_of
from .documents import (
    Kind,
    Place,
    Preconditions,
    delete_document,
    delete_documents,
    documents_at,
    join_document,
    put_document,
)
from .errors import Malformed, NotFound, NotPermitted
from .people import names_of
from .scopes import PROFILE, READ_MINE, STATE
from .selectors import Client
from .wire import MAX_DOCUMENT, VERSION_1, VERSION_2, Call, read_json

VERSIONS = ("1.0.0", "1.0.1", "1.0.2", VERSION_1)
LONGEST_NAME = 500  # characters of stateId and profileId


@store_view("GET", "HEAD", "PUT", "POST", "DELETE", limit=MAX_DOCUMENT)
def state(call: Call, client: Client) -> HttpResponse:
    """What a program keeps about an agent in an activity."""
    given = call.only("activityId", "agent", "registration", "stateId", "since")
    registration = uuid(given["registration"], "registration") if "registration" in given else ""
    place = Place(Kind.STATE, _activity(given), _agent(given), registration)
    return _documents(call, client, place, "stateId", strict=call.second)


@store_view("GET", "HEAD", "PUT", "POST", "DELETE", limit=MAX_DOCUMENT)
def agent_profile(call: Call, client: Client) -> HttpResponse:
    given = call.only("agent", "profileId", "since")
    return _documents(call, client, Place(Kind.AGENT, agent=_agent(given)), "profileId", strict=True)


@store_view("GET", "HEAD", "PUT", "POST", "DELETE", limit=MAX_DOCUMENT)
def activity_profile(call: Call, client: Client) -> HttpResponse:
    given = call.only("activityId", "profileId", "since")
    return _documents(call, client, Place(Kind.ACTIVITY, activity=_activity(given)), "profileId", strict=True)


@store_view("GET", "HEAD")
def activities(call: Call, client: Client) -> HttpResponse:
    """An activity with what is known of it."""
    name = iri(call.only("activityId").get("activityId"), "activityId")
    _require_any(client, READ_MINE, STATE, PROFILE)
    found: dict[str, Any] = {"objectType": "Activity", "id": name}
    definition = definition_of(name)
    return told({**found, "definition": definition} if definition else found)


@store_view("GET", "HEAD")
def agents(call: Call, client: Client) -> HttpResponse:
    """A person: the identifier that was asked for, and the names under which statements know it."""
    _require_any(client, READ_MINE, STATE, PROFILE)
    given = call.only("agent")
    _agent(given)
    agent = read_json(given["agent"], "agent")
    person: dict[str, Any] = {"objectType": "Person"}
    for name in ("mbox", "mbox_sha1sum", "openid", "account"):
        if name in agent:
            person[name] = [agent[name]]
    names = names_of(agent, by=client)
    return told({**person, "name": names} if names else person)


@store_view("GET", "HEAD", about=True)
def about(call: Call, client: Client) -> HttpResponse:
    """Versions that the store speaks; to who speaks 1.0, those of 1.0, as that specification asks."""
    call.only()
    return told({"version": list(VERSIONS if call.version == VERSION_1 else (*VERSIONS, VERSION_2)), "extensions": {}})


def _documents(call: Call, client: Client, place: Place, naming: str, *, strict: bool) -> HttpResponse:
    name = call.parameters.get(naming)
    if name is not None and not 0 < len(name) <= LONGEST_NAME:
        raise Malformed(naming, f"1 to {LONGEST_NAME} characters are expected")
    if "since" in call.parameters:
        instant(call.parameters["since"], "since")
    said = Preconditions(str(call.meta.get("HTTP_IF_MATCH") or ""), str(call.meta.get("HTTP_IF_NONE_MATCH") or ""))
    if call.method in ("PUT", "POST"):
        if name is None:
            raise Malformed(naming, "this parameter is missing")
        kind = media_type(call.content_type or "application/octet-stream", "Content-Type")
        now = timezone.now()
        if call.method == "PUT":
            put_document(place, name, call.body, kind, said, strict=strict, by=client, at=now)
        else:
            join_document(place, name, call.body, kind, said, by=client, at=now)
        return nothing()
    if call.method == "DELETE":
        return _deleted(place, name, said, client)
    return _named(place, call, client) if name is None else _read(place, name, client)


def _deleted(place: Place, name: str | None, said: Preconditions, client: Client) -> HttpResponse:
    if name is not None:
        delete_document(place, name, said, by=client)
    elif place.kind == Kind.STATE:
        delete_documents(place, any_registration=not place.registration, by=client)
    else:
        raise Malformed("profileId", "this parameter is missing")
    return nothing()


def _read(place: Place, name: str, client: Client) -> HttpResponse:
    found = documents_at(place, by=client).filter(name=name).first()
    if found is None:
        raise NotFound
    response = HttpResponse(bytes(found.content), content_type=found.content_type)
    response["ETag"] = f'"{found.etag}"'
    return last_modified(response, found.changed_at)


def _named(place: Place, call: Call, client: Client) -> HttpResponse:
    """The names of the documents of a place, those that changed since a moment if it is asked."""
    any_registration = place.kind == Kind.STATE and not place.registration
    rows = documents_at(replace(place), by=client, any_registration=any_registration)
    if "since" in call.parameters:
        since: datetime = instant(call.parameters["since"], "since")
        rows = rows.filter(changed_at__gt=since)
    found = list(rows.order_by("name").values_list("name", "changed_at"))
    response = told(list(dict.fromkeys(name for name, _ in found)))
    return last_modified(response, max(at for _, at in found)) if found else response


def _require_any(client: Client, *scopes: str) -> None:
    if not any(client.may(one) for one in scopes):
        raise NotPermitted(scopes[0])


def _activity(given: dict[str, str]) -> str:
    return key_of(iri(given.get("activityId"), "activityId"))


def _agent(given: dict[str, str]) -> str:
    if "agent" not in given:
        raise Malformed("agent", "this parameter is missing")
    found = agent_key(check_actor(read_json(given["agent"], "agent"), "agent"))
    if not found:
        raise Malformed("agent", "a group without an identifier has no documents")
    return found
