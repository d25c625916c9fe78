"""Questions about profiles, shares and many networks. What others shared starts at ``shares_received_by``."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from trama.accounts.api import mandate_end, scopes_held, standings_of
from trama.foundation.prepared import prepared
from trama.know.api import Dependency, PlaceKind, ScopeKind, nearest_places
from trama_measure.diagnosis import MINIMUM_MEMBERS, MINIMUM_PEERS

from ..answers.models import Answer
from ..answers.selectors import measured
from ..instruments.models import Instrument
from ..priorities.models import Priority
from ..rounds.models import Round, RoundMember
from .models import RECEIVERS, AnonymousUse, PublishedDistribution, Share
from .publication import Contribution, Told, tell, tell_fresh

YEARS = 2  # a share lasts at most so long
NEIGHBOURS = 100  # the most similar networks among which those that agreed are counted
State = Round.State


# --- one round ----------------------------------------------------------------------------------------------------


def earlier_rounds(of: Round) -> list[Round]:
    """Submitted rounds of the same owner and instrument before this one, newest first. One query."""
    owner = (of.network_id, of.school_id, of.group_id)
    return _submitted_before(of.pk, of.version.instrument_id, of.submitted_at, *owner)


@prepared
def _submitted_before(
    but: int, instrument: int, before: datetime | None, network: int | None, school: int | None, group: int | None
) -> QuerySet[Round]:
    """Of the owner that is given; before an instant, or whenever."""
    rows = Round.objects.filter(state=State.SUBMITTED, version__instrument=instrument)
    rows = rows.filter(network=network, school=school, group=group).exclude(pk=but)
    rows = rows.filter(submitted_at__lt=before) if before is not None else rows
    return rows.select_related("version__instrument").order_by("-submitted_at", "-pk")


def own_answers(member: RoundMember) -> list[tuple[Answer, int]]:
    """What one member answered, in order, each with its level in the codes of the measures. One query."""
    given = Answer.objects.filter(member=member).select_related("item__criterion", "item__own_question")
    return [(answer, measured(answer.level)) for answer in given.order_by("item__position")]


def open_use(of: Round) -> AnonymousUse | None:
    """The consent to anonymous distributions that stands, or None. One query."""
    return of.anonymous_uses.filter(withdrawn_at__isnull=True).first()


def similar_to(of: Round, *, at: datetime, data: str = "") -> Told | None:
    """How networks similar to the owner of a municipal round are spread, or None where too few agreed.

    Similar are the hundred nearest by size, wealth, region and stages. Of each that agreed, its last submitted round
    counts; never the one that looks. ``data``: the present ``data_version()``, from who has asked for it already. At
    most six queries; with it, two when nothing changed.
    """
    if of.scope_kind != ScopeKind.NETWORK or of.network is None or of.network.place.kind != PlaceKind.MUNICIPALITY:
        return None
    places = nearest_places(of.network.place_id, of.network.dependency, NEIGHBOURS, data)
    if len(places) < MINIMUM_PEERS:
        return None
    agreed = _agreed_in(places, of.network.dependency, of.version.instrument_id, of.network.pk)
    latest = {
        network: Contribution(f"network-{network}", round_id, f"{round_id}@{_stamp(submitted)}")
        for network, round_id, submitted in agreed
    }
    return tell(
        PublishedDistribution.Kind.SIMILAR,
        {"network": of.network},
        of.version.instrument,
        list(latest.values()),
        minimum=MINIMUM_PEERS,
        priorities=False,
        at=at,
    )


@prepared
def _agreed_in(places: Collection[int], dependency: str, instrument: int, but: int) -> QuerySet[AnonymousUse, Any]:
    rows = AnonymousUse.objects.filter(
        withdrawn_at__isnull=True,
        round__state=State.SUBMITTED,
        round__version__instrument=instrument,
        round__network__dependency=dependency,
        round__network__place__in=places,
    ).exclude(round__network=but)
    rows = rows.order_by("round__submitted_at", "round")
    return rows.values_list("round__network_id", "round_id", "round__submitted_at")


def _stamp(instant: datetime | None) -> str:
    return f"{instant.timestamp():.6f}" if instant is not None else ""


# --- sharing, as the owner sees it ----------------------------------------------------------------------------------


def shares_of(of: Round) -> list[Share]:
    """Every share of a round, newest first: the standing ones and the history. One query."""
    return list(
        Share.objects.filter(round=of)
        .select_related("group", "network__place", "organisation", "granted_by", "revoked_by")
        .order_by("-granted_at", "-pk")
    )


def standing_shares_of(of: Round, day: date) -> list[Share]:
    """The shares of a round that count on a day, newest first, each with its receiver. One query."""
    shares = [share for share in _shares_until(of.pk, day) if share.counts_on(day)]
    for share in shares:
        share.round = of
    return shares


@prepared
def _shares_until(round_: int, day: date) -> QuerySet[Share]:
    rows = Share.objects.filter(round=round_, revoked_at__isnull=True, until__gte=day)
    return rows.select_related("group", "network__place", "organisation").order_by("-granted_at", "-pk")


def owner_today(of: Round, at: datetime) -> date:
    """The day where the owner is."""
    return at.astimezone(of.zone).date()


def latest_end(of: Round, at: datetime) -> date:
    """The last day that a share may name: two years ahead, and not beyond the mandate of a municipal government.

    Who governs next did not decide it, and decides anew.
    """
    today = owner_today(of, at)
    try:
        limit = today.replace(year=today.year + YEARS)
    except ValueError:  # 29 February
        limit = today.replace(year=today.year + YEARS, day=28)
    if _is_municipal(of):
        limit = min(limit, mandate_end(today) - timedelta(days=1))
    return limit


def _is_municipal(of: Round) -> bool:
    holder = of.network or of.school
    return holder is not None and holder.dependency == Dependency.MUNICIPAL


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody a round can be shared with. ``field`` is the column of ``Share``."""

    field: str
    thing: Any

    @property
    def key(self) -> str:
        return f"{self.field}-{self.thing.pk}"


