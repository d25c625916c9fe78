"""The statement resource (xAPI 1.0.3, Communication 2.1; IEEE 9274.1.1, 4.1.6.1)."""

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from .answers import JSON, last_modified, nothing, store_view, told
from .checking import agent_key, key_of
from .checking.actors import check_actor
from .checking.formats import instant, iri, one_of, uuid
from .errors import Malformed, NotFound
from .models import StatementFile
from .parts import read_statements
from .reading import Filters, Found, files_of, find, one
from .selectors import Client
from .services import store_statements
from .shapes import as_canonical, as_ids, languages_of
from .wire import MAX_MULTIPART, Call, read_json

_FORMATS = ("exact", "ids", "canonical")
_FILTERS = (
    "agent",
    "verb",
    "activity",
    "registration",
    "related_activities",
    "related_agents",
    "since",
    "until",
    "limit",
    "ascending",
)
_SINGLE = ("statementId", "voidedStatementId")
_SHAPE = ("format", "attachments")
_PROGRAM = re.compile(r"program-([0-9a-f]{32})").fullmatch


@store_view("GET", "HEAD", "PUT", "POST", limit=MAX_MULTIPART, consistent=True)
def statements(call: Call, client: Client) -> HttpResponse:
    """Store one (PUT) or several (POST); give one, or those that a filter finds (GET)."""
    if call.method == "PUT":
        return _put(call, client)
    if call.method == "POST":
        return _post(call, client)
    call.only(*_SINGLE, *_FILTERS, *_SHAPE)
    if any(name in call.parameters for name in _SINGLE):
        return _one(call, client)
    return _several(call, client, None)


@store_view("GET", "HEAD", consistent=True)
def more_statements(call: Call, client: Client) -> HttpResponse:
    """The next page: what ``more`` leads to."""
    call.only(*_FILTERS, *_SHAPE, "after")
    moment, _, key = call.parameters.get("after", "").rpartition(",")
    if not key.isdigit() or len(key) > 18:
        raise Malformed("after", "this address was not made here")
    return _several(call, client, (instant(moment, "after"), int(key)))


def _put(call: Call, client: Client) -> HttpResponse:
    name = uuid(call.only("statementId").get("statementId"), "statementId")
    sent, files = read_statements(call)
    if not isinstance(sent, dict):
        raise Malformed("", "PUT takes one statement")
    if uuid(sent.setdefault("id", name), "id") != name:
        raise Malformed("id", "it is not the one of statementId")
    store_statements([sent], files, second=call.second, by=client, at=timezone.now)
    return nothing()


def _post(call: Call, client: Client) -> HttpResponse:
    """200 with the ids; 204 where all of them were here already, the same (Communication 2.1.2)."""
    call.only()
    sent, files = read_statements(call)
    stored = store_statements(
        sent if isinstance(sent, list) else [sent], files, second=call.second, by=client, at=timezone.now
    )
    return told(stored.ids) if stored.new or not stored.ids else nothing()


def _one(call: Call, client: Client) -> HttpResponse:
    names = [name for name in _SINGLE if name in call.parameters]
    if len(names) > 1 or any(name in call.parameters for name in _FILTERS):
        raise Malformed(names[0], "beside it only format and attachments are allowed")
    found = one(uuid(call.parameters[names[0]], names[0]), voided=names[0] == "voidedStatementId", by=client)
    shape, with_files = _shape(call)
    if found is None:
        raise NotFound
    (body,) = _bodies([found], shape, call)
    return last_modified(_answer(body, [found], with_files=with_files), found.stored)


def _several(call: Call, client: Client, after: tuple[datetime, int] | None) -> HttpResponse:
    shape, with_files = _shape(call)
    found, is_more = find(replace(_filters(call), after=after), by=client)
    more = ""
    if is_more:
        place = f"{found[-1].stored.astimezone(UTC).isoformat()},{found[-1].pk}"
        kept = {name: value for name, value in call.parameters.items() if name != "after"}
        more = f"{reverse('xapi_more')}?{urlencode({**kept, 'after': place})}"
    body = f'{{"statements":[{",".join(_bodies(found, shape, call))}],"more":{json.dumps(more)}}}'
    response = _answer(body, found, with_files=with_files)
    return last_modified(response, max(one.stored for one in found)) if found else response


def _bodies(found: Sequence[Found], shape: str, call: Call) -> list[str]:
    if shape == "exact":
        return [one.body for one in found]
    read = [json.loads(one.body) for one in found]
    if shape == "ids":
        shaped = [as_ids(one) for one in read]
    else:
        shaped = as_canonical(read, languages_of(str(call.meta.get("HTTP_ACCEPT_LANGUAGE") or "")))
    return [json.dumps(one, ensure_ascii=False) for one in shaped]


def _shape(call: Call) -> tuple[str, bool]:
    shape = one_of(call.parameters.get("format", "exact"), "format", _FORMATS)
    return shape, _flag(call, "attachments")


def _flag(call: Call, name: str) -> bool:
    return one_of(call.parameters.get(name, "false"), name, ("true", "false")) == "true"


def _filters(call: Call) -> Filters:
    given: dict[str, Any] = dict(call.parameters)
    limit = given.get("limit", "0")
    if not (limit.isascii() and limit.isdigit() and len(limit) < 10):
        raise Malformed("limit", "a whole number from 0 on is expected")
    agent = check_actor(read_json(given["agent"], "agent"), "agent") if "agent" in given else None
    if agent is not None and not agent_key(agent):
        raise Malformed("agent", "a group without an identifier cannot be looked for")
    return Filters(
        agent=agent_key(agent) if agent else "",
        verb=key_of(iri(given["verb"], "verb")) if "verb" in given else "",
        activity=key_of(iri(given["activity"], "activity")) if "activity" in given else "",
        registration=uuid(given["registration"], "registration") if "registration" in given else "",
        related_agents=_flag(call, "related_agents"),
        related_activities=_flag(call, "related_activities"),
        authority=_program(agent) if agent else "",
        since=instant(given["since"], "since") if "since" in given else None,
        until=instant(given["until"], "until") if "until" in given else None,
        ascending=_flag(call, "ascending"),
        limit=int(limit),
    )


def _program(agent: dict[str, Any]) -> str:
    """The program that an agent stands for, as an authority of statements; "" for any other agent."""
    account = agent.get("account") or {}
    name = account.get("name", "")
    found = _PROGRAM(name) if account.get("homePage") == settings.TRAMA_ORIGIN else None
    return str(found.group(1)) if found else ""


def _answer(body: str, found: Sequence[Found], *, with_files: bool) -> HttpResponse:
    """JSON; with ``attachments=true`` a multipart/mixed whose first part it is (Communication 1.5.2)."""
    if not with_files:
        return HttpResponse(body, content_type=JSON)
    boundary = secrets.token_hex(20)
    head = f"Content-Type: {JSON}"
    parts = [(head, body.encode()), *((_head(file), bytes(file.content)) for file in files_of(found))]
    content = b"".join(f"--{boundary}\r\n{head}\r\n\r\n".encode() + part + b"\r\n" for head, part in parts)
    return HttpResponse(content + f"--{boundary}--\r\n".encode(), content_type=f"multipart/mixed; boundary={boundary}")


def _head(file: StatementFile) -> str:
    kind = "".join(char for char in file.content_type if char.isprintable())
    return f"Content-Type: {kind}\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: {file.sha2}"
