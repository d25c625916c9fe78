"""Questions about rounds. Every page starts at ``rounds_visible_to``, so none shows a neighbour's."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from trama.accounts.api import ScopesHeld, people_in, scopes_held
from trama.foundation.policies import may
from trama.foundation.prepared import prepared
from trama.know.api import ScopeKind, members_on

from ..policies import SEE_ROUND
from .content import hash_of, part_content, round_content
from .models import Receipt, Round, RoundAssignment, RoundInvitation, RoundItem, RoundMember

INSTRUMENT_OF_SCOPE = {ScopeKind.NETWORK: "network", ScopeKind.SCHOOL: "school", ScopeKind.GROUP: "territory"}
PEOPLE_SHOWN = 40


def rounds_visible_to(user: Any) -> QuerySet[Round]:
    """Rounds of the user's network, school or group (with the tool), and rounds the user is a member of."""
    if not _is_signed_in(user):
        return Round.objects.none()
    return rounds_within(user.pk, scopes_held(user, "diagnosis")).select_related(*OWNER_AND_INSTRUMENT)


def reader_of_one(*around: str) -> Callable[[Any, UUID], Round | None]:
    """A function that reads the round with a ``uid`` that a user may see, or None, with what is named around it.

    One query; its SQL is built once.
    """

    @prepared
    def one(person: int, held: ScopesHeld, uid: UUID) -> QuerySet[Round]:
        return rounds_within(person, held).filter(uid=uid).select_related(*around)

    def read(user: Any, uid: UUID) -> Round | None:
        found = one(user.pk, scopes_held(user, "diagnosis"), uid) if _is_signed_in(user) else []
        return next(iter(found), None)

    return read


def _is_signed_in(user: Any) -> bool:
    return user is not None and user.is_authenticated and user.is_active


def rounds_within(person: int, held: ScopesHeld) -> QuerySet[Round]:
    """Rounds that a person is a member of, or that belong to where they hold the tool: what a statement that is built
    once asks instead of ``rounds_visible_to``, of who is signed in."""
    member = RoundMember.objects.filter(round=OuterRef("pk"), user=person, removed_at__isnull=True)
    return Round.objects.filter(Q(Exists(member)) | held.owning())


OWNER_AND_INSTRUMENT = ("version__instrument", "network__place", "school__place", "school__municipality", "group")
round_visible_to = reader_of_one(*OWNER_AND_INSTRUMENT)


def membership_of(user: Any, round_: Round) -> RoundMember | None:
    """The user's present part in a round, or None. One query."""
    return next(iter(_parts_of(user.pk, round_.pk)), None) if user.pk is not None else None


@prepared
def _parts_of(person: int, round_: int) -> QuerySet[RoundMember]:
    return RoundMember.objects.filter(round=round_, user=person, removed_at__isnull=True).order_by("pk")


def may_coordinate(user: Any, round_: Round) -> bool:
    """Whether the user moves the round: its coordinators, and who may open rounds for its owner."""
    if user is None or not user.is_authenticated or not user.is_active:
        return False
    member = membership_of(user, round_)
    if member is not None and member.part == RoundMember.Part.COORDINATOR:
        return True
    return scopes_held(user, "diagnosis", "edit").owns(round_)


def follows(user: Any, round_: Round) -> bool:
    """Whether the user sees who has finished: who coordinates, who only reads, and the owner's own people."""
    member = membership_of(user, round_)
    if member is not None and member.part != RoundMember.Part.RESPONDENT:
        return True
    return may(user, SEE_ROUND, round_)


def zone_of(scope: Any) -> str:
    """The time zone where an owner's deadlines end: of its place; of a group, the one its members share.

    A group over several zones counts by Brasília.
    """
    if scope._meta.model_name == "networkgroup":
        zones = {line.network.place.time_zone for line in members_on(scope, timezone.localdate())}
        return zones.pop() if len(zones) == 1 and "" not in zones else settings.TIME_ZONE
    place = scope.municipality if scope._meta.model_name == "school" else scope.place
    return place.time_zone or settings.TIME_ZONE