def receivers_for(of: Round, *, at: datetime) -> list[Receiver]:
    """With whom an owner may share: upwards only, never with a neighbour. At most three queries.

    A school with its network. A network with its state's secretariat, the groups it belongs to today, and the programme
    and its partners. A group with the secretariats of its members' states, and the programme and its partners.
    """
    if of.scope_kind == ScopeKind.SCHOOL:
        return [Receiver("network", of.school.network)] if of.school is not None else []
    today = owner_today(of, at)
    memberships: Any = apps.get_model("know", "GroupMembership").objects.filter(_stands_on(today))
    found: list[Receiver] = []
    if of.network is not None:
        states = {of.network.place.state_code} - {None}
        mine = memberships.filter(network=of.network).select_related("group").order_by("group__search_name")
        found += [Receiver("group", group) for group in dict.fromkeys(line.group for line in mine)]
    else:
        states = set(
            memberships.filter(group=of.group).values_list("network__place__state_code", flat=True)
        ) - {None}  # fmt: skip
    networks: Any = apps.get_model("know", "TeachingNetwork").objects
    secretariats = networks.filter(place__in=states, place__kind=PlaceKind.STATE, dependency=Dependency.STATE)
    found += [
        Receiver("network", one)
        for one in secretariats.select_related("place").order_by("search_name")
        if one.pk != of.network_id
    ]
    organisations: Any = apps.get_model("accounts", "Organisation").objects
    found += [Receiver("organisation", one) for one in organisations.order_by("-kind", "name")]
    return found


def _stands_on(day: date) -> Q:
    return (Q(start__isnull=True) | Q(start__lte=day)) & (Q(end__isnull=True) | Q(end__gt=day))


# --- sharing, as the receiver sees it -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Receives:
    """The groups, networks and organisations, by primary key, for which a person looks at what others share."""

    group: frozenset[int]
    network: frozenset[int]
    organisation: frozenset[int]

    def of(self, field: str) -> frozenset[int]:
        found: frozenset[int] = getattr(self, field)
        return found

    def __bool__(self) -> bool:
        return bool(self.group or self.network or self.organisation)


def receives(user: Any) -> Receives:
    """For whom the person looks now, under the profile they act with: whoever holds the tool in a network or a group,
    and everyone of a programme or a partner, who hold this by role."""
    held = scopes_held(user, "diagnosis")
    standing = standings_of(user) if user is not None and user.is_authenticated and user.is_active else ()
    organisations = {one.profile.organisation_id for one in standing} - {None}
    return Receives(held.groups, held.networks, frozenset(organisations))  # type: ignore[arg-type]


def receives_shares(user: Any) -> bool:
    """Whether there is anything that others could share with the person. Asks the database nothing in a request."""
    return bool(receives(user))


