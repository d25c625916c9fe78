"""Sums of the census over municipalities, states, regions and Brazil, by network and location."""

from collections.abc import Iterator

import polars as pl

from ...vocabulary import Dependency, Stage
from .base import ObservationRow
from .censo_codes import ALWAYS_BY_LOCATION, DEPENDENCIES, INFRASTRUCTURE, MUNICIPALITIES_OF_STATE, STAGE_COLUMNS

KEYS = ["place", "network", "location"]
_UNIVERSES: dict[str, tuple[int, ...]] = {
    str(Dependency.FEDERAL): (1,),
    str(Dependency.STATE): (2,),
    str(Dependency.MUNICIPAL): (3,),
    str(Dependency.PRIVATE): (4,),
    str(Dependency.PUBLIC): (1, 2, 3),
    str(Dependency.TOTAL): (1, 2, 3, 4),
}
assert set(DEPENDENCIES.values()) <= set(_UNIVERSES)


class Totals:
    """Sums that grow block by block: memory depends on the number of municipalities, not of schools.

    Enrolments add over the schools that reported them; special education is inside the other stages. Percentages of
    infrastructure divide by the active schools that declared the item. Teachers are not added: one may work in several.
    """

    def __init__(self, stages: list[str], items: list[str]) -> None:
        self.stages, self.items = stages, items
        self._sums: pl.DataFrame | None = None

    def add(self, schools: pl.DataFrame) -> None:
        """Columns: municipality, network (1-4), location (1, 2), active, and the stages and items as integers."""
        active = pl.col("active")
        sums = schools.group_by(pl.col("municipality").alias("place"), "network", "location").agg(
            active.sum().cast(pl.Int64).alias("schools"),
            *(pl.col(name).sum().cast(pl.Int64) for name in self.stages),
            *(pl.col(name).count().cast(pl.Int64).alias(f"{name}#") for name in self.stages),
            *(((pl.col(name) == 1) & active).sum().cast(pl.Int64) for name in self.items),
            *(((pl.col(name).is_in([0, 1])) & active).sum().cast(pl.Int64).alias(f"{name}#") for name in self.items),
        )
        self._sums = sums if self._sums is None else _summed(pl.concat([self._sums, sums]), KEYS)

    def observations(self, year: int) -> Iterator[list[ObservationRow]]:
        """The sums, a universe and a level of place at a time."""
        if self._sums is None:
            return
        for at_level in self._levels(self._sums):
            for dependency, networks in _UNIVERSES.items():
                part = at_level.filter(pl.col("network").is_in(networks))
                if part.is_empty():
                    continue
                everywhere = _summed(part.drop("network", "location"), ["place"])
                rows: list[ObservationRow] = []
                for sums in everywhere.iter_rows(named=True):
                    rows.extend(self._rows(sums, dependency, "", year))
                by_location = _summed(part.drop("network"), ["place", "location"])
                for sums in by_location.iter_rows(named=True):
                    rows.extend(self._rows(sums, dependency, "U" if sums["location"] == 1 else "R", year))
                rows.extend(self._missing_location(everywhere, by_location, dependency, year))
                yield rows

    def _levels(self, sums: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Sums by municipality, then by each state, region and country that is there whole.

        A file of one city or one state is read too, and must not pass for the sum of what it is only a part of.
        """
        yield sums
        place = pl.col("place")
        states = sums.select(place.unique()).group_by(place // 100_000).len().iter_rows()
        whole = [state for state, count in states if count >= MUNICIPALITIES_OF_STATE.get(state, 10_000)]
        in_whole = sums.filter((place // 100_000).is_in(whole))
        yield in_whole.with_columns(place // 100_000)
        regions = [
            region
            for region in range(1, 6)
            if all(state in whole for state in MUNICIPALITIES_OF_STATE if state // 10 == region)
        ]
        yield in_whole.filter((place // 1_000_000).is_in(regions)).with_columns(place // 1_000_000)
        if len(whole) == len(MUNICIPALITIES_OF_STATE):
            yield in_whole.with_columns(place * 0)

    def _rows(self, sums: dict[str, int], dependency: str, location: str, year: int) -> Iterator[ObservationRow]:
        place = sums["place"]
        yield ObservationRow("schools", place, dependency, "", 0, location, year, float(sums["schools"]), "v", 0)
        for name in self.stages:
            stage = STAGE_COLUMNS[name]
            if not sums[f"{name}#"]:
                if stage == Stage.BASIC:
                    yield ObservationRow("enrolment", place, dependency, stage, 0, location, year, None, "b", 0)
                continue
            value = sums[name]
            if value or not location or stage in ALWAYS_BY_LOCATION:
                yield ObservationRow("enrolment", place, dependency, stage, 0, location, year, float(value), "v", 0)
        if location:
            return
        for name in self.items:
            declared = sums[f"{name}#"]
            if declared:
                share = 100 * sums[name] / declared
                yield ObservationRow(INFRASTRUCTURE[name], place, dependency, "", 0, "", year, share, "v", 0)

    def _missing_location(
        self, everywhere: pl.DataFrame, by_location: pl.DataFrame, dependency: str, year: int
    ) -> Iterator[ObservationRow]:
        """Where a network has no school at all in a location, its sums there are zero, and known to be."""
        if not self.stages:
            return
        present = set(by_location.select("place", "location").iter_rows())
        for sums in everywhere.iter_rows(named=True):
            for code, location in ((1, "U"), (2, "R")):
                if (sums["place"], code) in present:
                    continue
                for name in self.stages:
                    stage = STAGE_COLUMNS[name]
                    if stage in ALWAYS_BY_LOCATION and sums[f"{name}#"]:
                        yield ObservationRow(
                            "enrolment", sums["place"], dependency, stage, 0, location, year, 0.0, "v", 0
                        )


def _summed(frame: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    return frame.group_by(keys).agg(pl.all().sum()).sort(keys)
