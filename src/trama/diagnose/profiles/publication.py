"""What is told of many networks: bands, computed rarely, and kept as they were told.

A distribution that is computed anew with every answer could be subtracted from the one before. So what was told is
stored with a fingerprint of each contribution, and stands until five came, left or changed
(``docs/methods/self_diagnosis.md``, section 5; decision 0103). Fewer than the minimum: nothing is told.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from trama.foundation.prepared import prepared
from trama_measure.arrays import BoolArray, IntArray
from trama_measure.diagnosis import (
    MINIMUM_MEMBERS,
    NO_ANSWER,
    BandedShares,
    LevelArray,
    banded_shares,
    common_priorities,
    group_profiles,
    level_distribution,
    may_be_published_anew,
)

from ..answers.models import Agreement
from ..answers.selectors import measured
from ..instruments.models import Area, Criterion, Instrument, InstrumentVersion
from ..priorities.models import Priority, PriorityList
from .models import PublishedDistribution

Kind = PublishedDistribution.Kind


@dataclass(frozen=True, slots=True)
class Contribution:
    """One owner's round in a distribution."""

    owner: str  # "network-26116063"
    round_id: int
    mark: str  # changes whenever what it contributes may have changed
    criteria: bool = True  # levels of criteria and priorities too; else of areas only


@dataclass(frozen=True, slots=True)
class Band:
    """A share between two limits, whole percent."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Shares:
    """Of one criterion or area: who is at least basic, at least adequate, exemplary; and how many stand behind it."""

    bands: tuple[Band, Band, Band]
    size_low: int
    size_high: int  # 0: or more


@dataclass(frozen=True, slots=True)
class CommonPriority:
    """A criterion that members have decided on."""

    criterion: Criterion
    band: Band


class Told:
    """A distribution as it was told. A criterion or area that is missing has too few behind it.

    The words and the bands are read when they are first asked for: a page that is kept needs the mark alone.
    """

    def __init__(
        self, version: InstrumentVersion, published_at: datetime, mark: str, content: Callable[[], dict[str, Any]]
    ) -> None:
        self.version, self.published_at = version, published_at
        self.mark = mark  # names this telling: a page may be kept under it
        self._read = content

    @cached_property
    def _content(self) -> dict[str, Any]:
        return self._read()

    @cached_property
    def reading(self) -> tuple[Criterion, ...]:
        """Every criterion of the version, with its area and dimension, in order."""
        return tuple(_reference(self.version).criteria)

    @cached_property
    def size(self) -> tuple[int, int]:
        """Of all who contributed, in a band."""
        low, high = self._content["size"]
        return low, high

    @cached_property
    def deciding(self) -> tuple[int, int] | None:
        """How many have decided priorities, in a band; None where too few."""
        told = self._content["deciding"]
        return (told[0], told[1]) if told else None

    @cached_property
    def criteria(self) -> dict[tuple[str, str], Shares]:
        """By key and anchors: the same criterion in whatever version."""
        return self._shares("criteria", [(one.key, one.anchors_hash) for one in self.reading])

    @cached_property
    def areas(self) -> dict[int, Shares]:
        """By primary key: the median level of the area."""
        return self._shares("areas", list(dict.fromkeys(one.area_id for one in self.reading)))

    @cached_property
    def priorities(self) -> list[CommonPriority]:
        """By band, then as in the instrument."""
        common = self._content["priorities"]
        return [
            CommonPriority(self.reading[n], Band(common["low"][n], common["high"][n]))
            for n in common["order"]
            if common["low"][n] >= 0
        ]

    def of(self, criterion: Any) -> Shares | None:
        """Of the same criterion, in whatever version it is asked. None: nothing is told."""
        return self.criteria.get((criterion.key, criterion.anchors_hash))

    def _shares[K](self, name: str, keys: Sequence[K]) -> dict[K, Shares]:
        bands = self._content[name]
        found: dict[K, Shares] = {}
        for n, key in enumerate(keys):
            if bands["size_low"][n][0] >= 0:
                basic, adequate, exemplary = map(Band, bands["low"][n], bands["high"][n])
                found[key] = Shares((basic, adequate, exemplary), bands["size_low"][n][0], bands["size_high"][n][0])
        return found


@dataclass(frozen=True, slots=True)
class _Reference:
    """The version in whose words a distribution is told."""

    version: InstrumentVersion
    criteria: list[Criterion]
    areas: list[Area]
    group: IntArray  # the area of each criterion, as its place in ``areas``


def tell(
    kind: str,
    audience: dict[str, Any],
    instrument: Instrument,
    contributions: Sequence[Contribution],
    *,
    minimum: int,
    priorities: bool,
    at: datetime,
) -> Told | None:
    """What an audience (``{"group": group}`` or its like) is told now, or None where too few contribute.

    Reads levels, and writes, only when a contribution changed since the last look: else one query, and the rest when it
    is asked for. Whoever asks at the same instant is told the same.
    """
    if len(contributions) < minimum:
        return None
    stored = _stored(kind, audience, instrument)
    marks = frozenset(one.mark for one in contributions)
    if stored is None or _looked_at.get(stored.pk) != (stored.revision, marks):
        stored = _publish_if_allowed(stored, kind, audience, instrument, contributions, minimum, priorities, at)
        if stored is None:
            return None
        if len(_looked_at) > _MOST_KEPT:
            _looked_at.clear()
        _looked_at[stored.pk] = (stored.revision, marks)
    kept = stored
    return Told(stored.version, stored.published_at, f"{stored.pk}.{stored.revision}", lambda: kept.content)


_looked_at: dict[int, tuple[int, frozenset[str]]] = {}  # distribution to its revision and the marks last compared
_MOST_KEPT = 5_000


def tell_fresh(
    instrument: Instrument, contributions: Sequence[Contribution], *, minimum: int, at: datetime
) -> Told | None:
    """The same where every contribution is open to the reader by name anyway: nothing to protect by waiting."""
    version = reference_version(instrument)
    if len(contributions) < minimum or version is None:
        return None
    digest = hashlib.sha256("|".join(sorted(one.mark for one in contributions)).encode()).hexdigest()
    return Told(
        version,
        at,
        f"{version.pk}.{digest[:24]}",
        lambda: _compute(_reference(version), contributions, minimum, True)[0],
    )


def reference_version(instrument: Instrument) -> InstrumentVersion | None:
    """The version in whose words many rounds are told: the newest that was published. Fixed, never the reader's."""
    return (
        InstrumentVersion.objects.filter(instrument=instrument)
        .exclude(state=InstrumentVersion.State.DRAFT)
        .order_by("-published_at", "-pk")
        .first()
    )