def scopes_to_open_for(user: Any) -> list[Any]:
    """The networks, schools and groups for which the user may open a round now, by name. At most three queries."""
    held = scopes_held(user, "diagnosis", "edit")
    found: list[Any] = []
    for keys, model, relations in (
        (held.networks, "TeachingNetwork", ["place"]),
        (held.schools, "School", ["place", "municipality"]),
        (held.groups, "NetworkGroup", []),
    ):
        if keys:
            rows = apps.get_model("know", model).objects.filter(pk__in=keys)
            found.extend(rows.select_related(*relations) if relations else rows)
    return sorted(found, key=str)


def latest_versions(kind: str) -> list[Any]:
    """The newest published version of each instrument for a kind of owner. One query."""
    model: Any = Round._meta.get_field("version").related_model
    rows = (
        model.objects.filter(state="published", instrument__scope=INSTRUMENT_OF_SCOPE[ScopeKind(kind)])
        .select_related("instrument")
        .order_by("instrument__position", "instrument__slug", "-published_at", "-pk")
    )
    newest: dict[int, Any] = {}
    for row in rows:
        newest.setdefault(row.instrument_id, row)
    return list(newest.values())


def own_questions_of(scope_filter: dict[str, int]) -> list[Any]:
    """The questions that an owner adds to its rounds, in the order they were written. One query."""
    model: Any = RoundItem._meta.get_field("own_question").related_model
    return list(model.objects.filter(retired_at__isnull=True, **scope_filter).order_by("pk"))


# --- who answers what ---------------------------------------------------------------------------------------------


def items_asked_of(member: RoundMember) -> QuerySet[RoundItem]:
    """The items that a member is asked to answer, in order.

    By default those of their kind of respondent; a criterion that names no kind, and an own question, is asked of all;
    who has no kind is asked everything. What the coordinator set for this member and item comes before that.
    Saves ask the same in SQL (``answers.statements``).
    """
    if member.part == RoundMember.Part.READER:
        return RoundItem.objects.none()
    return items_asked(member.pk, member.respondent_id, member.round_id)


def items_asked(member: int, respondent: int | None, round_: int) -> QuerySet[RoundItem]:
    """The same of a member who answers, by the keys of the member, of their kind of respondent and of the round."""
    own = RoundAssignment.objects.filter(member=member, item=OuterRef("pk"))
    return RoundItem.objects.filter(
        (_of_kind(respondent) & ~Exists(own.filter(asked=False))) | Exists(own.filter(asked=True)), round=round_
    ).order_by("position")


def _of_kind(respondent_id: int | None) -> Q:
    """Items that a kind of respondent is asked; without a kind, all."""
    if respondent_id is None:
        return Q(pk__isnull=False)
    kinds = _kinds_of_criteria().objects.filter(criterion=OuterRef("criterion"))
    return Q(criterion__isnull=True) | ~Exists(kinds) | Exists(kinds.filter(respondent=respondent_id))


def _kinds_of_criteria() -> Any:
    criterion: Any = RoundItem._meta.get_field("criterion").related_model
    return criterion.respondents.through


def asked_of(members: Iterable[RoundMember]) -> dict[int, set[int]]:
    """``items_asked_of`` for many members at once: member to items, by primary key. Three queries."""
    people = list(members)
    items = _items_of({member.round_id for member in people})
    kinds: dict[int, set[int]] = defaultdict(set)
    criteria = {criterion for _, _, criterion in items if criterion is not None}
    for asked_criterion, kind in _kinds_asked(criteria):
        kinds[asked_criterion].add(kind)
    own = {(member, item): asked for member, item, asked in _assigned_to([member.pk for member in people])}
    asked: dict[int, set[int]] = {}
    for member in people:
        asked[member.pk] = set()
        if member.part == RoundMember.Part.READER:
            continue
        for item, of, criterion in items:
            if of != member.round_id:
                continue
            by_default = (
                member.respondent_id is None
                or criterion is None
                or not kinds[criterion]
                or member.respondent_id in kinds[criterion]
            )
            if own.get((member.pk, item), by_default):
                asked[member.pk].add(item)
    return asked


@prepared
def _items_of(rounds: Collection[int]) -> QuerySet[RoundItem, tuple[int, int, int | None]]:
    return RoundItem.objects.filter(round__in=rounds).values_list("pk", "round_id", "criterion_id")


@prepared
def _kinds_asked(criteria: Collection[int]) -> QuerySet[Any, tuple[int, int]]:
    rows: QuerySet[Any, Any] = _kinds_of_criteria().objects.filter(criterion__in=criteria)
    return rows.values_list("criterion_id", "respondent_id")


