"""Instruments as XLSForm: other tools read what we write, we read it back, and what is wrong is refused by place.

``TRAMA_FUZZ_EXAMPLES`` raises the number of damaged files (20,000 before the reader counts as done).
"""

import io
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from trama.diagnose.instruments.content import read_folder
from trama.diagnose.instruments.errors import FormProblem, FormRefused
from trama.diagnose.instruments.structure import Both, VersionData
from trama.diagnose.instruments.xlsform import write_xlsform
from trama.diagnose.instruments.xlsform_reading import ReadForm, read_xlsform

from .worlds import INDICATORS, a_criterion, a_version, both, versions

EXAMPLES = int(os.environ.get("TRAMA_FUZZ_EXAMPLES", "0"))  # 0: what each test says
SHIPPED = ("rede", "escola", "territorio")
ALL_INDICATORS = frozenset(
    line.strip("[]\n") for line in (settings.CONTENT_DIR / "indicators.toml").open() if line.startswith("[")
)
XFORM = {"h": "http://www.w3.org/1999/xhtml", "x": "http://www.w3.org/2002/xforms"}


def shipped(slug: str) -> VersionData:
    return read_folder(settings.CONTENT_DIR / "instruments" / slug)[0]


def read(path: Path, **given: Any) -> ReadForm:
    options: dict[str, Any] = {"known_indicators": ALL_INDICATORS | set(INDICATORS), "current": lambda slug: None}
    return read_xlsform(path, name="form.xlsx", **{**options, **given})


def saved(content: bytes, folder: Path) -> Path:
    path = folder / "form.xlsx"
    path.write_bytes(content)
    return path


def changed(folder: Path, change: Callable[[Any], None], data: VersionData | None = None) -> Path:
    """Our form after somebody worked on it in a spreadsheet."""
    book = openpyxl.load_workbook(io.BytesIO(write_xlsform(data or a_version())))
    change(book)
    path = folder / "form.xlsx"
    book.save(path)
    return path


def column(sheet: Any, header: str) -> int:
    return next(cell.column for cell in sheet[1] if cell.value == header)


def row(sheet: Any, name: str, header: str = "name") -> int:
    place = column(sheet, header)
    return next(number for number in range(2, sheet.max_row + 1) if sheet.cell(number, place).value == name)


def put(sheet_name: str, name: str, header: str, value: object) -> Callable[[Any], None]:
    """A change of one cell: in the row called ``name``, under ``header``."""

    def change(book: Any) -> None:
        sheet = book[sheet_name]
        sheet.cell(row(sheet, name), column(sheet, header)).value = value

    return change


def problems(path: Path, **given: Any) -> list[FormProblem]:
    with pytest.raises(FormRefused) as refused:
        read(path, **given)
    return refused.value.problems


def straight(text: str) -> str:
    """Quotation marks as pyxform writes them."""
    return text.translate({ord("’"): "'", ord("‘"): "'", ord("“"): '"', ord("”"): '"'})


def outcome(path: Path) -> ReadForm | FormRefused:
    try:
        return read(path)
    except FormRefused as refused:
        return refused


# --- what we write -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("short", [False, True], ids=["whole", "short"])
@pytest.mark.parametrize("slug", SHIPPED)
def test_pyxform_turns_every_shipped_instrument_into_an_xform_without_a_warning(tmp_path, slug, short):
    data = shipped(slug)
    result = convert(xlsform=saved(write_xlsform(data, short=short), tmp_path), validate=False)
    assert result.warnings == []
    root = ElementTree.fromstring(result.xform)
    asked = [criterion for criterion in data.criteria if criterion.starred or not short]
    selects = {select.get("ref", "").rsplit("/", 1)[1] for select in root.iterfind(".//x:select1", XFORM)}
    assert selects == {f"c_{criterion.key.replace('-', '_')}" for criterion in asked} | {"respondent_kind"}
    languages = {node.get("lang") for node in root.iterfind(".//x:translation", XFORM)}
    assert languages == {"Português (pt)", "English (en)"}
    texts = {value.text for value in root.iterfind(".//x:translation/x:text/x:value", XFORM)}
    for criterion in asked:
        assert {straight(text) for anchor in criterion.anchors for text in (anchor.pt, anchor.en)} <= texts
    groups = {group.get("ref", "").rsplit("/", 1)[1] for group in root.iterfind(".//x:group", XFORM)}
    assert len(groups) == len({d.slug for d in data.dimensions if not short or any(
        c.starred for a in d.areas for c in a.criteria)}) + len({(d.slug, a.slug) for d in data.dimensions
        for a in d.areas if not short or any(c.starred for c in a.criteria)})  # fmt: skip
    form = root.find(".//x:instance/*", XFORM)
    assert form is not None
    assert form.get("id") == f"trama_{slug}{'_short' if short else ''}"
    assert form.get("version") == data.version


