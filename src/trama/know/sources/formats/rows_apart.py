"""The rows of a plain table that a person sent (xlsx or csv), read in a process apart.

Later phases import small tables of their own with it: they get cells, and all limits and messages of the readers here.
"""

import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from .base import Problem, UnreadableFile
from .isolation import apart, records_apart, say
from .limits import UPLOAD, Limits

type Cell = str | float | bool | None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row with its sheet ("" in a text) and its number as a spreadsheet counts, the first being 1."""

    sheet: str
    number: int
    cells: list[Cell]


def rows_of_file(path: Path, *, name: str, most_rows: int) -> list[SheetRow]:
    """Every row of the first sheet that has any. Raises ``UnreadableFile``, also for more than ``most_rows`` rows."""
    limits = replace(UPLOAD, rows=most_rows)
    request = {"path": str(path), "name": name, "limits": asdict(limits)}
    with records_apart(__name__, request) as records:
        return [SheetRow(record["sheet"], record["row"], record["cells"]) for record in records]


def _rows(path: Path, name: str, limits: Limits) -> Iterator[dict[str, Any]]:
    from .opening import OpenedMember, opened
    from .problems import refuse
    from .sheets import workbook
    from .text import read_rows, text_facts

    with opened(path, limits, name=name) as members:
        if len(members) > 1:
            refuse(name, len(members), _("one spreadsheet, not an archive with several files"))
        member = OpenedMember(members[0].name, members[0].path, limits)
        with member.path.open("rb") as file:
            is_zip = file.read(2) == b"PK"
        if not is_zip:
            problems: list[Problem] = []
            yield {"sheet": "", "row": 1, "cells": list(text_facts(member).header)}
            for row in read_rows(member, problems):
                yield {"sheet": "", "row": row.line, "cells": list(row.cells)}
            if problems:
                raise UnreadableFile(problems)
            return
        with workbook(member) as book:
            for sheet in book.sheets:
                found = False
                for number, cells in book.rows(sheet):
                    found = True
                    yield {"sheet": sheet, "row": number, "cells": cells}
                if found:
                    return


def _child(text: str) -> None:
    """The process apart: reads, and says what it read."""
    with apart(text) as (request, limits):
        for record in _rows(Path(request["path"]), request["name"], limits):
            say(record)


if __name__ == "__main__":
    _child(sys.argv[1])
