"""Verbs of courses of cmi5: bring one in, register a learner, launch a unit, hear what it says, waive it.

Statements of a session come through the store, which asks ``check_whose`` and tells ``heard`` (``wiring``). What the
platform says itself (launched, abandoned, waived, satisfied) is stored in the same transaction.
"""

import secrets
import uuid
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from trama.foundation import policies
from trama.foundation.audit import record_event

from ..policies import AUTHOR_COURSES_OF_OTHERS, LEARN_COURSES_OF_OTHERS
from ..statements.checking import Facts, agent_key
from ..statements.errors import Malformed
from ..statements.models import StatementClient
from ..statements.scopes import PROFILE, READ_MINE, STATE, WRITE
from ..statements.selectors import Client, secret_hash
from ..statements.tokens import make_client
from . import rules, telling
from .errors import AlreadyWaived
from .models import Cmi5Course, Cmi5Mark, Cmi5Registration, Cmi5Session
from .selectors import activity_id, actor_of, done_in, met_by, structure_of, unit_of
from .structure import Block, as_json

FETCH_WITHIN = timedelta(minutes=10)  # of the launch
SESSION_LASTS = timedelta(hours=12)
AFTER_THE_END = timedelta(seconds=10)  # what a unit sent before it said terminated may still come
Mode = Cmi5Session.Mode

type Listener = Callable[[Cmi5Registration, datetime], None]
_listeners: list[Listener] = []


def register_satisfied_listener(listener: Listener) -> None:
    """``listener(registration, at)`` hears, in the same transaction, that more of a course is satisfied or scored."""
    if listener not in _listeners:
        _listeners.append(listener)


@dataclass(frozen=True, slots=True)
class Launch:
    """A session that was opened. ``url`` holds the address that gives its token once: show it to nobody else."""

    session: Cmi5Session
    url: str


@transaction.atomic
def import_course(course: Block, *, by: Any, at: datetime) -> Cmi5Course:
    """Keep a course structure. Raises ``PermissionDenied``."""
    policies.require(by, AUTHOR_COURSES_OF_OTHERS)
    made = Cmi5Course.objects.create(
        publisher_id=course.publisher_id, structure=as_json(course), created_by=by, created_at=at
    )
    record_event("course of cmi5 brought in", by=by, at=at, target=made, detail={"units": len(list(course.units()))})
    return made


@transaction.atomic
def register_learner(course: Cmi5Course, *, by: Any, at: datetime) -> Cmi5Registration:
    """A registration of a person, empty: they begin, or begin again. What asks for nothing is satisfied at once."""
    policies.require(by, LEARN_COURSES_OF_OTHERS)
    made = Cmi5Registration.objects.create(course=course, person=by, created_at=at)
    record_event("registered in a course of cmi5", by=by, at=at, target=made)
    _satisfy(made, str(uuid.uuid4()), at)
    return made


@transaction.atomic
def open_session(
    registration: Cmi5Registration, unit: str, *, address: str, return_url: str, mode: str = Mode.NORMAL,
    by: Any, at: datetime,
) -> Launch:  # fmt: skip
    """Launch a unit. ``address``: where its content is, the url of the structure made absolute.

    Sessions that were left open are abandoned. Locks as ``lock_registration``.
    Raises ``PermissionDenied`` if it is another's registration, ``UnknownUnit``.
    """
    policies.require(by, LEARN_COURSES_OF_OTHERS)
    if registration.person_id != by.pk:
        raise PermissionDenied(LEARN_COURSES_OF_OTHERS.name)
    lock_registration(registration)
    found = unit_of(structure_of(registration.course), unit)
    for earlier in _open(registration):
        _abandon(earlier, at)
    secret = secrets.token_urlsafe(32)
    session = Cmi5Session.objects.create(
        registration=registration, unit=unit, mode=mode, fetch_hash=secret_hash(secret), launched_at=at, last_at=at
    )
    url = telling.launch_url(registration, found, address, secret)
    telling.launched(session, found, urlunsplit(urlsplit(url)._replace(query="")), at)
    telling.write_launch_data(session, found, return_url, at)
    record_event("unit of cmi5 launched", by=by, at=at, target=session, detail={"unit": unit, "mode": mode})
    return Launch(session, url)


@transaction.atomic
def fetch_token(secret: str, *, at: datetime) -> str | None:
    """The token of a session, once, soon after its launch: what stands after "Basic". None: not, or not any more."""
    rows = Cmi5Session.objects.select_for_update(of=("self",)).select_related("registration__course")
    session = rows.filter(fetch_hash=secret_hash(secret), client__isnull=True, abandoned_at__isnull=True).first()
    if session is None or at - session.launched_at > FETCH_WITHIN:
        return None
    token = make_client(
        f"cmi5 {session.uid}",
        [WRITE, READ_MINE, STATE, PROFILE],
        kind=StatementClient.Kind.SESSION,
        agent=agent_key(actor_of(session.registration)),
        registration=str(session.registration.uid),
        created_by=session.registration.person,
        created_at=at,
        expires_at=at + SESSION_LASTS,
    )
    session.client = token.client
    session.save(update_fields=["client"])
    return b64encode(f"{token.key}:{token.secret}".encode()).decode()


def check_whose(client: Client, statement: dict[str, Any], facts: Facts) -> None:
    """Whether a statement is about the learner and the registration of its session. Raises ``Malformed``."""
    if facts.actor != client.agent:
        raise Malformed("actor", "it must be the agent of the launch")
    if facts.registration != client.registration:
        raise Malformed("context.registration", "it must be that of the launch")
    if "id" not in statement and rules.is_defined(statement):  # asked here: the store gives one to who brings none
        raise Malformed("id", "a statement of cmi5 needs one")


