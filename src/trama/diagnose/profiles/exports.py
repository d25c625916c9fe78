"""Spreadsheets: a round for its owner, and a territory. Typed cells, the same numbers and words as on the screen.

A file is passed on, so it says less about people than the page of the round: levels by kind of respondent, never by
name, and only where three or more people stand behind a row (decision 0104).
"""

import io
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

import xlsxwriter
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..rounds.models import Round
from .presentation import AreaShown, CriterionShown, Results, Territory
from .wording import level_signs, reached_words

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MINIMUM_PEOPLE: Final = 3
DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")

type Cell = str | int | float | None
type Table = tuple[Sequence[str], list[Sequence[Cell]]]


def results_xlsx(results: Results) -> bytes:
    """Four sheets: summary, criteria, official indicators, answers by kind of respondent."""
    of = results.round
    return _book(
        of.title,
        [
            (_("Summary"), _facts(results), _profile(results)),
            (_("Criteria"), [], _criteria(results)),
            (_("Official indicators"), [], _figures(results)),
            (_("Answers"), _about_answers(), _answers(results)),
        ],
    )


def territory_xlsx(territory: Territory, *, title: str) -> bytes:
    """Two sheets: the distribution, area by area, and the common priorities."""
    facts: list[tuple[str, Cell]] = [
        (_("Distribution"), title),
        (_("Questionnaire"), f"{territory.told.version.title} ({territory.told.version.version})"),
        (_("Told on"), date_format(territory.told.published_at, "SHORT_DATE_FORMAT")),
        (_("Who is in it"), territory.size),
        (_("Who has decided priorities"), territory.deciding or _("too few to tell")),
    ]
    nothing = _("too few to tell")
    rows: list[Sequence[Cell]] = []
    for dimension in territory.dimensions:
        for area in dimension.areas:
            rows.append([dimension.title, area.title, _("the area as a whole"), *(area.shares or [nothing] * 3)])
            rows += [[dimension.title, area.title, one.title, *(one.shares or [nothing] * 3)] for one in area.criteria]
    head = [_("dimension"), _("area"), _("criterion"), *reached_words()]
    common: list[Sequence[Cell]] = [[one.title, one.share] for one in territory.priorities]
    return _book(
        title,
        [
            (_("Distribution"), facts, (head, rows)),
            (_("Common priorities"), [], ([_("criterion"), _("share of those that decided")], common)),
        ],
    )


def _facts(results: Results) -> list[tuple[str, Cell]]:
    of = results.round
    when = _("provisional: not submitted yet")
    if of.submitted_at is not None and not results.is_provisional:
        when = date_format(of.submitted_at.astimezone(of.zone), "SHORT_DATETIME_FORMAT")
    facts: list[tuple[str, Cell]] = [
        (_("Institution"), str(of.scope)),
        (_("Round"), of.title),
        (_("Questionnaire"), f"{of.version.title} ({of.version.version})"),
        (_("Submitted at"), when),
        (_("Criteria"), len(results.reading.lines)),
    ]
    facts += [(words, n) for (_sign, words), n in zip(level_signs(), results.reading.counts, strict=True)]
    facts += [(one.heading, one.sentence) for one in results.stands_out]
    if results.earlier is not None:
        facts.append((_("Compared with"), results.earlier.title))
        facts += [(_("Change"), sentence) for sentence in results.comparison]
    return facts


def _profile(results: Results) -> Table:
    head = [
        _("dimension"), _("area"), *(words for _sign, words in level_signs()), _("does not apply"),
        _("without a level"), _("coverage"), _("median level"), _("mean level"), _("mean, lowest possible"),
        _("mean, highest possible"),
    ]  # fmt: skip
    rows: list[Sequence[Cell]] = []
    for one in results.dimensions:
        rows.append([one.whole.title, _("the dimension as a whole"), *_numbers(one.whole)])
        rows += [[one.whole.title, area.title, *_numbers(area)] for area in one.areas]
    return head, rows


def _numbers(area: AreaShown) -> list[Cell]:
    group = area.group
    bounds = [group.mean, group.low, group.high] if group.shown else [math.nan] * 3
    return [
        *group.counts,
        group.not_applicable,
        group.without_level,
        None if math.isnan(group.coverage) else group.coverage,
        area.median,
        *(None if math.isnan(value) else value for value in bounds),
    ]


def _criteria(results: Results) -> Table:
    head = [
        _("dimension"), _("area"), _("criterion"), _("level (1 to 4)"), _("level"), _("agreed"), _("reading"),
        _("description of the level"), _("reason of the team"), _("evidence attached"), _("people with a level"),
        _("spread in levels"), _("among people"), _("change since the earlier round"),
    ]  # fmt: skip
    rows: list[Sequence[Cell]] = []
    for dimension in results.dimensions:
        for area in dimension.areas or (dimension.whole,):
            rows += [[dimension.whole.title, area.title, *_criterion(one)] for one in area.criteria]
    return head, rows


