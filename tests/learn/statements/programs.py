"""Programs that speak to the store as others do: by HTTP, with a token."""

import copy
import json
import uuid
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django.utils import timezone

from trama.learn.models import StatementClient
from trama.learn.statements.scopes import ALL
from trama.learn.statements.tokens import make_client

ANA = {"objectType": "Agent", "mbox": "mailto:ana@example.org"}
RUI = {"objectType": "Agent", "account": {"homePage": "https://example.org", "name": "rui"}}
ATTENDED = "http://adlnet.gov/expapi/verbs/attended"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
LESSON = "https://example.org/lessons/1"
REGISTRATION = "ec531277-b57b-4c15-8d91-d292c5b2b8f7"


def a_statement(**changed: Any) -> dict[str, Any]:
    """A statement with the least that one needs; a value of ``...`` takes the property away."""
    statement: dict[str, Any] = {
        "actor": copy.deepcopy(ANA),
        "verb": {"id": ATTENDED, "display": {"en-US": "attended"}},
        "object": {"objectType": "Activity", "id": LESSON},
    }
    for name, value in changed.items():
        if value is ...:
            del statement[name]
        else:
            statement[name] = copy.deepcopy(value)
    return statement


def an_activity(iri: str = LESSON, **definition: Any) -> dict[str, Any]:
    return {"objectType": "Activity", "id": iri, **({"definition": definition} if definition else {})}


def a_substatement(**changed: Any) -> dict[str, Any]:
    return {"objectType": "SubStatement", **a_statement(**changed)}


def a_reference(uid: str) -> dict[str, Any]:
    return {"objectType": "StatementRef", "id": uid}


def an_id() -> str:
    return str(uuid.uuid4())


@dataclass
class Program:
    """A program with a token. ``version``: of the specification that it speaks."""

    row: StatementClient
    key: str
    secret: str
    version: str = "1.0.3"
    http: Client = field(default_factory=Client)

    @property
    def basic(self) -> str:
        return "Basic " + b64encode(f"{self.key}:{self.secret}".encode()).decode()

    def ask(self, method: str, resource: str, parameters: Any = None, body: Any = None, **heads: Any) -> Any:
        """A request. ``body``: bytes as they are, else JSON. ``heads``: ``if_match="…"``; None takes one away."""
        query = {
            name: value if isinstance(value, str) else json.dumps(value) for name, value in (parameters or {}).items()
        }
        head: dict[str, Any] = {"authorization": self.basic, "x-experience-api-version": self.version}
        head |= {name.replace("_", "-"): value for name, value in heads.items() if name != "content_type"}
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        address = f"/xapi/{resource}" + (f"?{urlencode(query)}" if query else "")
        return self.http.generic(
            method,
            address,
            content,
            content_type=heads.get("content_type", "application/json"),
            headers={name: value for name, value in head.items() if value is not None},
        )

    @property
    def heads(self) -> dict[str, str]:
        return {"Authorization": self.basic, "X-Experience-API-Version": self.version}

    def post(self, body: Any, **heads: Any) -> Any:
        return self.ask("POST", "statements", None, body, **heads)

    def put(self, uid: str, body: Any, **heads: Any) -> Any:
        return self.ask("PUT", "statements", {"statementId": uid}, body, **heads)

    def stored(self, **changed: Any) -> str:
        """Store a statement; gives its id."""
        answer = self.post(a_statement(**changed))
        assert answer.status_code == 200, answer.content
        return str(answer.json()[0])

    def get(self, **parameters: Any) -> Any:
        return self.ask("GET", "statements", parameters)

    def found(self, **parameters: Any) -> list[str]:
        """Ids of the statements that a filter finds."""
        answer = self.get(**parameters)
        assert answer.status_code == 200, answer.content
        return [one["id"] for one in answer.json()["statements"]]

    def one(self, uid: str, **parameters: Any) -> dict[str, Any]:
        answer = self.get(statementId=uid, **parameters)
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found


def a_program(*scopes: str, version: str = "1.0.3", **fields: Any) -> Program:
    values: dict[str, Any] = {"kind": "program", "created_by": None, "created_at": timezone.now(), **fields}
    token = make_client("A program", scopes or (ALL,), **values)
    return Program(token.client, token.key, token.secret, version)