def standing_shares(today: date, yesterday: date) -> QuerySet[Share]:
    """Shares that nobody took back, of rounds that are submitted now, by owners who still belong to the group today.

    Whether the last day has passed is asked per owner, whose day it is (``_not_ended``); the database only leaves out
    what ended long ago.
    """
    memberships: Any = apps.get_model("know", "GroupMembership").objects
    belongs = memberships.filter(_stands_on(today), group=OuterRef("group"), network=OuterRef("round__network"))
    return Share.objects.filter(
        Q(group__isnull=True) | Exists(belongs),
        revoked_at__isnull=True,
        round__state=State.SUBMITTED,
        until__gte=yesterday,
    )


def _days(at: datetime) -> tuple[date, date]:
    """Today and yesterday, on the clock of the site."""
    today = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    return today, today - timedelta(days=1)


def _not_ended(until: date, zone: str, at: datetime) -> bool:
    return at.astimezone(ZoneInfo(zone)).date() <= until


def shares_received_by(user: Any, *, at: datetime) -> list[Share]:
    """Shares by name that the person may open now, newest first. One query."""
    mine = receives(user)
    if not mine:
        return []
    rows = (
        standing_shares(*_days(at))
        .filter(
            Q(group__in=mine.group) | Q(network__in=mine.network) | Q(organisation__in=mine.organisation), named=True
        )
        .select_related(
            "round__version__instrument", "round__network__place", "round__school__place",
            "round__school__municipality", "round__group", "group", "network", "organisation",
        )
        .order_by("-granted_at", "-pk")
    )  # fmt: skip
    return [share for share in rows if _not_ended(share.until, share.round.time_zone, at)]


def share_received(user: Any, uid: UUID, *, at: datetime) -> Share | None:
    """One of them, or None: taken back, ended, suspended, of another receiver and unknown are all the same."""
    return next((share for share in shares_received_by(user, at=at) if share.uid == uid), None)


# --- many networks --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SharedRound:
    """The last submitted round that an owner shares with a receiver."""

    share_uid: UUID
    round_id: int
    owner: str
    submitted_at: datetime
    detail: str
    named: bool
    instrument_id: int
    signed_at: datetime | None  # the list of priorities

    @property
    def contribution(self) -> Contribution:
        mark = f"{self.round_id}@{_stamp(self.submitted_at)}{self.detail}{_stamp(self.signed_at)}"
        return Contribution(self.owner, self.round_id, mark, self.detail == Share.Detail.CRITERIA)


def shared_rounds(field: str, pks: Iterable[int], *, at: datetime) -> dict[int, list[SharedRound]]:
    """Receiver to what is shared with it, each owner's last round of each instrument once. One query."""
    rows = _SHARED_WITH[field](list(pks), *_days(at))
    day_in: dict[str, date] = {}  # the day it is in each time zone
    latest: dict[tuple[int, str, int], SharedRound] = {}
    for row in rows:
        to, uid, round_id, network, school, group, submitted, zone, until, detail, named, instrument, signed = row
        if zone not in day_in:
            day_in[zone] = at.astimezone(ZoneInfo(zone)).date()
        if day_in[zone] <= until:
            owner = f"network-{network}" if network else f"school-{school}" if school else f"group-{group}"
            latest[to, owner, instrument] = SharedRound(
                uid, round_id, owner, submitted, detail, named, instrument, signed
            )
    found: dict[int, list[SharedRound]] = {pk: [] for pk in pks}
    for (to, _owner, _instrument), one in latest.items():
        found[to].append(one)
    return found


def _shared_with(field: str) -> Any:
    columns = (
        f"{field}_id", "uid", "round_id", "round__network_id", "round__school_id", "round__group_id",
        "round__submitted_at", "round__time_zone", "until", "detail", "named", "round__version__instrument_id",
        "round__priority_list__signed_at",
    )  # fmt: skip

    @prepared
    def shared(pks: Collection[int], today: date, yesterday: date) -> QuerySet[Share, Any]:
        rows = standing_shares(today, yesterday).filter(**{f"{field}__in": pks})
        return rows.order_by("round__submitted_at", "round").values_list(*columns)

    return shared


_SHARED_WITH = {field: _shared_with(field) for field in RECEIVERS}