def _standing(session: Cmi5Session) -> rules.Standing:
    course = session.registration.course
    unit = unit_of(structure_of(course), session.unit)
    moment = session.terminated_at
    over = session.abandoned_at is not None or (moment is not None and timezone.now() - moment > AFTER_THE_END)
    return rules.Standing(
        session=str(session.uid),
        activity=activity_id(course, unit.key),
        publisher_id=unit.publisher_id,
        launch_mode=session.mode,
        mastery_score=unit.mastery_score,
        said=frozenset(session.said.split()),
        done=done_in(session.registration).get(unit.key, frozenset()),
        ended=over,
    )


def heard(client: Client, statement: dict[str, Any], at: datetime) -> None:
    """A statement of a session is being stored: check it against the rules, note what it says, and satisfy what it
    completes. In its transaction: what breaks a rule (``RuleBroken``, ``Malformed``) is not stored. The registration is
    locked before the session, as by whoever opens one: listeners lock more, and nobody waits in a circle.
    """
    list(Cmi5Registration.objects.select_for_update(of=("self",)).filter(sessions__client=client.pk))
    rows = Cmi5Session.objects.select_for_update(of=("self",)).select_related("registration__course")
    session = rows.get(client=client.pk)
    rules.check(statement, _standing(session))
    session.last_at = at
    verb = statement["verb"]["id"]
    if rules.is_defined(statement):
        session.said = f"{session.said} {verb}".strip()
        if verb == rules.TERMINATED:
            session.terminated_at = at
        if verb in (rules.COMPLETED, rules.PASSED, rules.FAILED):
            score = statement.get("result", {}).get("score", {}).get("scaled")
            _mark(session.registration, session.unit, verb, at, score)
            _satisfy(session.registration, str(session.uid), at)
            for listener in _listeners:
                listener(session.registration, at)
    session.save(update_fields=["last_at", "said", "terminated_at"])


@transaction.atomic
def waive(registration: Cmi5Registration, unit: str, reason: str, *, by: Any, at: datetime) -> None:
    """Count a unit as done without its being done, for a reason. Raises ``AlreadyWaived``, ``PermissionDenied``."""
    policies.require(by, AUTHOR_COURSES_OF_OTHERS)
    lock_registration(registration)
    found = unit_of(structure_of(registration.course), unit)
    if registration.marks.filter(part=unit, verb=rules.WAIVED).exists():
        raise AlreadyWaived
    session = str(uuid.uuid4())
    _mark(registration, unit, rules.WAIVED, at)
    telling.waived(registration, found, session, reason, at)
    record_event("unit of cmi5 waived", by=by, at=at, target=registration, detail={"unit": unit, "reason": reason})
    _satisfy(registration, session, at)
    for listener in _listeners:
        listener(registration, at)


def lock_registration(registration: Cmi5Registration) -> None:
    """Until the transaction ends, no session of it is heard, and none is opened. Lock it before anything else."""
    list(Cmi5Registration.objects.select_for_update(of=("self",)).filter(pk=registration.pk))


@transaction.atomic
def close_sessions(registration: Cmi5Registration, *, at: datetime) -> int:
    """Abandon what was left open. Returns how many."""
    found = _open(registration)
    for one in found:
        _abandon(one, at)
    return len(found)


def _open(registration: Cmi5Registration) -> list[Cmi5Session]:
    rows = registration.sessions.select_for_update(of=("self",)).select_related("registration__course", "client")
    return list(rows.filter(terminated_at__isnull=True, abandoned_at__isnull=True))


def _abandon(session: Cmi5Session, at: datetime) -> None:
    """The token ends; a session that began says so in a statement, with its length until its last sign of life."""
    session.abandoned_at = at
    session.save(update_fields=["abandoned_at"])
    if session.client_id is not None:
        StatementClient.objects.filter(pk=session.client_id, revoked_at__isnull=True).update(revoked_at=at)
    if rules.INITIALIZED in session.said.split():
        unit = unit_of(structure_of(session.registration.course), session.unit)
        telling.abandoned(session, unit, session.last_at - session.launched_at, at)


def _mark(registration: Cmi5Registration, part: str, verb: str, at: datetime, scaled: float | None = None) -> None:
    """Failed may be said again, in another session: the first time stands, with its best score."""
    made, new = Cmi5Mark.objects.get_or_create(
        registration=registration, part=part, verb=verb, defaults={"scaled": scaled, "at": at}
    )
    if not new and scaled is not None and (made.scaled is None or scaled > made.scaled):
        Cmi5Mark.objects.filter(pk=made.pk).update(scaled=scaled)


def _satisfy(registration: Cmi5Registration, session: str, at: datetime) -> None:
    """Say of each block, and of the course, that it is satisfied, the first time that it is."""
    structure, done = structure_of(registration.course), done_in(registration)
    met = met_by(structure, done)
    for unit in structure.units():
        if unit.key in met and rules.SATISFIED not in done.get(unit.key, ()):
            _mark(registration, unit.key, rules.SATISFIED, at)
    for block in structure.blocks():
        if block.key in met and rules.SATISFIED not in done.get(block.key, ()):
            _mark(registration, block.key, rules.SATISFIED, at)
            telling.satisfied(registration, block, session, at)