@prepared
def _assigned_to(members: Collection[int]) -> QuerySet[RoundAssignment, tuple[int, int, bool]]:
    return RoundAssignment.objects.filter(member__in=members).values_list("member_id", "item_id", "asked")


def asked_by_kind(member: RoundMember) -> set[int]:
    """The items that the member's kind alone would be asked, by primary key."""
    if member.part == RoundMember.Part.READER:
        return set()
    items = RoundItem.objects.filter(_of_kind(member.respondent_id), round=member.round_id)
    return set(items.values_list("pk", flat=True))


def answered_by(members: Iterable[RoundMember]) -> dict[int, set[int]]:
    """Member to the items they gave a level for, by primary key; never the level. One query."""
    found: dict[int, set[int]] = defaultdict(set)
    for member, item in _levels_given_by([member.pk for member in members]):
        found[member].add(item)
    return found


@prepared
def _levels_given_by(members: Collection[int]) -> QuerySet[Any, tuple[int, int]]:
    answers: Any = RoundItem._meta.get_field("answers").related_model
    rows: QuerySet[Any, Any] = answers.objects.filter(member__in=members, level__isnull=False)
    return rows.values_list("member_id", "item_id")


@dataclass(frozen=True, slots=True)
class MemberStanding:
    """How far one member is. Numbers only: never what they answered."""

    member: RoundMember
    asked: frozenset[int]
    answered: frozenset[int]  # of what was asked

    @property
    def missing(self) -> int:
        return len(self.asked - self.answered)

    @property
    def is_done(self) -> bool:
        return self.member.finished_at is not None or not self.asked


@dataclass(frozen=True, slots=True)
class ItemStanding:
    """How many are asked about one item, and how many answered."""

    item: RoundItem
    asked: int
    answered: int
    agreed: bool


@dataclass(frozen=True)
class Standing:
    """A round at a glance."""

    members: list[MemberStanding]
    items: list[ItemStanding]

    @cached_property
    def gaps(self) -> list[RoundItem]:
        """What nobody is asked."""
        return [line.item for line in self.items if not line.asked]

    @cached_property
    def waiting(self) -> list[MemberStanding]:
        """Who was asked something and has not said to have finished."""
        return [line for line in self.members if not line.is_done]

    @cached_property
    def respondents(self) -> list[MemberStanding]:
        return [line for line in self.members if line.asked]

    @cached_property
    def not_agreed(self) -> list[RoundItem]:
        return [line.item for line in self.items if not line.agreed]

    @property
    def agreed(self) -> int:
        return len(self.items) - len(self.not_agreed)


def members_of(of: Round) -> list[RoundMember]:
    """Those who take part now: who coordinates first, then by name. One query."""
    rows = of.members.filter(removed_at__isnull=True).select_related("user", "respondent")
    return sorted(rows, key=lambda member: (member.part != RoundMember.Part.COORDINATOR, str(member.user).casefold()))


def items_of(of: Round) -> list[RoundItem]:
    """The items with their words and their agreement, in order. One query."""
    return list(of.items.select_related("criterion__area__dimension", "own_question", "agreement").order_by("position"))


def standing_of(of: Round) -> Standing:
    """Who is asked what, who answered, what is agreed. A constant number of queries."""
    members, items = members_of(of), items_of(of)
    asked, answered = asked_of(members), answered_by(members)
    lines = [
        MemberStanding(one, frozenset(asked[one.pk]), frozenset(asked[one.pk] & answered.get(one.pk, set())))
        for one in members
    ]
    return Standing(
        lines,
        [
            ItemStanding(
                item,
                sum(item.pk in line.asked for line in lines),
                sum(item.pk in line.answered for line in lines),
                _is_agreed(item),
            )
            for item in items
        ],
    )


def _is_agreed(item: RoundItem) -> bool:
    agreement = getattr(item, "agreement", None)
    return agreement is not None and agreement.level is not None


def not_agreed(of: Round) -> int:
    """How many items have no agreement. One query."""
    return of.items.exclude(agreement__level__isnull=False).count()


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round on a person's list: their part, and what waits for them."""

    round: Round
    member: RoundMember | None
    asked: int
    answered: int
    coordinates: bool

    @property
    def waits_to_answer(self) -> bool:
        return (
            self.round.state == Round.State.ANSWERING
            and self.member is not None
            and self.asked > 0
            and self.member.finished_at is None
        )

    @property
    def waits_to_agree(self) -> bool:
        return self.round.state == Round.State.AGREEING and self.coordinates