@dataclass(frozen=True)
class Audience:
    """A receiver, an instrument, and what is shared with it."""

    field: str
    receiver: Any
    instrument: Instrument
    rounds: tuple[SharedRound, ...]

    @property
    def named(self) -> list[SharedRound]:
        return [one for one in self.rounds if one.named]

    @property
    def unnamed(self) -> list[SharedRound]:
        return [one for one in self.rounds if not one.named]


def audiences_of(user: Any, *, at: datetime) -> list[Audience]:
    """Every receiver for whom the person looks, with each instrument that is shared. At most 9 queries."""
    mine = receives(user)
    found = []
    instruments: dict[int, Instrument] = {}
    for field in RECEIVERS:
        keys = mine.of(field)
        if not keys:
            continue
        shared = shared_rounds(field, keys, at=at)
        model: Any = Share._meta.get_field(field).related_model
        things = model.objects.in_bulk([pk for pk, rounds in shared.items() if rounds])
        missing = {one.instrument_id for rounds in shared.values() for one in rounds} - instruments.keys()
        if missing:
            instruments |= Instrument.objects.in_bulk(missing)
        for pk, thing in things.items():
            for instrument_id in sorted(
                {one.instrument_id for one in shared[pk]}, key=lambda key: instruments[key].position
            ):
                rounds = tuple(one for one in shared[pk] if one.instrument_id == instrument_id)
                found.append(Audience(field, thing, instruments[instrument_id], rounds))
    return found


def audience_of(user: Any, field: str, pk: int, slug: str, *, at: datetime) -> Audience | None:
    """One of them; None where the person does not look for this receiver, or there is no such instrument.

    A receiver with whom nobody shares yet is there all the same, with nothing in it. Three queries.
    """
    if field not in RECEIVERS or pk not in receives(user).of(field):
        return None
    instrument = next(iter(_instruments_named(slug)), None)
    receiver = next(iter(_RECEIVERS_OF[field](pk)), None)
    if instrument is None or receiver is None:
        return None
    rounds = shared_rounds(field, [pk], at=at)[pk]
    return Audience(field, receiver, instrument, tuple(one for one in rounds if one.instrument_id == instrument.pk))


@prepared
def _instruments_named(slug: str) -> QuerySet[Instrument]:
    return Instrument.objects.filter(slug=slug)


def _receivers_of(field: str) -> Any:
    @prepared
    def receivers(pk: int) -> QuerySet[Any]:
        model: Any = Share._meta.get_field(field).related_model
        rows: QuerySet[Any] = model.objects.filter(pk=pk)
        return rows

    return receivers


_RECEIVERS_OF = {field: _receivers_of(field) for field in RECEIVERS}


def told_of(audience: Audience, *, named: bool, at: datetime) -> Told | None:
    """How those that share with an audience are spread: by name, or without; never both in one distribution.

    Who sees some of them by name could subtract these from a distribution of all.
    """
    rounds = audience.named if named else audience.unnamed
    contributions = [one.contribution for one in rounds]
    if named:
        return tell_fresh(audience.instrument, contributions, minimum=MINIMUM_MEMBERS, at=at)
    return tell(
        PublishedDistribution.Kind.SHARING,
        {audience.field: audience.receiver},
        audience.instrument,
        contributions,
        minimum=MINIMUM_MEMBERS,
        priorities=True,
        at=at,
    )


@dataclass(frozen=True, slots=True)
class NamedOwner:
    """An owner that shares by name, and where its profile is."""

    name: str
    share_uid: UUID


def named_owners(audience: Audience) -> list[NamedOwner]:
    """Those that agreed to be named, by name. One query for each kind of owner."""
    found = []
    for kind, model in (("network", "TeachingNetwork"), ("school", "School"), ("group", "NetworkGroup")):
        by_pk = {int(one.owner.rpartition("-")[2]): one for one in audience.named if one.owner.startswith(f"{kind}-")}
        if not by_pk:
            continue
        rows: Any = apps.get_model("know", model).objects.filter(pk__in=by_pk)
        rows = rows.select_related("place") if kind != "group" else rows
        found += [NamedOwner(str(row), by_pk[row.pk].share_uid) for row in rows]
    return sorted(found, key=lambda one: one.name.casefold())


def priorities_of(of: Round) -> list[Priority]:
    """The priorities that the owner decided and signed, in their order; none while they are open. One query."""
    return list(
        Priority.objects.filter(list__round=of, list__signed_at__isnull=False, item__criterion__isnull=False)
        .select_related("item__criterion")
        .order_by("position")
    )
