"""Verbs on answers: record saves. Nothing sent is thrown away; what is answered "saved" is committed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from ..rounds.models import Round, RoundMember
from ..rounds.selectors import asked_among
from .errors import MalformedSave, Refusal, TooManySaves
from .models import Agreement, Answer, Submission
from .protocol import FIELDS, MAX_SAVES, About, Merge, Save, Standing, merge, parse_save
from .selectors import (
    answers_close_at,
    apart_in,
    earlier_saves,
    membership_for_saving,
    saves_of,
    standing_of,
)

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
    the outermost transaction commits: answer the client after that, never before.

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
    with transaction.atomic():
        desk = _Desk.open(round_uid, [save for _, save in saves], by=by, at=at)
        # Two batches that change the same answers take them in one order, so that neither waits for the other.
        for place, save in sorted(saves, key=lambda one: (one[1].item, one[1].about, one[0])):
            results[place] = desk.record(save)
    return [results[place] for place in range(len(sent))]


class _Desk:
    """Where the saves of one request are decided: what was read once for all of them."""

    def __init__(self, member: RoundMember, *, by: Any, at: datetime) -> None:
        self.member, self.by, self.at = member, by, at
        self.items: set[int] = set()
        self.asked: set[int] = set()  # those of them that the member answers
        self.rows: dict[tuple[str, int], Answer | Agreement] = {}
        self.closes_at: datetime | None = None

    @classmethod
    def open(cls, round_uid: UUID, saves: Sequence[Save], *, by: Any, at: datetime) -> "_Desk":
        member = membership_for_saving(by, round_uid)
        if member is None:
            raise RoundMember.DoesNotExist
        desk = cls(member, by=by, at=at)
        known = asked_among(member, {save.item for save in saves})
        desk.items = set(known)
        desk.asked = {item for item, asked in known.items() if asked}
        own = {save.item for save in saves if save.about == About.ANSWER}
        if own:
            for answer in Answer.objects.filter(member=member, item__in=own):
                desk.rows[About.ANSWER, answer.item_id] = answer
        shared = {save.item for save in saves if save.about == About.AGREEMENT}
        if shared:
            for agreement in Agreement.objects.filter(item__in=shared):
                desk.rows[About.AGREEMENT, agreement.item_id] = agreement
        return desk

    def record(self, save: Save) -> Result:
        """Store the save and what it changes, both or neither. The unique key decides whether it came before."""
        if save.item not in self.items:
            return Result(
                str(save.id), problem=MalformedSave("item", str(Refusal.NOT_ASKED.label))
            )  # no item of this round: there is nothing to keep it with
        for _ in range(ATTEMPTS):
            refusal = self._refusal(save)
            standing = standing_of(self.rows.get((save.about, save.item)))
            decided = merge(save, standing)
            if save.base < standing.revision and not refusal:
                decided = merge(save, standing, earlier_saves(save, self.member))
            if not refusal and save.about == About.AGREEMENT and decided.applied:
                refusal = self._lacks_reason(save, standing, decided)
            try:
                with transaction.atomic():
                    submission = self._keep(save, standing, decided, refusal)
                    if submission.applied:
                        self._write(save, standing, decided)
            except _Moved:
                self._read_again(save)
            except IntegrityError:
                found = Submission.objects.select_related("member").filter(pk=save.id).first()
                if found is not None:
                    return self._sent_before(save, found)
                self._read_again(save)
            else:
                return Result(str(save.id), submission, self._standing(save))
        raise _Moved  # never seen: every lost attempt is somebody else's success

    def _refusal(self, save: Save) -> str:
        """The code of ``Refusal`` for a save that does not count, or "". The clock of the server decides."""
        of, member = self.member.round, self.member
        if of.state == Round.State.SUBMITTED:
            return Refusal.SUBMITTED
        if of.state == Round.State.CANCELLED:
            return Refusal.CANCELLED
        if member.removed_at is not None:
            return Refusal.REMOVED
        if save.about == About.AGREEMENT:
            if member.part != RoundMember.Part.COORDINATOR:
                return Refusal.NOT_YOURS
            return "" if of.state == Round.State.AGREEING else Refusal.NOT_YET
        if member.part == RoundMember.Part.READER:
            return Refusal.READER
        if save.item not in self.asked:
            return Refusal.NOT_ASKED
        return self._too_late(save, of)

    def _too_late(self, save: Save, of: Round) -> str:
        """In time, or given in time on a device without connection and here within the hours of grace."""
        if self.closes_at is None:
            self.closes_at = answers_close_at(of)
        if self.at <= self.closes_at:
            return ""
        given_in_time = save.device_at is not None and save.device_at <= self.closes_at
        if given_in_time and self.at <= self.closes_at + timedelta(hours=of.grace_hours):
            return ""
        return Refusal.AGREEING if of.state == Round.State.AGREEING else Refusal.LATE

    def _lacks_reason(self, save: Save, standing: Standing, decided: Merge) -> str:
        level = save.level if "level" in decided.applied else standing.level
        text = save.text if "text" in decided.applied else standing.text
        if text.strip() or not apart_in([save.item])[save.item].needs_reason(level):
            return ""
        return Refusal.REASON

    def _keep(
        self, save: Save, standing: Standing, decided: Merge, refusal: str, clashes_with: Submission | None = None
    ) -> Submission:
        """Insert the row of the trail. Raises ``IntegrityError`` if its id is there already."""
        applied = frozenset[str]() if refusal else decided.applied
        resolves = None
        if save.resolves is not None:
            known = saves_of(save, self.member).filter(pk=save.resolves)
            resolves = known.values_list("pk", flat=True).first()  # never seen here: then there is nothing to settle
        submission = Submission(
            id=save.second_id if clashes_with else save.id,
            round_id=self.member.round_id,
            item_id=save.item,
            member=self.member,
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
        submission.save(force_insert=True)
        return submission

    def _write(self, save: Save, standing: Standing, decided: Merge) -> None:
        """Change the answer if it is still as it was read. Raises ``_Moved`` or ``IntegrityError`` if not."""
        text = "comment" if save.about == About.ANSWER else "reason"
        values: dict[str, Any] = {"revision": standing.revision + 1, "saved_at": self.at}
        if "level" in decided.applied:
            values |= {"level": save.level, "level_revision": values["revision"]}
        if "text" in decided.applied:
            values |= {text: save.text, "text_revision": values["revision"]}
        if save.about == About.AGREEMENT:
            values["saved_by"] = self.by
        row = self.rows.get((save.about, save.item))
        if row is None:
            where = {"item_id": save.item, **({"member": self.member} if save.about == About.ANSWER else {})}
            made = (Answer if save.about == About.ANSWER else Agreement)(**where, **values)
            made.save(force_insert=True)
            self.rows[save.about, save.item] = made
            return
        changed = type(row).objects.filter(pk=row.pk, revision=standing.revision).update(**values)
        if not changed:
            raise _Moved
        for name, value in values.items():
            setattr(row, name, value)

    def _read_again(self, save: Save) -> None:
        """The answer, the round and the member as they are now."""
        self.member = RoundMember.objects.select_related("round").get(pk=self.member.pk)
        self.closes_at = None
        rows: Any = Answer.objects.filter(member=self.member) if save.about == About.ANSWER else Agreement.objects
        row = rows.filter(item=save.item).first()
        if row is None:
            self.rows.pop((save.about, save.item), None)
        else:
            self.rows[save.about, save.item] = row

    def _sent_before(self, save: Save, found: Submission) -> Result:
        """The same again: the same answer. Other content under the id: both are kept, and the person is asked."""
        ours = found.member_id == self.member.pk
        self._read_again(save)
        if ours and found.content_hash == save.content_hash:
            return Result(str(save.id), found, self._standing(save))
        standing = self._standing(save)
        conflict = Merge(Submission.Outcome.CONFLICT)
        try:
            with transaction.atomic():
                second = self._keep(save, standing, conflict, "", clashes_with=found)
        except IntegrityError:
            second = Submission.objects.get(pk=save.second_id)
        return Result(str(save.id), second, standing, clash=found if ours else None)

    def _standing(self, save: Save) -> Standing:
        return standing_of(self.rows.get((save.about, save.item)))


def _named(fields: frozenset[str]) -> str:
    return " ".join(name for name in FIELDS if name in fields)
