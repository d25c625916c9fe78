"""What ``training.py`` asks, as requests by name: the same over the wire and in one process."""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.autosave_client import TOKEN
from benchmarks.training_world import a_commit
from benchmarks.xapi import a_statement

EMPTY = "/moldura-vazia/"  # benchmarks.frame
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, and the statuses that it is expected to be answered with."""

    path: str
    session: str = ""
    body: str | None = None
    kind: str = FORM
    token: str = ""
    expected: tuple[int, ...] = (200,)

    def headers(self) -> dict[str, str]:
        cookie = f"sessionid={self.session}; csrftoken={TOKEN}" if self.session else ""
        own = {"Cookie": cookie} if cookie else {}
        if self.token:
            return {"Authorization": f"Basic {self.token}", "X-Experience-API-Version": "2.0.0", "Content-Type": JSON}
        if self.body is None:
            return own | {"Accept-Encoding": "gzip"}
        return own | {"Accept-Encoding": "gzip", "X-CSRFToken": TOKEN, "Content-Type": self.kind}

    def octets(self) -> bytes:
        content = (self.body or "").encode()
        lines = [f"{'GET' if self.body is None else 'POST'} {self.path} HTTP/1.1", "Host: 127.0.0.1"]
        lines += [f"{name}: {value}" for name, value in self.headers().items()]
        lines += [f"Content-Length: {len(content)}"] if self.body is not None else []
        return "\r\n".join([*lines, "", ""]).encode() + content


type Requests = Iterator[Asked]
type Source = Callable[[list[dict[str, Any]]], Requests]
"""``source(learners)``: requests of these learners, without end or until nothing is left to do."""


def sources(known: dict[str, Any]) -> dict[str, Source]:
    """What is measured, by name; the first is what the others are compared with."""
    course = f"/aprender/{known['course']}/"
    public = {"home": "/", "catalogue of courses": "/cursos/", "course, public": f"/cursos/{known['course']}/"}
    own = {"course, signed in": course, "lesson, signed in": f"{course}aulas/{known['lesson']}/"}
    return {
        "empty page, signed in": lambda learners: _again(EMPTY, learners),
        **{name: lambda learners, path=path: _again(path, []) for name, path in public.items()},  # type: ignore[misc]
        **{name: lambda learners, path=path: _again(path, learners) for name, path in own.items()},  # type: ignore[misc]
        "answer to a question": _answers,
        "launch page of a package": lambda learners: _launches(learners),
        "commit of a package": _commits,
        "statement of a program": _statements,
    }


def _again(path: str, learners: list[dict[str, Any]]) -> Requests:
    while True:
        for one in learners or [{"session": ""}]:
            yield Asked(path, one["session"])


def _launches(learners: list[dict[str, Any]]) -> Requests:
    while True:
        for one in learners:
            yield Asked(one["launch"], one["session"])


def _answers(learners: list[dict[str, Any]]) -> Requests:
    """Each answer once, so that every one is kept; the last of an attempt ends it. Ends when all are given."""
    for one in learners:
        while one["answers"]:
            path, form = one["answers"].pop()
            yield Asked(path, one["session"], f"{form}&submission={uuid.uuid4()}", expected=(302,))


def _commits(learners: list[dict[str, Any]]) -> Requests:
    while True:
        for one in learners:
            one["number"] = one.get("number", 0) + 1
            yield Asked(f"{one['launch']}estado/", one["session"], a_commit(one["item"], one["number"]), JSON)


def _statements(learners: list[dict[str, Any]]) -> Requests:
    registration, turn = str(uuid.uuid4()), 0
    while True:
        for one in learners:
            turn += 7
            yield Asked("/xapi/statements", body=json.dumps(a_statement(turn, registration)), token=one["token"])
