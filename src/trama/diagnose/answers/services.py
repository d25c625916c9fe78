"""Verbs on answers: record saves. Nothing sent is thrown away; what is answered "saved" is committed."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from ..rounds.models import Round, RoundMember
from .errors import MalformedSave, Refusal, TooManySaves
from .models import Agreement, Submission
from .protocol import FIELDS, MAX_SAVES, About, Merge, Save, Standing, merge, parse_save
from .selectors import (
    answers_close_at,
    apart_in,
    earlier_saves,
    saves_of,
    standing_of,
)
from .statements import Asked, Change, Seat, read_desk, write_save

ATTEMPTS = 20  # to find the answer as one read it; each lost attempt means that somebody else's save went through


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one save. ``submission`` None: it could not be stored, ``problem`` says why."""

    id: str  # as the client sent it
    submission: Submission | None = None
    standing: Standing | None = None  # the answer or agreement now
    clash: Submission | None = None  # what the id held before, where this content came second
    problem: MalformedSave | None = None


class _Moved(Exception):
    """Somebody else's save went through between reading and writing: read again."""


def record_saves(round_uid: UUID, sent: Sequence[Any], *, by: Any, at: datetime) -> list[Result]:
    """Record saves of one person in one round, each for itself, in the order in which they came.

    One that is malformed, refused or in conflict takes nothing from the others. All that is recorded is recorded when
    the outermost transaction commits: answer the client after that, never before. One save outside a transaction is
    committed when this returns.

    Raises ``TooManySaves``, and ``RoundMember.DoesNotExist`` for somebody who never took part in the round.
    """
    if len(sent) > MAX_SAVES:
        raise TooManySaves(MAX_SAVES)
    results: dict[int, Result] = {}
    saves: list[tuple[int, Save]] = []
    for place, one in enumerate(sent):
        try:
            saves.append((place, parse_save(one)))
        except MalformedSave as problem:
            name = str(one.get("id", ""))[:64] if isinstance(one, dict) else ""
            results[place] = Result(name, problem=problem)
    alone = _is_alone([save for _, save in saves])
    with nullcontext() if alone else transaction.atomic():
        desk = _Desk(round_uid, [save for _, save in saves], by=by, at=at, alone=alone)
        # Two batches that change the same answers take them in one order, so that neither waits for the other.
        for place, save in sorted(saves, key=lambda one: (one[1].item, one[1].about, one[0])):
            results[place] = desk.record(save)
    return [results[place] for place in range(len(sent))]