def _criterion(one: CriterionShown) -> list[Cell]:
    line = one.line
    apart = line.apart if line.apart is not None and line.apart.n >= MINIMUM_PEOPLE else None
    return [
        one.title,
        line.level if line.level > 0 else None,
        one.level,
        _("no, median of those who answered") if line.provisional else (_("yes") if line.level else ""),
        one.standing,
        line.anchor,
        line.reason,
        line.evidence,
        apart.n if apart is not None else None,
        apart.spread if apart is not None else None,
        one.divergence,
        one.change,
    ]


def _figures(results: Results) -> Table:
    head = [_("criterion"), _("indicator"), _("last figure"), _("movement"), _("against the level")]
    rows: list[Sequence[Cell]] = [
        [one.title, figure.name, figure.last or _("not published"), figure.movement, figure.contrast]
        for one in results.criteria
        for figure in one.figures
    ]
    return head, rows


def _about_answers() -> list[tuple[str, Cell]]:
    return [
        (
            _("How to read"),
            _(
                "Answers by kind of respondent, never by name. A kind of which fewer than three people answered a "
                "criterion is told together with others; where three cannot be brought together, nothing is told."
            ),
        )
    ]


def _answers(results: Results) -> Table:
    head = [
        _("criterion"), _("kind of respondent"), _("people"), *(words for _sign, words in level_signs()),
        _("do not know"), _("say it does not apply"),
    ]  # fmt: skip
    given = answers_by_kind(results.round)
    rows: list[Sequence[Cell]] = []
    for one in results.criteria:
        for kind, levels in protected(given.get(one.line.item.pk, {})):
            counts = [levels.count(level) for level in (1, 2, 3, 4, 0, -1)]
            rows.append([one.title, kind, len(levels), *counts])
    return head, rows


def answers_by_kind(of: Round) -> dict[int, dict[str, list[int]]]:
    """Item to kind of respondent to the levels given, in the codes of ``Answer.level``. One query."""
    answers: Any = of.items.model._meta.get_field("answers").related_model
    rows = answers.objects.filter(item__round=of, level__isnull=False).select_related("member__respondent")
    found: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for answer in rows.order_by("item", "member__respondent__position", "level"):
        kind = answer.member.respondent
        found[answer.item_id][kind.name if kind is not None else _("others")].append(answer.level)
    return found


def protected(kinds: dict[str, list[int]]) -> list[tuple[str, list[int]]]:
    """The kinds with three people or more; the smaller ones together, with the smallest of the others where they are
    still too few, so that nobody is found by subtraction. Fewer than three people in all: nothing."""
    by_size = sorted(kinds.items(), key=lambda one: len(one[1]))
    small = [one for one in by_size if len(one[1]) < MINIMUM_PEOPLE]
    large = by_size[len(small) :]
    while small and sum(len(levels) for _kind, levels in small) < MINIMUM_PEOPLE:
        if not large:
            return []
        small.append(large.pop(0))
    kept = {kind for kind, _levels in large}
    told = [(kind, sorted(levels)) for kind, levels in kinds.items() if kind in kept]
    if small:
        together = sorted(level for _kind, levels in small for level in levels)
        told.append((_("together: %(kinds)s") % {"kinds": ", ".join(kind for kind, _levels in small)}, together))
    return told


def _book(title: str, sheets: Iterable[tuple[str, list[tuple[str, Cell]], Table]]) -> bytes:
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    whole = book.add_format({"num_format": "0", "valign": "top"})
    share = book.add_format({"num_format": "0.00", "valign": "top"})
    for name, facts, (head, rows) in sheets:
        sheet = book.add_worksheet(name)
        sheet.set_column(0, 2, 34)
        sheet.set_column(3, max(3, len(head) - 1), 18)
        for line, (label, value) in enumerate(facts):
            sheet.write_string(line, 0, guarded(label), bold)
            _write(sheet, line, 1, value, plain, whole, share)
        top = len(facts) + 1 if facts else 0
        for column, label in enumerate(head):
            sheet.write_string(top, column, guarded(label), bold)
        for line, row in enumerate(rows, start=top + 1):
            for column, value in enumerate(row):
                _write(sheet, line, column, value, plain, whole, share)
        if not facts:
            sheet.freeze_panes(1, 1)
            sheet.autofilter(0, 0, max(1, len(rows)), len(head) - 1)
    book.close()
    return memory.getvalue()


def _write(sheet: Any, line: int, column: int, value: Cell, plain: Any, whole: Any, share: Any) -> None:
    if isinstance(value, str):
        sheet.write_string(line, column, guarded(value), plain)
    elif isinstance(value, int):
        sheet.write_number(line, column, value, whole)
    elif value is not None:
        sheet.write_number(line, column, value, share)


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text
