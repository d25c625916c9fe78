"""What a reader chose to compare: read from the address, and written back into addresses. Nothing chosen is lost."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from django.utils.translation import gettext as _

from ..territory.models import Place, TeachingNetwork
from ..vocabulary import Dependency, PlaceKind

MOST = 5
READ = 40  # parameters read at most; nobody chooses more by hand
COMPARED = (PlaceKind.COUNTRY, PlaceKind.REGION, PlaceKind.STATE, PlaceKind.MUNICIPALITY)
PLACE, NETWORK = "lugar", "rede"


@dataclass(frozen=True, slots=True)
class Choice:
    """One column: a place, seen through the dependency of the tab, or a network, seen through its own."""

    parameter: str  # "lugar" or "rede"
    number: int  # code of the place, or id of the network
    place: Place
    dependency: str = ""  # of a network

    @property
    def pair(self) -> tuple[str, int]:
        return self.parameter, self.number

    @property
    def name(self) -> str:
        """The place, and whose network where one was chosen: "Anadia (AL), state network"."""
        state = self.place.parent.acronym if self.place.kind == PlaceKind.MUNICIPALITY and self.place.parent else ""
        name = f"{self.place.name} ({state})" if state else self.place.name
        if not self.dependency:
            return name
        return _("%(place)s, %(networks)s") % {"place": name, "networks": Dependency(self.dependency).label}


@dataclass(slots=True)
class Selection:
    """Up to ``MOST`` choices in the reader's order, those that did not fit, and what could not be read."""

    choices: list[Choice] = field(default_factory=list)
    left_out: list[Choice] = field(default_factory=list)
    dependency: str = ""  # of the tab; "" where none was asked for
    problems: list[str] = field(default_factory=list)

    @property
    def all(self) -> list[Choice]:
        return [*self.choices, *self.left_out]

    def query(
        self, *, without: Choice | None = None, plus: Iterable[tuple[str, int]] = (), dependency: str | None = None
    ) -> str:
        """The query string of this selection, changed as asked."""
        kept = [one.pair for one in self.all if one is not without]
        pairs: list[tuple[str, object]] = [*dict.fromkeys([*kept, *plus])]
        tab = self.dependency if dependency is None else dependency
        return urlencode([*pairs, (NETWORK, tab)] if tab else pairs)


def read_selection(query_string: str) -> Selection:
    """What the address asks for, in its order. Two queries, whatever it holds."""
    selection = Selection()
    wanted = list(dict.fromkeys(_wanted(query_string, selection)))
    places = Place.objects.select_related("parent").in_bulk([n for name, n in wanted if name == PLACE])
    networks = TeachingNetwork.objects.select_related("place__parent").in_bulk(
        [n for name, n in wanted if name == NETWORK]
    )
    for name, number in wanted:
        choice = _choice(name, number, places, networks, selection.problems)
        if choice is not None:
            (selection.choices if len(selection.choices) < MOST else selection.left_out).append(choice)
    if selection.left_out:
        selection.problems.append(too_many(selection.left_out))
    return selection


def _wanted(query_string: str, selection: Selection) -> Iterator[tuple[str, int]]:
    """(parameter, number) pairs in the order of the address; a word after ``rede`` is the tab."""
    for name, text in parse_qsl(query_string)[:READ]:
        text = text.strip()
        if name not in (PLACE, NETWORK) or not text:
            continue
        if name == NETWORK and text in Dependency.values:
            selection.dependency = text
        elif text.isascii() and text.isdigit() and len(text) <= 10:
            yield name, int(text)
        else:
            selection.problems.append(
                _("“%(found)s” is no code. Expected the code of a municipality or state, such as 1100023.")
                % {"found": text[:40]}
            )


def _choice(
    name: str,
    number: int,
    places: dict[int, Place],
    networks: dict[int, TeachingNetwork],
    problems: list[str],
) -> Choice | None:
    if name == NETWORK:
        network = networks.get(number)
        if network is None:
            problems.append(_("No network has the number %(number)s.") % {"number": number})
            return None
        return Choice(name, number, network.place, network.dependency)
    place = places.get(number)
    if place is None:
        problems.append(_("No place has the code %(code)s.") % {"code": number})
    elif place.kind not in COMPARED:
        problems.append(
            _("%(place)s is a school. Municipalities, states and networks are compared here.") % {"place": place.name}
        )
        return None
    return None if place is None else Choice(name, number, place)


def too_many(left_out: Sequence[Choice]) -> str:
    """What is told when more were chosen than fit."""
    return _(
        "Up to %(most)s can be compared at a time. Not shown yet: %(names)s. Remove one of those shown to see the next."
    ) % {"most": MOST, "names": "; ".join(one.name for one in left_out)}
