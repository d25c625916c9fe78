"""Taking a person out of the store: the one change that statements ever see.

A statement stays, so that counts and what refers to it hold; whoever it named becomes an account that means nobody.
Free text, attachments and documents of the person go. Nothing brings them back.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q

from trama.foundation import policies
from trama.foundation.audit import record_event

from ..policies import ERASE_LEARNER
from .checking import agent_key
from .checking.actors import check_actor
from .checking.facts import Role
from .errors import Malformed
from .models import LearnerAlias, Statement, StatementFile, StatementKey, StoreDocument
from .objections import note_objection
from .wire import written


@transaction.atomic
def erase_agent(agent: dict[str, Any], *, by: Any, at: datetime) -> int:
    """Take an agent out of all statements and documents. Returns in how many statements they stood.

    Raises ``PermissionDenied``, and ``Malformed`` for what is no agent.
    """
    policies.require(by, ERASE_LEARNER)
    key = agent_key(check_actor(agent, "agent"))
    if not key:
        raise Malformed("agent", "a group without an identifier is nobody")
    nobody = {"account": {"homePage": settings.TRAMA_ORIGIN, "name": f"erased-{uuid.uuid4().hex}"}}
    roles = (Role.AGENT, Role.RELATED_AGENT)
    keyed = StatementKey.objects.filter(key=key, role__in=roles).values("statement")
    rows = list(Statement.objects.filter(Q(actor=key) | Q(pk__in=keyed)).select_for_update())
    for row in rows:
        body = _without(json.loads(row.body), key, nobody)
        body.get("result", {}).pop("response", None)
        row.body, row.files, row.erased_at = written(body), 0, at
        row.actor = agent_key(nobody) if row.actor == key else row.actor
        row.save(update_fields=["body", "actor", "files", "erased_at"])
    StatementFile.objects.filter(statement__in=[row.pk for row in rows]).delete()
    StatementKey.objects.filter(key=key, role__in=roles).delete()
    StoreDocument.objects.filter(agent=key).delete()
    record_event("learner erased from the statements", by=by, at=at, detail={"statements": len(rows)})
    return len(rows)


@transaction.atomic
def forget_person(user: Any, *, by: Any, at: datetime) -> int:
    """Erase a person of this site: what names their pseudonym, and whom the pseudonym meant. Returns and raises as
    above. What they do from now on is not written, until they agree to it themselves.
    """
    policies.require(by, ERASE_LEARNER)
    alias = LearnerAlias.objects.select_for_update().filter(user=user).first()
    note_objection(user, at)
    if alias is None:
        return 0
    count = erase_agent({"account": {"homePage": settings.TRAMA_ORIGIN, "name": alias.uid.hex}}, by=by, at=at)
    alias.delete()
    return count


def agents_of_email(email: str) -> list[dict[str, Any]]:
    """Whom programs may have named by an e-mail: openly or by its hash, as it was written and in small letters."""
    found: list[dict[str, Any]] = []
    for mailbox in dict.fromkeys((f"mailto:{email}", f"mailto:{email.lower()}")):
        digest = hashlib.sha1(mailbox.encode(), usedforsecurity=False).hexdigest()
        found += [{"mbox": mailbox}, {"mbox_sha1sum": digest}]
    return found


@transaction.atomic
def forget(email: str, accounts: Iterable[dict[str, Any]], *, by: Any, at: datetime) -> int:
    """Erase one person under all their names: ``email`` ("" for none), which may be that of somebody of this site, and
    agents of other programs. Returns in how many statements, each name counted; raises as ``erase_agent``.
    """
    policies.require(by, ERASE_LEARNER)
    agents = [*(agents_of_email(email) if email else ()), *accounts]
    count = sum(erase_agent(one, by=by, at=at) for one in agents)
    user = get_user_model().objects.filter(email=email.lower()).first() if email else None
    return count + (forget_person(user, by=by, at=at) if user is not None else 0)


def _without(value: Any, key: str, nobody: dict[str, Any]) -> Any:
    """The value with each agent of a key replaced, wherever it stands; its name goes too."""
    if isinstance(value, list):
        return [_without(one, key, nobody) for one in value]
    if not isinstance(value, dict):
        return value
    if _is_agent(value) and agent_key(value) == key:
        kind = {"objectType": value["objectType"]} if "objectType" in value else {}
        return {**kind, **nobody}
    return {name: _without(one, key, nobody) for name, one in value.items()}


def _is_agent(value: dict[str, Any]) -> bool:
    """Whether an object of a statement is an agent: extensions may hold anything that looks like one."""
    account = value.get("account")
    if "account" in value:
        return isinstance(account, dict) and isinstance(account.get("homePage"), str) and "name" in account
    return any(isinstance(value.get(name), str) for name in ("mbox", "mbox_sha1sum", "openid"))
