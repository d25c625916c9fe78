"""Short ways to read a file in a test."""

from dataclasses import dataclass, field
from pathlib import Path

from trama.know.sources.formats.base import Description, ObservationRow, Problem, SchoolRow, UnreadableFile
from trama.know.sources.formats.limits import Limits
from trama.know.sources.formats.opening import OFFICIAL, opened
from trama.know.sources.formats.registry import detect

type Cell = tuple[str, int, str, str, int, str, int]


@dataclass
class Whole:
    """Everything that a file gave."""

    source: str
    description: Description
    rows: int = 0
    observations: list[ObservationRow] = field(default_factory=list)
    schools: list[SchoolRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def cells(self) -> dict[Cell, tuple[float | None, str]]:
        """Value and status by (indicator, place, dependency, stage, grade, location, year); no key comes twice."""
        found: dict[Cell, tuple[float | None, str]] = {}
        for row in self.observations:
            key = (row.indicator, row.place, row.dependency, row.stage, row.grade, row.location, row.year)
            assert key not in found, key
            found[key] = (row.value, row.status)
        return found


def read(path: Path, limits: Limits = OFFICIAL) -> Whole:
    """Open, find the layout and read to the end."""
    with opened(path, limits) as members:
        layout = detect(members)
        whole = Whole(layout.source, layout.describe(members))
        for chunk in layout.read(members):
            whole.rows += chunk.rows_read
            whole.observations += chunk.observations
            whole.schools += chunk.schools
            whole.problems += chunk.problems
    return whole


def refused(path: Path, limits: Limits = OFFICIAL) -> list[Problem]:
    """The problems of a file that must not be read."""
    try:
        whole = read(path, limits)
    except UnreadableFile as error:
        return error.problems
    raise AssertionError(f"read as {whole.source}: {whole.rows} rows")