def test_texts_that_look_like_formulas_stay_texts(tmp_path):
    data = a_version(a_criterion(title=Both("=1+1", "@SUM(A1)"), question=Both("-1?", "+cmd|' /C calc'!A0")))
    book = openpyxl.load_workbook(saved(write_xlsform(data), tmp_path))
    assert {cell.data_type for sheet in book for line in sheet.iter_rows() for cell in line} <= {"s", "n"}
    assert read(tmp_path / "form.xlsx").data == data


# --- there and back ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SHIPPED)
def test_a_shipped_instrument_comes_back_the_same(tmp_path, slug):
    data = shipped(slug)
    assert read(saved(write_xlsform(data), tmp_path)) == ReadForm(data, [])
    assert read(saved(write_xlsform(data, short=True), tmp_path)) == ReadForm(data.shortened(), [])


@hypothesis_settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)
@given(versions())
@example(a_version(a_criterion(title=Both("2 3", "1.1 x"), question=Both("_x0041_?", "a  b"))))
@example(a_version(title=Both("<b>&amp;", "'=\"")))
def test_any_version_comes_back_the_same(tmp_path_factory, data):
    path = saved(write_xlsform(data), tmp_path_factory.mktemp("form"))
    assert read(path) == ReadForm(data, [])


def test_what_a_spreadsheet_does_to_a_form_changes_nothing(tmp_path):
    """Saved by another program: shared texts, numbers as numbers, styles."""
    assert read(changed(tmp_path, lambda book: None)) == ReadForm(a_version(), [])


# --- forms from elsewhere -------------------------------------------------------------------------------------------