class _Desk:
    """Where the saves of one request are decided: what was read once for all of them."""

    def __init__(self, round_uid: UUID, saves: Sequence[Save], *, by: Any, at: datetime, alone: bool) -> None:
        """``alone``: the one save is its own transaction, see ``_is_alone``."""
        self.round_uid, self.by, self.at, self.alone = round_uid, by, at, alone
        self.seat, self.items = self._read({save.item for save in saves})
        self.standings = {(About.ANSWER, item): known.standing for item, known in self.items.items()}
        self.standings |= self._agreements({save.item for save in saves if save.about == About.AGREEMENT})
        self.closes_at: datetime | None = None

    def _read(self, items: set[int]) -> tuple[Seat, dict[int, Asked]]:
        found = read_desk(self.by.pk, self.round_uid, items)
        if found is None:
            raise RoundMember.DoesNotExist
        return found

    def _agreements(self, items: set[int]) -> dict[tuple[About, int], Standing]:
        rows = Agreement.objects.filter(item__in=items) if items else []
        return {(About.AGREEMENT, row.item_id): standing_of(row) for row in rows}

    def record(self, save: Save) -> Result:
        """Store the save and what it changes, both or neither. The unique key decides whether it came before."""
        if save.item not in self.items:
            return Result(
                str(save.id), problem=MalformedSave("item", str(Refusal.NOT_ASKED.label))
            )  # no item of this round: there is nothing to keep it with
        for _ in range(ATTEMPTS):
            refusal, standing = self._refusal(save), self._standing(save)
            decided = merge(save, standing)
            if save.base < standing.revision and not refusal:
                decided = merge(save, standing, earlier_saves(save, self.seat))
            if not refusal and save.about == About.AGREEMENT and decided.applied:
                refusal = self._lacks_reason(save, standing, decided)
            made = self._made(save, standing, decided, refusal)
            try:
                with nullcontext() if self.alone else transaction.atomic():
                    self._write(made, save, standing)
            except _Moved:
                self._read_again(save)
            except IntegrityError:
                found = Submission.objects.filter(pk=save.id).first()
                if found is not None:
                    return self._sent_before(save, found)
                self._read_again(save)
            else:
                return Result(str(save.id), made, self._standing(save))
        raise _Moved  # never seen: every lost attempt is somebody else's success

    def _refusal(self, save: Save) -> str:
        """The code of ``Refusal`` for a save that does not count, or "". The clock of the server decides."""
        seat = self.seat
        if seat.state == Round.State.SUBMITTED:
            return Refusal.SUBMITTED
        if seat.state == Round.State.CANCELLED:
            return Refusal.CANCELLED
        if seat.removed:
            return Refusal.REMOVED
        if save.about == About.AGREEMENT:
            if seat.part != RoundMember.Part.COORDINATOR:
                return Refusal.NOT_YOURS
            return "" if seat.state == Round.State.AGREEING else Refusal.NOT_YET
        if seat.part == RoundMember.Part.READER:
            return Refusal.READER
        if not self.items[save.item].asked:
            return Refusal.NOT_ASKED
        return self._too_late(save)

    def _too_late(self, save: Save) -> str:
        """In time, or given in time on a device without connection and here within the hours of grace."""
        if self.closes_at is None:
            self.closes_at = answers_close_at(self.seat)
        if self.at <= self.closes_at:
            return ""
        given_in_time = save.device_at is not None and save.device_at <= self.closes_at
        if given_in_time and self.at <= self.closes_at + timedelta(hours=self.seat.grace_hours):
            return ""
        return Refusal.AGREEING if self.seat.state == Round.State.AGREEING else Refusal.LATE

    def _lacks_reason(self, save: Save, standing: Standing, decided: Merge) -> str:
        level = save.level if "level" in decided.applied else standing.level
        text = save.text if "text" in decided.applied else standing.text
        if text.strip() or not apart_in([save.item])[save.item].needs_reason(level):
            return ""
        return Refusal.REASON

    def _made(
        self, save: Save, standing: Standing, decided: Merge, refusal: str, clashes_with: Submission | None = None
    ) -> Submission:
        """The row of the trail, not stored yet."""
        applied = frozenset[str]() if refusal else decided.applied
        resolves = None
        if save.resolves is not None:
            known = saves_of(save, self.seat).filter(pk=save.resolves)
            resolves = known.values_list("pk", flat=True).first()  # never seen here: then there is nothing to settle
        return Submission(
            id=save.second_id if clashes_with else save.id,
            round_id=self.seat.round,
            item_id=save.item,
            member_id=self.seat.member,
            agreement=save.about == About.AGREEMENT,
            base_revision=save.base,
            level=save.level,
            text=save.text,
            changes=_named(save.changes),
            applied=_named(applied),
            after=" ".join(str(one) for one in save.after),
            content_hash=save.content_hash,
            device_at=save.device_at,
            received_at=self.at,
            outcome=Submission.Outcome.REFUSED if refusal else decided.outcome,
            refusal=refusal,
            revision=standing.revision + (1 if applied else 0),
            resolves_id=resolves,
            clashes_with=clashes_with,
        )

    def _write(self, made: Submission, save: Save, standing: Standing) -> None:
        """Store it and the answer it changes. Raises ``_Moved`` or ``IntegrityError`` if that is not as read."""
        if not made.applied:
            write_save(made, None)
            return
        text = "comment" if save.about == About.ANSWER else "reason"
        now = standing.after(made.applied.split(), save.level, save.text)
        values: dict[str, Any] = {"revision": now.revision, "saved_at": self.at}
        if "level" in made.applied:
            values |= {"level": now.level, "level_revision": now.level_revision}
        if "text" in made.applied:
            values |= {text: now.text, "text_revision": now.text_revision}
        if save.about == About.AGREEMENT:
            values["saved_by"] = self.by.pk
        if not write_save(made, Change(save.about, save.item, self.seat.member, standing.revision, values)):
            raise _Moved
        self.standings[save.about, save.item] = now

    def _read_again(self, save: Save) -> None:
        """The answer, the round and the member as they are now."""
        self.closes_at = None
        self.seat, items = self._read({save.item})
        self.items |= items
        self.standings[About.ANSWER, save.item] = self.items[save.item].standing
        if save.about == About.AGREEMENT:
            self.standings |= self._agreements({save.item})

    def _sent_before(self, save: Save, found: Submission) -> Result:
        """The same again: the same answer. Other content under the id: both are kept, and the person is asked."""
        ours = found.member_id == self.seat.member
        self._read_again(save)
        standing = self._standing(save)
        if ours and found.content_hash == save.content_hash:
            return Result(str(save.id), found, standing)
        second = self._made(save, standing, Merge(Submission.Outcome.CONFLICT), "", clashes_with=found)
        try:
            with transaction.atomic():
                write_save(second, None)
        except IntegrityError:
            second = Submission.objects.get(pk=save.second_id)
        return Result(str(save.id), second, standing, clash=found if ours else None)

    def _standing(self, save: Save) -> Standing:
        return self.standings.get((save.about, save.item)) or Standing()


def _is_alone(saves: Sequence[Save]) -> bool:
    """Whether the saves are one that PostgreSQL writes in one statement, which is then a transaction of its own.

    Nothing read before it needs to hold still: the statement changes the answer only as it was read.
    """
    return len(saves) == 1 and connection.vendor == "postgresql" and connection.get_autocommit()


def _named(fields: frozenset[str]) -> str:
    return " ".join(name for name in FIELDS if name in fields)
