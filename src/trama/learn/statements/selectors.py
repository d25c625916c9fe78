"""Questions to the store that are no reading of statements: whose token this is, which programs there are."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Count, QuerySet

from trama.foundation import policies
from trama.foundation.prepared import prepared_cursor

from ..policies import STATEMENT_CLIENTS
from .models import StatementClient
from .scopes import reaches

USED_EVERY = timedelta(hours=1)  # how exactly "last used" is kept: a request must not write for it

_READ = """
SELECT id, uid, kind, secret_hash, scopes, agent, registration, expires_at, last_used_at
FROM learn_statementclient WHERE key = %s AND revoked_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks the store. ``agent`` and ``registration``: what a session of a package is bound to, else ""."""

    pk: int
    uid: str
    kind: str
    scopes: str
    agent: str = ""
    registration: str = ""
    is_stale: bool = False  # "last used" is to be written anew

    def may(self, scope: str) -> bool:
        return reaches(self.scopes, scope)


def secret_hash(secret: str) -> str:
    """SHA-256 is enough: a secret is 256 random bits, which nobody tries out."""
    return hashlib.sha256(secret.encode()).hexdigest()


def client_of(key: str, secret: str, at: datetime) -> Client | None:
    """Whose token this is, if it is valid now. One statement: a revoked token is refused at the next request."""
    connection = connections[DEFAULT_DB_ALIAS]
    with prepared_cursor(connection) as cursor:
        cursor.execute(_READ, [key])
        row = cursor.fetchone()
    if row is None or not hmac.compare_digest(row[3], secret_hash(secret)):
        return None
    expires_at, last_used_at = _instant(row[7], connection), _instant(row[8], connection)
    if expires_at is not None and expires_at <= at:
        return None
    stale = last_used_at is None or at - last_used_at > USED_EVERY
    return Client(row[0], str(row[1]).replace("-", ""), row[2], row[4], row[5], row[6], stale)


def _instant(value: Any, connection: Any) -> datetime | None:
    """A date as Django gives it: the one of SQLite does not know its zone."""
    convert = getattr(connection.ops, "convert_datetimefield_value", None)
    return value if value is None or convert is None else convert(value, None, connection)


def clients_visible_to(user: Any) -> QuerySet[StatementClient]:
    """Programs with a token, for the team of the programme; to anybody else there are none."""
    if not policies.may_enter(user, STATEMENT_CLIENTS):
        return StatementClient.objects.none()
    return StatementClient.objects.filter(kind=StatementClient.Kind.PROGRAM).select_related("created_by", "revoked_by")


def with_counts(clients: QuerySet[StatementClient]) -> QuerySet[StatementClient]:
    """Each with ``n_statements``, what it wrote."""
    return clients.annotate(n_statements=Count("statements"))