def _stored(kind: str, audience: dict[str, Any], instrument: Instrument) -> PublishedDistribution | None:
    keys = {f"of_{name}": one.pk for name, one in audience.items()}
    return next(iter(_distributions(kind, instrument.pk, **keys)), None)


@prepared
def _distributions(
    kind: str, instrument: int, of_network: int | None = None, of_group: int | None = None,
    of_organisation: int | None = None,
) -> QuerySet[PublishedDistribution]:  # fmt: skip
    """Of the audience that is given."""
    keys = {"network": of_network, "group": of_group, "organisation": of_organisation}
    rows = PublishedDistribution.objects.filter(
        kind=kind, instrument=instrument, **{name: key for name, key in keys.items() if key is not None}
    )
    return rows.select_related("version").defer("members", "content").order_by("pk")  # they are read where asked for


@transaction.atomic
def _publish_if_allowed(
    stored: PublishedDistribution | None,
    kind: str,
    audience: dict[str, Any],
    instrument: Instrument,
    contributions: Sequence[Contribution],
    minimum: int,
    priorities: bool,
    at: datetime,
) -> PublishedDistribution | None:
    """What stands after looking: the old one where too few changed, else a new one."""
    version = reference_version(instrument)
    if version is None:
        return None
    if stored is not None:
        # Compared in the words in which it was told: a new version of the instrument is no change of a network.
        _, now = _compute(_reference(stored.version), contributions, minimum, priorities)
        if not may_be_published_anew(stored.members, now):
            return stored
    content, fingerprints = _compute(_reference(version), contributions, minimum, priorities)
    told = {"version": version, "published_at": at, "members": fingerprints, "content": content}
    if stored is None:
        try:
            with transaction.atomic():
                return PublishedDistribution.objects.create(kind=kind, instrument=instrument, **audience, **told)
        except IntegrityError:  # somebody looked at the same instant
            return _stored(kind, audience, instrument)
    PublishedDistribution.objects.filter(pk=stored.pk, revision=stored.revision).update(
        revision=stored.revision + 1, **told
    )
    return _stored(kind, audience, instrument)


def _reference(version: InstrumentVersion) -> _Reference:
    criteria = list(Criterion.objects.filter(version=version).select_related("area__dimension").order_by("position"))
    areas = {criterion.area_id: criterion.area for criterion in criteria}
    number = {pk: n for n, pk in enumerate(areas)}
    group = np.array([number[criterion.area_id] for criterion in criteria], dtype=np.int64)
    return _Reference(version, criteria, list(areas.values()), group)