def round_lines(user: Any, states: Collection[str] = tuple(Round.State)) -> list[RoundLine]:
    """The rounds a person sees in these states, what waits for them first. A constant number of queries."""
    rounds = _rounds_seen(user.pk, scopes_held(user, "diagnosis"), states) if _is_signed_in(user) else []
    if not rounds:
        return []
    mine = {member.round_id: member for member in _parts_in(user.pk, [one.pk for one in rounds])}
    asked, answered = (asked_of(mine.values()), answered_by(mine.values())) if mine else ({}, {})
    editable = scopes_held(user, "diagnosis", "edit")
    lines = []
    for one in rounds:
        member = mine.get(one.pk)
        questions = asked.get(member.pk, set()) if member else set()
        given = answered.get(member.pk, set()) & questions if member else set()
        coordinates = editable.owns(one) or (member is not None and member.part == RoundMember.Part.COORDINATOR)
        lines.append(RoundLine(one, member, len(questions), len(given), coordinates))
    return sorted(lines, key=lambda line: not (line.waits_to_answer or line.waits_to_agree))


@prepared
def _rounds_seen(person: int, held: ScopesHeld, states: Collection[str]) -> QuerySet[Round]:
    rows = rounds_within(person, held).filter(state__in=states).select_related(*OWNER_AND_INSTRUMENT)
    return rows.order_by("-opened_at", "-pk")


@prepared
def _parts_in(person: int, rounds: Collection[int]) -> QuerySet[RoundMember]:
    return RoundMember.objects.filter(user=person, removed_at__isnull=True, round__in=rounds)


# --- people -------------------------------------------------------------------------------------------------------


def people_to_add(of: Round, query: str, *, at: datetime) -> tuple[list[Any], int]:
    """Profiles of the owner whose people are not in the round, by name, at most ``PEOPLE_SHOWN``; and how many more."""
    inside = set(of.members.filter(removed_at__isnull=True).values_list("user_id", flat=True))
    wanted = query.casefold().strip()
    found: dict[int, Any] = {}
    for profile in people_in(of.scope, at=at):
        if profile.user_id not in inside and wanted in profile.user.name.casefold():
            found.setdefault(profile.user_id, profile)
    people = list(found.values())
    return people[:PEOPLE_SHOWN], max(0, len(people) - PEOPLE_SHOWN)


def open_invitations(of: Round) -> list[RoundInvitation]:
    """Invitations nobody took up or back, newest first, those past their time too. One query."""
    return list(
        of.invitations.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)
        .select_related("respondent")
        .order_by("-created_at")
    )


def code_hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def invitation_of_code(code: str, *, at: datetime) -> RoundInvitation | None:
    """The open invitation that a code opens, or None. An invitation to a round that is over opens nothing."""
    found = (
        RoundInvitation.objects.select_related(
            "round__version__instrument", "round__network", "round__school__place", "round__group", "invited_by"
        )
        .filter(code_hash=code_hash(code))
        .first()
    )
    return found if found is not None and found.is_open_at(at) and not found.round.is_frozen else None


# --- receipts -----------------------------------------------------------------------------------------------------


def receipts_visible_to(user: Any) -> QuerySet[Receipt]:
    """Receipts of rounds the person sees, and of their own part. Another member's part is theirs alone: its text holds
    what they answered."""
    return Receipt.objects.filter(
        Q(member__isnull=True) | Q(member__user=user.pk), round__in=rounds_visible_to(user)
    ).select_related(
        "round__version__instrument",
        "round__network__place",
        "round__school__place",
        "round__group",
        "member",
        "submitted_by",
    )


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking a receipt found."""

    receipt: Receipt
    text_fits: bool  # the kept text has the hash of the receipt
    unchanged: bool  # what is in the round now is that very text

    @property
    def found_hash(self) -> str:
        return hash_of(self.receipt.content)


def verify_receipt(receipt: Receipt) -> Verification:
    """Compute the hash of a receipt again, from the kept text and from what the round holds now."""
    now = part_content(receipt.member) if receipt.member is not None else round_content(receipt.round)
    return Verification(receipt, hash_of(receipt.content) == receipt.content_hash, now == receipt.content)
