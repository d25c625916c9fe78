"""From a CSV file to the page, without a line of Python: ``python -m trama_measure.impact panel.csv ...``.

Ends with 0 if the page was written, 1 if the file or the design does not allow an estimate, 2 if it was called wrongly.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TextIO

import numpy as np

from .did import Comparison, Settings
from .evaluation import Evaluation
from .notices import ImpactError
from .panel import Panel
from .people import SIZE, cell_means
from .report import Language, PeriodKind, Subject, UnitKind
from .report.words import Words
from .table import CELL, Names, TableError, read_table

REFUSED: Final = 1


def main(arguments: Sequence[str] | None = None, out: TextIO | None = None, err: TextIO | None = None) -> int:
    """Read, estimate, write; messages are in the language of the page."""
    out, err = out or sys.stdout, err or sys.stderr
    asked = _parser().parse_args(arguments)
    words = Words.of(Language(asked.language))
    try:
        evaluation = Evaluation(
            _panel(asked, words),
            Settings(comparison=Comparison(asked.compare), anticipation=asked.anticipation),
            seed=asked.seed,
            drawn_by_lot=asked.by_lot,
            covariate_names=tuple(asked.covariates),
        )
        report = evaluation.report(_subject(asked), words.language)
        written = [_write(asked.output, report.html())]
        if asked.findings:
            written.append(_write(asked.findings, evaluation.findings.to_json()))
    except TableError as error:
        err.write("\n".join(told(error, words)) + "\n")
        return REFUSED
    except (ImpactError, OSError) as error:
        err.write(words("table", "refused", reason=error) + "\n")
        return REFUSED
    section = report.section("answer")
    out.write("\n".join([*(section.paragraphs if section else ()), *map(str, written)]) + "\n")
    return 0


def told(error: TableError, words: Words) -> list[str]:
    """A line for each problem: line, column, found, expected; and how many more there are."""
    lines = []
    for each in error.problems:
        where = [words("table", "line", line=each.line)] if each.line else []
        where += [words("table", "in_column", column=each.column)] if each.column else []
        expected = words("table", each.expected, **dict(each.fields))
        found = words("table", "found", found=each.found) if each.found else words("table", "found_nothing")
        lines.append(f"{', '.join(where)}{': ' if where else ''}{expected}; {found}.")
    if error.count > len(lines):
        lines.append(words("table", "more", count=error.count - len(lines)))
    return lines


def _panel(asked: Namespace, words: Words) -> Panel:
    names = Names(
        asked.unit, asked.period, asked.outcome, asked.start, tuple(asked.covariates), asked.weight, asked.cluster
    )
    columns = read_table(asked.panel, names, people=asked.people)
    weight = names.weight
    if asked.people:
        columns, weight = _means(columns, names, asked.fewest), SIZE if asked.by_size else ""
    if not asked.drop_incomplete:
        _refuse_gaps(columns, names, words)
    return Panel.from_columns(
        columns,
        unit=names.unit,
        period=names.period,
        outcome=names.outcome,
        start=names.start,
        covariates=names.covariates,
        weight=weight or None,
        cluster=names.cluster or None,
        incomplete="drop_units" if asked.drop_incomplete else "refuse",
    )


def _means(columns: dict[str, np.ndarray], names: Names, fewest: int) -> dict[str, np.ndarray]:
    """One row per unit and period from one per person."""
    return cell_means(
        columns,
        unit=names.unit,
        period=names.period,
        outcome=names.outcome,
        constant=[names.start, *([names.cluster] if names.cluster else [])],
        composition=names.covariates,
        weight=names.weight or None,
        fewest=fewest,
    )


def _refuse_gaps(columns: dict[str, np.ndarray], names: Names, words: Words) -> None:
    """Say in the language of the page how many units lack a period, and name some: the commonest refusal."""
    periods = np.unique(columns[names.period]).size
    whole = np.isfinite(columns[names.outcome])
    for name in names.covariates:
        whole &= np.isfinite(columns[name])
    units, own = np.unique(columns[names.unit], return_inverse=True)
    short = units[np.bincount(own, weights=whole, minlength=units.size) < periods]
    if short.size:
        some = ", ".join(each[:CELL] for each in short[:5].tolist()) + (" …" if short.size > 5 else "")
        raise ImpactError(words("table", "gaps", count=short.size, all=units.size, some=some))


def _subject(asked: Namespace) -> Subject:
    return Subject(
        programme=asked.programme,
        outcome=asked.outcome_name or asked.outcome,
        unit=tuple(asked.measured_in or (("point", "points") if asked.language == "en" else ("ponto", "pontos"))),
        units=UnitKind(asked.units),
        periods=PeriodKind(asked.periods) if asked.periods else None,
        better=asked.better,
        source=asked.source,
        vintage=asked.vintage,
        author=asked.author,
        article=asked.article,
    )


def _write(path: Path, text: str) -> Path:
    """Whole or not at all: a page that was there stays until the new one is complete."""
    beside = path.with_name(f".{path.name}.part")
    beside.write_text(text, encoding="utf-8")
    return beside.replace(path)


def _names(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _parser() -> ArgumentParser:
    parser = ArgumentParser("python -m trama_measure.impact", description="From a CSV panel to a page in plain words.")
    add = parser.add_argument
    add("panel", type=Path, help="CSV file, one row per unit and period")
    for name, text in (
        ("unit", "column that names the units"),
        ("period", "column with years"),
        ("outcome", "column with the result"),
        ("start", "column with the year in which each unit started; empty, 0, never or nunca: never"),
        ("programme", "name of the programme, as the page shall write it"),
    ):
        add(f"--{name}", required=True, help=text)
    add("--output", type=Path, required=True, help="HTML file to write")
    add("--findings", type=Path, help="JSON file to keep the figures in")
    add("--language", choices=[each.value for each in Language], default=Language.PORTUGUESE.value)
    add("--covariates", type=_names, default=[], help="columns, separated by commas, that the comparison accounts for")
    add("--people", action="store_true", help="one row per person (student): units are compared by their means")
    add("--fewest", type=int, default=1, help="with --people: people with a result that a mean needs")
    add("--by-size", action="store_true", help="with --people: count units by their people in the first period")
    add("--weight", default="", help="column with weights, of units or (with --people) of people")
    add("--cluster", default="", help="column with groups of units that belong together")
    add("--compare", choices=[each.value for each in Comparison], default=Comparison.NEVER.value)
    add("--anticipation", type=int, default=0, help="periods before the start in which behaviour may already change")
    add("--by-lot", action="store_true", help="chance alone decided who took part")
    add("--drop-incomplete", action="store_true", help="leave out units without a result in every period, and say so")
    add("--units", choices=[each.value for each in UnitKind], default=UnitKind.UNITS.value, help="what the units are")
    add("--periods", choices=[each.value for each in PeriodKind], default="", help="what the periods are")
    add("--outcome-name", default="", help="what the result is called; the column's name otherwise")
    add("--measured-in", type=_names, help="unit of the result for one and for many")
    add("--better", choices=["higher", "lower"], default="", help="which direction is wanted")
    add("--source", default="", help="where the data come from")
    add("--vintage", default="", help="as of when they are")
    add("--author", default="", help="who prepared the page")
    add("--article", choices=["o", "a"], default="", help="article of the programme's name in Portuguese")
    add("--seed", type=int, default=1, help="of the bootstrap draws")
    return parser