def _compute(
    reference: _Reference, contributions: Sequence[Contribution], minimum: int, priorities: bool
) -> tuple[dict[str, Any], dict[str, str]]:
    """The bands, and the fingerprint of each contribution. Three queries at most, however many networks.

    ``priorities``: the owners agreed that these are told too.
    """
    levels = _agreed_levels(reference, contributions)
    weights = np.array([criterion.weight for criterion in reference.criteria], dtype=np.float64)
    medians = group_profiles(levels, weights, reference.group).median_level
    chosen, decided = _choices(reference, contributions if priorities else (), len(contributions))
    whole = np.array([one.criteria for one in contributions], dtype=bool)
    areas = medians[_told_of_areas(whole, minimum)]
    common = common_priorities(chosen[whole & decided], minimum)
    content = {
        "size": _size(len(contributions), minimum),
        "criteria": _as_lists(level_distribution(levels[whole], minimum)),
        "areas": _as_lists(level_distribution(areas, minimum)),
        "priorities": {**_as_lists(common.shares), "order": common.order.tolist()},
        "deciding": _size(int((whole & decided).sum()), minimum),
    }
    fingerprints = {
        one.owner: _fingerprint(levels[n] if one.criteria else medians[n], chosen[n], one.criteria, bool(decided[n]))
        for n, one in enumerate(contributions)
    }
    return content, fingerprints


def _told_of_areas(whole: BoolArray, minimum: int) -> BoolArray:
    """Who stands behind the areas. Those who share areas only count if they are enough by themselves.

    Else an area with a single criterion, told of all and of those who share criteria, gives the few by subtraction.
    """
    few = int((~whole).sum())
    if few >= MINIMUM_MEMBERS or int(whole.sum()) < minimum:
        return np.ones_like(whole)
    return whole


def _agreed_levels(reference: _Reference, contributions: Sequence[Contribution]) -> LevelArray:
    """(contributions, criteria): agreed levels of criteria with the same key and anchors. One query."""
    column = {(one.key, one.anchors_hash): n for n, one in enumerate(reference.criteria)}
    row = {one.round_id: n for n, one in enumerate(contributions)}
    levels = np.full((len(contributions), len(reference.criteria)), NO_ANSWER, dtype=np.int8)
    agreed = Agreement.objects.filter(
        item__round__in=list(row), level__isnull=False, item__criterion__isnull=False
    ).values_list("item__round_id", "item__criterion__key", "item__criterion__anchors_hash", "level")
    for round_id, key, anchors, level in agreed:
        at = column.get((key, anchors))
        if at is not None:
            levels[row[round_id], at] = measured(level)
    return levels


def _choices(reference: _Reference, contributions: Sequence[Contribution], n: int) -> tuple[BoolArray, BoolArray]:
    """(n, criteria) what each of the contributions decided and signed; (n,) who has. Two queries, without any none."""
    column = {one.key: n for n, one in enumerate(reference.criteria)}
    row = {one.round_id: n for n, one in enumerate(contributions)}
    chosen, decided = np.zeros((n, len(reference.criteria)), dtype=bool), np.zeros(n, dtype=bool)
    if not row:
        return chosen, decided
    signed = PriorityList.objects.filter(round__in=list(row), signed_at__isnull=False)
    for round_id in signed.values_list("round_id", flat=True):
        decided[row[round_id]] = True
    found = Priority.objects.filter(list__in=signed, item__criterion__isnull=False)
    for round_id, key in found.values_list("list__round_id", "item__criterion__key"):
        if key in column:
            chosen[row[round_id], column[key]] = True
    return chosen, decided


def _fingerprint(levels: LevelArray, chosen: BoolArray, criteria: bool, decided: bool) -> str:
    said = levels.tobytes() + (chosen.tobytes() if criteria else b"") + bytes([criteria, decided and criteria])
    return hashlib.sha256(said).hexdigest()


def _as_lists(shares: BandedShares) -> dict[str, Any]:
    return {name: getattr(shares, name).tolist() for name in ("low", "high", "size_low", "size_high")}


def _size(n: int, minimum: int) -> list[int] | None:
    """How many, in the band of the method; None where too few."""
    if n < minimum:
        return None
    told = banded_shares([0], [n], minimum)
    return [int(told.size_low[0]), int(told.size_high[0])]
