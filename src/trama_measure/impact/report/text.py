"""A report as plain text, for a terminal, a mail or a text editor."""

from __future__ import annotations

import textwrap
from typing import Final

from .parts import Report, Section, Statement, Table

WIDTH: Final = 100
CELL: Final = 46  # characters of a cell; longer ones go on in the next line


def write_text(report: Report) -> str:
    """The report, headings underlined; the picture is left out, its table stands."""
    head = [report.title.upper(), "=" * min(len(report.title), WIDTH)]
    banner = [_wrap(report.banner)] if report.banner else []
    blocks = ["\n".join(head), *banner, *(_section(each, report.labels) for each in report.sections)]
    return "\n\n".join(blocks).replace("\N{NO-BREAK SPACE}", " ") + "\n"


def _section(section: Section, labels: dict[str, str]) -> str:
    blocks = [f"{section.heading}\n{'-' * len(section.heading)}", *(_wrap(line) for line in section.paragraphs)]
    blocks += [_statement(each, labels) for each in section.statements]
    for listing in section.listings:
        blocks.append("\n".join([f"{listing.heading}:", *(_item(each) for each in listing.items)]))
    blocks += [_wrap(section.picture.caption)] if section.picture else []
    blocks += [_table(each) for each in section.tables]
    blocks += [_wrap(f"{term}: {meaning}") for term, meaning in section.terms]
    return "\n\n".join(blocks)


def _statement(statement: Statement, labels: dict[str, str]) -> str:
    below = [(labels["why"], statement.why), (labels["change"], statement.change)]
    return "\n".join([_item(statement.said), *(_wrap(f"{name}: {text}", "    ") for name, text in below)])


def _item(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="  - ", subsequent_indent="    ")


def _wrap(text: str, indent: str = "") -> str:
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


def _table(table: Table) -> str:
    """Columns as wide as their longest cell; the first to the left, the others to the right."""
    cells = [[textwrap.wrap(cell, CELL) or [""] for cell in row] for row in (table.columns, *table.rows)]
    widths = [max(len(line) for row in cells for line in row[k]) for k in range(len(table.columns))]
    lines = [line for row in cells for line in _lines(row, widths)]
    note = [_wrap(table.note)] if table.note else []
    return "\n".join([table.caption, *lines, *note])


def _lines(row: list[list[str]], widths: list[int]) -> list[str]:
    tall = max(map(len, row))
    filled = [[*cell, *[""] * (tall - len(cell))] for cell in row]
    return [
        "  ".join(
            text[i].ljust(width) if k == 0 else text[i].rjust(width)
            for k, (text, width) in enumerate(zip(filled, widths, strict=True))
        ).rstrip()
        for i in range(tall)
    ]
