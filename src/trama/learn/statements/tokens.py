"""Verbs of tokens: give one to a program, end it, note that it was used."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from trama.foundation import policies
from trama.foundation.audit import record_event

from ..policies import MANAGE_STATEMENT_CLIENTS
from .models import StatementClient
from .scopes import SCOPES
from .selectors import secret_hash

KEY_BYTES, SECRET_BYTES = 12, 32


@dataclass(frozen=True, slots=True)
class Token:
    """What a program needs. The secret is nowhere else: it is shown once."""

    client: StatementClient
    key: str
    secret: str


@transaction.atomic
def give_token(name: str, scopes: Iterable[str], *, expires_at: datetime | None, by: Any, at: datetime) -> Token:
    """Let a program into the store. Raises ``PermissionDenied``; ``ValueError`` for a scope that there is not."""
    policies.require(by, MANAGE_STATEMENT_CLIENTS)
    made = make_client(
        name, scopes, kind=StatementClient.Kind.PROGRAM, expires_at=expires_at, created_by=by, created_at=at
    )
    detail = {"scopes": made.client.scopes.split(), "expires_at": expires_at}
    record_event("access to the statements given", by=by, at=at, target=made.client, detail=detail)
    return made


def make_client(name: str, scopes: Iterable[str], **fields: Any) -> Token:
    """A client with a key and a secret of its own. Raises ``ValueError`` for a scope that there is not."""
    wanted = [scope for scope in SCOPES if scope in set(scopes)]
    if not wanted or len(wanted) != len(set(scopes)):
        raise ValueError(f"scopes of the store are expected, found: {sorted(set(scopes))}")
    key, secret = secrets.token_hex(KEY_BYTES), secrets.token_urlsafe(SECRET_BYTES)
    client = StatementClient.objects.create(
        name=name, scopes=" ".join(wanted), key=key, secret_hash=secret_hash(secret), **fields
    )
    return Token(client, key, secret)


@transaction.atomic
def revoke_token(client: StatementClient, *, by: Any, at: datetime) -> None:
    """The next request with it is refused. What it wrote stays. Done twice, the first time stands."""
    policies.require(by, MANAGE_STATEMENT_CLIENTS)
    changed = StatementClient.objects.filter(pk=client.pk, revoked_at__isnull=True).update(revoked_at=at, revoked_by=by)
    if changed:
        record_event("access to the statements revoked", by=by, at=at, target=client)


def note_use(client: int, *, at: datetime) -> None:
    """When a token was used last, to the hour (``selectors.USED_EVERY``). No event: nobody decided anything."""
    StatementClient.objects.filter(pk=client).update(last_used_at=at)
