"""What a category answers: for every municipal network, or for one with its explanation.

The answer for the country is kept in memory while the official data stand as they are (``know.api.data_version``); the
key is the rule itself, so a draft under work and a published version never share an answer.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from django.db.models import Q

from trama.foundation.content import fingerprint
from trama.know.api import MunicipalNetworks, data_version, municipal_networks
from trama_measure.arrays import TruthArray
from trama_measure.indicators.conditions import Truth, tally

from ..calls.models import Call, CallCategory
from .evaluation import Evaluated, World, evaluate, load_world
from .explanation import Explainer, Explanation
from .models import RuleVersion
from .selectors import current_version, tree_of
from .tree import GroupNode, as_mapping

KEPT_ANSWERS = 12  # rules whose answers stay in memory, about 1 MB each


@dataclass(frozen=True)
class CountryAnswer:
    """One rule, or one set of groups, over every municipal network. ``truth`` follows ``networks``."""

    networks: MunicipalNetworks
    truth: TruthArray
    world: World | None = None
    evaluated: Evaluated | None = None

    @cached_property
    def counts(self) -> dict[Truth, int]:
        return tally(self.truth)

    @cached_property
    def position_of(self) -> dict[int, int]:
        """Position by network id."""
        return {int(network): position for position, network in enumerate(self.networks.ids)}


@dataclass(frozen=True, slots=True)
class GroupFinding:
    """One admitted group and since when the network belongs to it, as the source states it."""

    group: Any  # know.NetworkGroup
    source_date: str
    source_address: str


@dataclass(frozen=True, slots=True)
class NetworkAnswer:
    """The verdict of one category for one network."""

    category: CallCategory
    verdict: Truth
    version: RuleVersion | None = None
    explanation: Explanation | None = None  # of a rule
    memberships: tuple[GroupFinding, ...] = ()  # of a category by groups
    groups_linked: int = 0

    @property
    def decides(self) -> str:
        return self.explanation.decides if self.explanation is not None else ""

    @property
    def is_met(self) -> bool:
        return self.verdict == Truth.MET

    @property
    def is_unknown(self) -> bool:
        return self.verdict == Truth.UNKNOWN


class _Kept:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.answers: OrderedDict[tuple[Any, ...], CountryAnswer] = OrderedDict()


_kept = _Kept()


def answer_of_rule(tree: GroupNode) -> CountryAnswer:
    """A rule over every municipal network. Kept while the data stand; then one query tells so."""
    key = (data_version(), fingerprint(as_mapping(tree)))
    with _kept.lock:
        if key in _kept.answers:
            _kept.answers.move_to_end(key)
            return _kept.answers[key]
    world = load_world([tree])
    evaluated = evaluate(tree, world)
    answer = CountryAnswer(world.networks, evaluated.truth, world, evaluated)
    with _kept.lock:
        _kept.answers[key] = answer
        while len(_kept.answers) > KEPT_ANSWERS:
            _kept.answers.popitem(last=False)
    return answer


def forget_answers() -> None:
    """Empty the memory of this process (tests, and after loading data by other means)."""
    with _kept.lock:
        _kept.answers.clear()


def answer_of_groups(category: CallCategory) -> CountryAnswer:
    """Members of the admitted groups over every municipal network."""
    networks = municipal_networks()
    links = category.admitted_groups.count()
    members = {network for network, *_ in _memberships(category)}
    outside = _outside(category, links)
    truth = np.full(len(networks.ids), outside, dtype=np.uint8)
    truth[np.isin(networks.ids, np.array(sorted(members), dtype=np.int64))] = Truth.MET
    return CountryAnswer(networks, truth)


def answer_of(category: CallCategory, version: RuleVersion | None = None) -> CountryAnswer | None:
    """The country under a category: its rule in force (or ``version``), or its groups. None while it has no rule."""
    if category.admission == CallCategory.Admission.GROUPS:
        return answer_of_groups(category)
    chosen = version or current_version(category)
    return answer_of_rule(tree_of(chosen)) if chosen is not None else None


def answer_for_network(
    category: CallCategory, network: Any, version: RuleVersion | None = None
) -> NetworkAnswer | None:
    """One network under a category, with its explanation. None while the category has no rule in force.

    A network that is not municipal is outside every rule of municipal networks: not met, without findings.
    """
    if category.admission == CallCategory.Admission.GROUPS:
        return _groups_answer(category, network)
    chosen = version or current_version(category)
    if chosen is None:
        return None
    if network.dependency != "municipal":
        return NetworkAnswer(category, Truth.NOT_MET, chosen)
    one = MunicipalNetworks(
        np.array([network.pk], dtype=np.int64),
        np.array([network.place_id], dtype=np.int64),
        [network.place.name],
        np.array([network.place.state_code or 0], dtype=np.int64),
    )
    tree = tree_of(chosen)
    world = load_world([tree], one)
    explanation = Explainer(world, evaluate(tree, world)).explain(0)
    return NetworkAnswer(category, explanation.verdict, chosen, explanation)


def _groups_answer(category: CallCategory, network: Any) -> NetworkAnswer:
    links = {link.group_id: link.group for link in category.admitted_groups.select_related("group")}
    found = [
        GroupFinding(links[group], source_date, source)
        for _network, group, source_date, source in _memberships(category, network.pk)
    ]
    verdict = Truth.MET if found else _outside(category, len(links))
    return NetworkAnswer(category, verdict, memberships=tuple(found), groups_linked=len(links))


def _outside(category: CallCategory, links: int) -> Truth:
    """A network outside the recorded groups: unknown while the call names more groups than are recorded."""
    return Truth.UNKNOWN if category.groups_stated and links < category.groups_stated else Truth.NOT_MET


def _memberships(category: CallCategory, network: int | None = None) -> list[tuple[int, int, str, str]]:
    """(network, group, date stated by the source, source) of the members that count."""
    rows = category.admitted_groups.filter(group__memberships__isnull=False)
    if network is not None:
        rows = rows.filter(group__memberships__network=network)
    day: date | None = category.membership_on
    if day is not None:
        rows = rows.filter(
            Q(group__memberships__start__isnull=True) | Q(group__memberships__start__lte=day),
            Q(group__memberships__end__isnull=True) | Q(group__memberships__end__gt=day),
        )
    fields = ("network", "group", "source_date", "source_address")
    found = list(rows.values_list(*(f"group__memberships__{name}" for name in fields)))
    unique: dict[tuple[int, int], tuple[int, int, str, str]] = {}
    for row in found:
        if network is None or row[0] == network:
            unique.setdefault(row[:2], row)
    return list(unique.values())


def verdict_of(call: Call, network: Any) -> Truth | None:
    """Whether a network may take part in a call: met if any category admits it, else unknown if any cannot be told.

    None while no category of the call has a rule in force.
    """
    answers = [answer_for_network(category, network) for category in call.categories.all()]
    verdicts = {answer.verdict for answer in answers if answer is not None}
    for verdict in (Truth.MET, Truth.UNKNOWN, Truth.NOT_MET):
        if verdict in verdicts:
            return verdict
    return None