def foreign(folder: Path, survey: list[list[str]], choices: list[list[str]]) -> Path:
    """A form that nobody wrote for us: no sheet of ours, names and spelling of its own."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Survey"
    sheet.append(["Type", "Name", "Label : Portuguese (pt-BR)", "label::English (en)", "label::Español (es)"])
    for line in survey:
        sheet.append(line)
    sheet = book.create_sheet("choices")
    sheet.append(["list name", "name", "label::pt", "label::en"])
    for line in choices:
        sheet.append(line)
    path = folder / "form.xlsx"
    book.save(path)
    return path


SURVEY = [
    ["start", "start", "", ""],
    ["note", "hello", "Olá", "Hello"],
    ["begin group", "Finance", "Finanças", "Finance", "Finanzas"],
    ["begin_group", "budget", "Orçamento", "Budget"],
    ["select one scale", "control", "Quem acompanha o gasto?", "Who follows spending?"],
    ["integer", "staff", "Quantos?", "How many?"],
    ["select_one yesno", "open", "É público?", "Is it public?"],
    ["end group"],
    ["end group"],
]
CHOICES = [
    ["scale", str(n), f"Nível {n}", f"Level {n}"] for n in (1, 2, 3, 4)
] + [["yesno", "yes", "Sim", "Yes"], ["yesno", "no", "Não", "No"]]  # fmt: skip


def test_a_form_from_elsewhere_becomes_a_version_of_a_chosen_instrument(tmp_path):
    current = a_version()
    found = read(foreign(tmp_path, SURVEY, CHOICES), slug="rede", version="2.0", current=lambda slug: current)
    data = found.data
    assert (data.slug, data.scope, data.version, data.title) == ("rede", "network", "2.0", current.title)
    assert (data.levels, data.respondents) == (current.levels, current.respondents)
    [criterion] = data.criteria
    assert (criterion.key, criterion.code) == ("control", "1.1.1")
    assert criterion.question == Both("Quem acompanha o gasto?", "Who follows spending?")
    assert criterion.anchors == tuple(Both(f"Nível {n}", f"Level {n}") for n in (1, 2, 3, 4))
    assert criterion.starred
    assert [(d.code, d.slug, [a.slug for a in d.areas]) for d in data.dimensions] == [("1", "finance", ["budget"])]
    with translation.override("en"):
        again = read(foreign(tmp_path, SURVEY, CHOICES), slug="rede", version="2.0", current=lambda slug: current)
    assert [(entry.row, entry.what.split(":")[0]) for entry in again.left_out] == [
        (2, "“start”"), (3, "a note"), (7, "“integer”"), (8, "a question with 2 choices; a criterion has four"),
        (1, "there is no column trama_starred"),
    ]  # fmt: skip


def test_what_a_form_does_not_say_and_no_version_says_is_asked_for(tmp_path):
    fields = {(problem.sheet, problem.column) for problem in problems(foreign(tmp_path, SURVEY, CHOICES))}
    assert {("trama", "slug"), ("trama", "scope"), ("trama", "title_pt"), ("trama", "authors_en")} <= fields


def test_choices_with_our_names_count_by_name_and_others_by_order(tmp_path):
    def reverse(book: Any) -> None:
        sheet = book["choices"]
        lines = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=2)]
        levels = [line for line in lines if line[0] == "levels_access"]
        for number, line in zip(
            [n for n, line in enumerate(lines, start=2) if line[0] == "levels_access"], reversed(levels), strict=True
        ):
            for place, value in enumerate(line, start=1):
                sheet.cell(number, place).value = value

    assert read(changed(tmp_path, reverse)) == ReadForm(a_version(), [])


# --- refusals by sheet, row, column ---------------------------------------------------------------------------------

PT, EN = "label::Português (pt)", "label::English (en)"
REFUSALS = [
    # the change, then where and what the report says: sheet, row called, column, found, part of what is expected
    (put("survey", "c_access", "trama_weight", 7), "survey", "c_access", "trama_weight", "7", "1, 2 or 3"),
    (put("survey", "c_access", "trama_weight", 2.5), "survey", "c_access", "trama_weight", "2.5", "1, 2 or 3"),
    (put("survey", "c_access", "trama_starred", "perhaps"), "survey", "c_access", "trama_starred", "perhaps", "yes"),
    (put("survey", "c_access", EN, None), "survey", "c_access", EN, "1.1.1 / —", "same number"),
    (put("survey", "c_access", "trama_respondents", "dme mayor"), "survey", "c_access", "trama_respondents", "mayor",
     "one of: dme"),
    (put("survey", "c_access", "type", "select_one nowhere"), "survey", "c_access", "type", "nowhere", "levels_access"),
    (put("survey", "c_access", "hint::English (en)", "One"), "survey", "c_access", "hint::English (en)",
     "2 lines in Portuguese, 1 in English", "one example"),
    (put("survey", "c_access", "name", "C é!"), "survey", "C é!", "name", "c é!", "small letters"),
    (put("survey", "c_flow", "name", "c_access"), "survey", "", "name", "access", "each one once"),
    (put("survey", "c_access", PT, "9.9 Título\nPergunta?"), "survey", "c_access", EN, "9.9 / 1.1.1", "same number"),
    (put("survey", "a_schooling", PT, "Escolarização"), "survey", "a_schooling", EN, "— / 1.1", "same number"),
    (put("survey", "d_results", "type", "begin_repeat"), "survey", "d_results", "type", "begin_repeat", "no repeats"),
    (put("survey", "a_schooling", "type", "note"), "survey", "c_access", "type", "select_one levels_access", "area"),
    (put("survey", "s_d_results", PT, "x" * 2_001), "survey", "d_results", "summary_pt", "2001 characters", "at most"),
    (put("choices", "dme", "name", "Dirigente"), "choices", "Dirigente", "name", "Dirigente", "underscores"),
    (put("trama", "title", "English (en)", None), "trama", "title", "English (en)", "", "both languages"),
    (put("trama", "scope", "value", "world"), "trama", "scope", "value", "world", "one of: network"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "sheet", "name", "header", "found", "expected"), REFUSALS)
def test_what_is_wrong_is_named_by_sheet_row_and_column(tmp_path, change, sheet, name, header, found, expected):
    path = changed(tmp_path, change)
    with translation.override("en"):
        said = problems(path)
    lines = openpyxl.load_workbook(path)[sheet]
    assert any(
        problem.sheet == sheet
        and problem.column == header
        and problem.found == found
        and expected in problem.expected
        and (not name or problem.row == row(lines, name))
        for problem in said
    ), said


def test_a_level_without_text_is_named_in_the_sheet_of_choices(tmp_path):
    def empty(book: Any) -> None:
        book["choices"].cell(5, column(book["choices"], EN)).value = " "

    with translation.override("en"):
        [problem] = problems(changed(tmp_path, empty))
    line = openpyxl.load_workbook(tmp_path / "form.xlsx")["choices"][5]
    assert (line[0].value, line[1].value) == ("levels_access", "basic")
    assert (problem.sheet, problem.row, problem.column) == ("choices", 5, EN)


@pytest.mark.parametrize(
    ("header", "value", "place", "expected"),
    [
        ("indicator", "aprovacao", "indicator", "the code of an indicator"),
        ("stage", "XX", "stage", "one of"),
        ("better", "more", "better", "higher, lower"),
        ("cut_basic", "99", "cut_basic", "rising"),
        ("cut_basic", "sixty", "cut_basic", "a number"),
        ("cut_adequate", None, "cut_adequate", "a number"),
        ("criterion", "nobody", "criterion", "the name of a criterion"),
    ],
)
def test_a_wrong_figure_is_named_in_its_own_sheet(tmp_path, header, value, place, expected):
    def change(book: Any) -> None:
        sheet = book["trama_indicators"]
        sheet.cell(2, column(sheet, header)).value = value

    with translation.override("en"):
        said = problems(changed(tmp_path, change))
    assert [(p.sheet, p.row, p.column) for p in said] == [("trama_indicators", 2, place)]
    assert expected in said[0].expected


def test_a_decimal_comma_is_a_decimal_comma(tmp_path):
    def change(book: Any) -> None:
        sheet = book["trama_indicators"]
        sheet.cell(2, column(sheet, "cut_adequate")).value = "80,5"

    assert read(changed(tmp_path, change)).data == a_version()


def test_groups_that_do_not_close_or_open_are_named(tmp_path):
    def drop(kind: str) -> Callable[[Any], None]:
        def change(book: Any) -> None:
            sheet = book["survey"]
            sheet.delete_rows(row(sheet, kind, "type"))

        return change

    assert any("end_group" in p.expected for p in problems(changed(tmp_path, drop("end_group"))))
    assert any("begin_group" in p.expected for p in problems(changed(tmp_path, drop("begin_group"))))


def test_messages_come_in_the_language_of_the_reader(tmp_path):
    path = changed(tmp_path, put("survey", "c_access", "trama_weight", 7))
    with translation.override("en"):
        english = problems(path)
    assert english[0].expected == "1, 2 or 3"


# --- nasty files ----------------------------------------------------------------------------------------------------


def _zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _book(change: Callable[[Any], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(write_xlsform(a_version())))
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _part(name: str, content: Callable[[bytes], bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(write_xlsform(a_version()))) as archive:
        members = {member: archive.read(member) for member in archive.namelist()}
    return _zip({**members, name: content(members[name])})


def _entities(xml: bytes) -> bytes:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return xml.replace(b"?>", b"?>" + bomb, 1)


def _append(sheet: str, lines: int) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        for _ in range(lines):
            book[sheet].append(["note", "n", "x", "x"])

    return change


NASTY = {
    "empty": b"",
    "text": "tipo;nome\nnote;olá".encode("latin-1"),
    "html saved as xls": b"<html><table><tr><td>type</td></tr></table></html>",
    "half a file": write_xlsform(a_version())[:4000],
    "old xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000,
    "password-protected": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 50,
    "a zip of something else": _zip({"readme.txt": b"hello"}),
    "ods": _zip({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}),
    "document type": _part("xl/worksheets/sheet1.xml", _entities),
    "not xml": _part("xl/worksheets/sheet1.xml", lambda xml: b"\x00\xff" * 100),
    "shared text out of range": _part("xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<v>3</v>", b"<v>999</v>")),
    "bomb": _part("xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</sheetD", b" " * (70 << 20) + b"</sheetD")),
    "too many rows": _book(_append("survey", 5_100)),
    "no survey": _book(lambda book: book.remove(book["survey"])),
    "no choices": _book(lambda book: book.remove(book["choices"])),
    "empty survey": _book(lambda book: book["survey"].delete_rows(1, 200)),
    "headers only": _book(lambda book: book["survey"].delete_rows(2, 200)),
    "a column twice": _book(lambda book: put("survey", "c_access", "name", "x")(book) or setattr(
        book["survey"].cell(1, column(book["survey"], "name")), "value", "type")),
    "one language": _book(lambda book: setattr(
        book["survey"].cell(1, column(book["survey"], EN)), "value", "label::Deutsch (de)")),
    "control characters": _part("xl/sharedStrings.xml", lambda xml: xml.replace(b"Pergunta", b"Per\x01gunta")),
    "right-to-left marks in a name": _book(put("survey", "c_access", "name", "c_\u202eaccess")),
    "a reference to another answer": _book(put("survey", "c_access", PT, "1.1.1 T\n${c_flow}?")),
    "dates": _book(put("survey", "c_access", "trama_weight", __import__("datetime").date(2021, 3, 10))),
    "error values": _book(put("survey", "c_access", "trama_weight", "#REF!")),
}  # fmt: skip


@pytest.mark.parametrize("content", NASTY.values(), ids=NASTY.keys())
def test_a_nasty_file_is_a_clear_refusal(tmp_path, content):
    said = problems(saved(content, tmp_path))
    assert said
    assert all(problem.expected for problem in said)


def test_a_file_over_five_megabytes_is_refused_before_it_is_opened(tmp_path):
    path = saved(b"PK" + b"\x00" * (5 << 20), tmp_path)
    with translation.override("en"):
        [problem] = problems(path)
    assert problem.expected == "at most 5 MiB"


def test_a_huge_cell_is_refused_with_its_place(tmp_path):
    path = saved(_part("xl/sharedStrings.xml", lambda xml: xml.replace(b"Pergunta access", b"x" * 40_000)), tmp_path)
    [problem] = problems(path)
    assert "32767" in problem.expected.replace(".", "").replace(",", "")
    assert problem.row == row(openpyxl.load_workbook(path)["survey"], "c_access")


def test_merged_cells_and_blank_rows_do_no_harm(tmp_path):
    def change(book: Any) -> None:
        book["survey"].insert_rows(row(book["survey"], "d_results"), 3)
        book["settings"].merge_cells("A5:D6")

    assert read(changed(tmp_path, change)) == ReadForm(a_version(), [])


@hypothesis_settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=EXAMPLES or 150)
@given(st.data())
def test_no_change_of_cells_ends_in_anything_but_a_refusal_or_a_sound_version(tmp_path_factory, data):
    values = st.sampled_from(
        [
            None,
            "",
            " ",
            "x",
            0,
            -1,
            1e308,
            True,
            "select_one x",
            "begin_group",
            "end_group",
            "note",
            "1.1 a\nb",
            "=1",
            "é",
        ]
    ) | st.text(max_size=8)
    book = openpyxl.load_workbook(io.BytesIO(write_xlsform(a_version())))
    for _ in range(data.draw(st.integers(1, 6))):
        sheet = book[data.draw(st.sampled_from(book.sheetnames))]
        cell = sheet.cell(data.draw(st.integers(1, sheet.max_row)), data.draw(st.integers(1, sheet.max_column)))
        try:
            cell.value = data.draw(values)
        except openpyxl.utils.exceptions.IllegalCharacterError:
            continue
    path = tmp_path_factory.mktemp("form") / "form.xlsx"
    book.save(path)
    found = outcome(path)
    if isinstance(found, FormRefused):
        assert found.problems
        assert all(problem.sheet and problem.expected for problem in found.problems)
    else:
        assert list(found.data.criteria)
        assert read(saved(write_xlsform(found.data), path.parent)).data == found.data


@hypothesis_settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=EXAMPLES or 100)
@given(st.integers(0, 12_000), st.binary(min_size=1, max_size=40))
def test_no_damage_of_bytes_ends_in_anything_but_a_refusal_or_a_sound_version(tmp_path_factory, start, piece):
    content = write_xlsform(a_version())
    start %= len(content)
    path = saved(content[:start] + piece + content[start + len(piece) :], tmp_path_factory.mktemp("form"))
    found = outcome(path)
    assert found.problems if isinstance(found, FormRefused) else list(found.data.criteria)


def test_a_shortened_version_keeps_only_what_has_a_star():
    data = a_version(a_criterion(), a_criterion("flow", "1.1.2", starred=False), slug="rede")
    empty = replace(data.dimensions[0], slug="other", code="2", areas=(
        replace(data.dimensions[0].areas[0], code="2.1", criteria=(a_criterion("x", "2.1.1", starred=False),)),
    ))  # fmt: skip
    short = replace(data, dimensions=(*data.dimensions, empty)).shortened()
    assert [criterion.key for criterion in short.criteria] == ["access"]
    assert [dimension.slug for dimension in short.dimensions] == ["results"]
    assert short.title == both("Autodiagnóstico")
