"""Reading a file against what is known: every record is checked before anything is written.

The first pass over a file ends here, with all its records packed or gathered and all its problems written down. A dry
run stops after it; a real run writes what it found. So both tell the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from ..indicators.models import Indicator
from ..territory.models import Place
from ..vocabulary import PlaceKind
from .formats.base import BoundaryRow, Chunk, MembershipRow, ObservationRow, PlaceRow, Problem, SchoolRow
from .report import ProblemLog
from .spool import Deduplicated, Spool

NO_MUNICIPAL_NETWORK = frozenset({5300108, 2605459})  # Federal District, Fernando de Noronha
MAX_SUGGESTIONS = 500  # after so many unknown codes it is another territory, not slips


@dataclass(slots=True)
class Records:
    """What a file holds besides observations, one of each code."""

    places: dict[int, PlaceRow] = field(default_factory=dict)
    schools: dict[int, SchoolRow] = field(default_factory=dict)
    boundaries: dict[int, BoundaryRow] = field(default_factory=dict)
    memberships: list[MembershipRow] = field(default_factory=list)


class Checker:
    """Takes chunks, keeps sound records and writes down the problems of the others."""

    def __init__(self, spool: Spool, log: ProblemLog) -> None:
        self.spool, self.log = spool, log
        self.records = Records()
        self.rows_read = 0
        self.duplicates = 0
        self._first_member = ""
        self._members: dict[tuple[str, int], str] = {}  # only of records that another member than the first brought
        self._known = set(Place.objects.values_list("code", flat=True))
        self._indicators = set(Indicator.objects.values_list("code", flat=True))
        self._suggestions: dict[int, str] = {}
        self._last_unknown: tuple[str, int, int] | None = None
        self._observed: list[tuple[str, np.ndarray, np.ndarray]] = []
        self._stated: dict[tuple[object, ...], MembershipRow] = {}

    @property
    def knows_the_territory(self) -> bool:
        return any(code > 99 for code in self._known)

    def take(self, chunk: Chunk) -> None:
        """One chunk of the file."""
        self.rows_read += chunk.rows_read
        self._first_member = self._first_member or chunk.member
        for problem in chunk.problems:
            self.log.add(problem)
        for place in chunk.places:
            self._place(chunk.member, place)
        for school in chunk.schools:
            self._school(chunk.member, school)
        for boundary in chunk.boundaries:
            self._boundary(chunk.member, boundary)
        for membership in chunk.memberships:
            self._membership(chunk.member, membership)
        self._observations(chunk.member, chunk.observations)

    def finish(self) -> Deduplicated:
        """Check what only the whole file can tell: references to its own places, repeated cells."""
        self._references()
        result = Deduplicated(np.empty(0, dtype=np.int64), 0)
        for found in self.spool.deduplicate():
            if isinstance(found, Problem):
                self.log.add(found)
            else:
                result = found
        self.duplicates += result.duplicates
        return result._replace(duplicates=self.duplicates)

    def _note(self, kind: str, code: int, member: str) -> None:
        if member != self._first_member:
            self._members[kind, code] = member

    def _member(self, kind: str, code: int) -> str:
        """The member that brought a record."""
        return self._members.get((kind, code), self._first_member)

    def _fault(self, member: str, row: int, column: str, found: object, expected: str) -> None:
        self.log.add(Problem(member, row, column, str(found)[:200], expected[:300]))

    def _same_or_conflict(
        self, member: str, earlier: PlaceRow | BoundaryRow, now: PlaceRow | BoundaryRow, code: int
    ) -> None:
        if earlier._replace(row=0) == now._replace(row=0):
            self.duplicates += 1
            return
        expected = _("the same as row %(row)d, which speaks of the same place otherwise")
        self._fault(member, now.row, _("code"), code, expected % {"row": earlier.row})

    def _place(self, member: str, row: PlaceRow) -> None:
        earlier = self.records.places.get(row.code)
        if earlier is not None:
            self._same_or_conflict(member, earlier, row, row.code)
            return
        self.records.places[row.code] = row
        self._note("place", row.code, member)

    def _boundary(self, member: str, row: BoundaryRow) -> None:
        earlier = self.records.boundaries.get(row.place)
        if earlier is not None:
            self._same_or_conflict(member, earlier, row, row.place)
            return
        self.records.boundaries[row.place] = row
        self._note("boundary", row.place, member)

    def _school(self, member: str, row: SchoolRow) -> None:
        earlier = self.records.schools.get(row.code)
        if earlier is None:
            self.records.schools[row.code] = row
            self._note("school", row.code, member)
            return
        if earlier.census_year == row.census_year and earlier.municipality != row.municipality:
            expected = _("the same municipality as in row %(row)d: %(code)d")
            values = {"row": earlier.row, "code": earlier.municipality}
            self._fault(member, row.row, _("municipality"), row.municipality, expected % values)
            return
        newer, older = (row, earlier) if row.census_year > earlier.census_year else (earlier, row)
        merged = [now if now not in (None, "") else before for now, before in zip(newer, older, strict=True)]
        self.records.schools[row.code] = SchoolRow._make(merged)

    def _membership(self, member: str, row: MembershipRow) -> None:
        key = (row.group_slug, row.municipality, row.start)
        earlier = self._stated.get(key)
        if earlier is not None:
            if earlier._replace(row=0) == row._replace(row=0):
                self.duplicates += 1
                return
            expected = _("the same as row %(row)d, which states the same membership otherwise")
            self._fault(member, row.row, "", f"{row.group_slug} {row.municipality}", expected % {"row": earlier.row})
            return
        self._stated[key] = row
        self.records.memberships.append(row)
        self._note("membership", row.row, member)

    def _observations(self, member: str, rows: Iterable[ObservationRow]) -> None:
        packed: list[tuple[int, ObservationRow]] = []
        for row in rows:
            if row.indicator not in self._indicators:
                self._unknown_indicator(member, row)
                continue
            try:
                packed.append((self.spool.key(row), row))
            except (KeyError, ValueError):
                cell = f"{row.year} {row.dependency} {row.stage} {row.grade} {row.location}"
                expected = _("a year, network, stage, grade and location of the vocabulary")
                self._fault(member, row.row, row.indicator, cell, expected)
        if not packed:
            return
        self.spool.add(member, packed)
        places = np.array([row.place for _key, row in packed], dtype=np.int64)
        unique, first = np.unique(places, return_index=True)
        unknown = [at for at, place in zip(first.tolist(), unique.tolist(), strict=True) if place not in self._known]
        if unknown:
            # One line for each row that speaks of a place not known yet; whether this file brings it, the end tells.
            wanted = {int(places[at]) for at in unknown}
            pairs = dict.fromkeys((row.place, row.row) for _key, row in packed if row.place in wanted)
            codes, numbers = zip(*pairs, strict=True)
            self._observed.append((member, np.array(codes, dtype=np.int32), np.array(numbers, dtype=np.int32)))

    def _unknown_indicator(self, member: str, row: ObservationRow) -> None:
        near = process.extractOne(row.indicator, self._indicators, scorer=fuzz.ratio, score_cutoff=60)
        if near is not None:
            expected = _("an indicator known here; perhaps %s") % near[0]
        else:
            expected = _("an indicator known here")
        self._fault(member, row.row, _("indicator"), row.indicator, expected)

    def _references(self) -> None:
        records = self.records
        own = records.places.keys() | records.schools.keys()
        municipal = {code for known in (self._known, own) for code in known if 1_000_000 <= code <= 9_999_999}
        for code, place in records.places.items():
            if place.parent and place.parent not in self._known and place.parent not in own:
                self._unknown(self._member("place", code), place.row, _("parent"), place.parent)
            if not place.name and code not in self._known:
                self._unknown(self._member("place", code), place.row, _("code"), code)
        for code, school in records.schools.items():
            if school.municipality not in municipal:
                self._unknown(self._member("school", code), school.row, _("municipality"), school.municipality)
        for code, boundary in records.boundaries.items():
            if code not in self._known and code not in own:
                self._unknown(self._member("boundary", code), boundary.row, _("code"), code)
        for membership in records.memberships:
            member = self._member("membership", membership.row)
            if membership.municipality not in municipal:
                self._unknown(member, membership.row, _("municipality"), membership.municipality)
            elif membership.municipality in NO_MUNICIPAL_NETWORK:
                expected = _("a municipality with its own network")
                self._fault(member, membership.row, _("municipality"), membership.municipality, expected)
        for member, codes, numbers in self._observed:
            for code, number in zip(codes.tolist(), numbers.tolist(), strict=True):
                if code not in own:
                    self._unknown(member, number, _("place"), code)

    def _unknown(self, member: str, row: int, column: str, code: int) -> None:
        if (member, row, code) == self._last_unknown:
            return
        self._last_unknown = (member, row, code)
        if not self.knows_the_territory:
            expected = _("a place known here; import the territory first (IBGE localities)")
        else:
            near = self._suggest(code)
            expected = _("a place known here; perhaps %s") % near if near else _("a place known here")
        self._fault(member, row, column, code, expected)

    def _suggest(self, code: int) -> str:
        """The known place whose code is nearest in digits, of the same state if there is one."""
        if code not in self._suggestions and len(self._suggestions) < MAX_SUGGESTIONS:
            text = str(code)
            low, high = (1_000_000, 9_999_999) if len(text) <= 7 else (10_000_000, 99_999_999)
            same = [str(known) for known in self._known if low <= known <= high and str(known)[:2] == text[:2]]
            near = process.extractOne(text, same, scorer=OSA.distance, score_cutoff=2)
            place = Place.objects.filter(code=int(near[0])).first() if near else None
            self._suggestions[code] = f"{place.code} ({place.name})" if place else ""
        return self._suggestions.get(code, "")


def place_kind(code: int) -> str:
    """The level that a code belongs to."""
    if code == 0:
        return str(PlaceKind.COUNTRY)
    if code < 10:
        return str(PlaceKind.REGION)
    if code < 100:
        return str(PlaceKind.STATE)
    return str(PlaceKind.MUNICIPALITY if code < 10_000_000 else PlaceKind.SCHOOL)
