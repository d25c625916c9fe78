"""Opening files: what is unpacked, what is refused, and that nothing stays behind."""

import gzip
import random
import stat
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from trama.know.sources.formats.base import UnreadableFile
from trama.know.sources.formats.limits import OpenedMember
from trama.know.sources.formats.opening import OFFICIAL, UPLOAD, opened
from trama.know.sources.formats.sheets import workbook
from trama.know.sources.formats.text import read_rows, text_facts

from .. import official_layouts as official
from .reading import read, refused

TABLE = b"a;b\r\n1;2\r\n"
RELATIONS = b'<Relationships><Relationship Id="1" Target="worksheets/sheet1.xml"/></Relationships>'


def names(path: Path) -> list[str]:
    with opened(path) as members:
        return [member.name for member in members]


def test_a_file_a_gzip_a_zip_and_a_folder_give_their_members(tmp_path: Path):
    plain = tmp_path / "t.csv"
    plain.write_bytes(TABLE)
    assert names(plain) == ["t.csv"]
    assert names(official.gzipped(plain)) == ["t.csv"]
    archive = official.zip_of(tmp_path / "t.zip", {"d/t.csv": TABLE, "d/leia-me.pdf": b"%PDF", "__MACOSX/t.csv": TABLE})
    assert names(archive) == ["d/t.csv"]
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "one.csv").write_bytes(TABLE)
    (folder / "notes.docx").write_bytes(b"PK")
    assert names(folder) == ["one.csv"]


def test_what_was_unpacked_is_gone_afterwards(tmp_path: Path):
    archive = official.zip_of(tmp_path / "t.zip", {"t.csv": TABLE})
    with opened(archive) as members:
        unpacked = members[0].path
        assert unpacked.read_bytes() == TABLE
    assert not unpacked.exists()


def test_what_was_unpacked_is_gone_after_an_error_too(tmp_path: Path):
    archive = official.zip_of(tmp_path / "t.zip", {"t.csv": TABLE})
    paths: list[Path] = []

    def break_down() -> None:
        with opened(archive) as members:
            paths.append(members[0].path)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        break_down()
    assert not paths[0].exists()


def _zip(path: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return path


@pytest.mark.parametrize(
    "name",
    ["../t.csv", "/etc/t.csv", "a/../../t.csv", "C:/t.csv", "..\\t.csv", "inner.zip", "inner.csv.gz", "t.7z", "t.RAR"],
)
def test_names_that_lead_elsewhere_and_archives_inside_archives_are_refused(tmp_path: Path, name: str):
    problems = refused(_zip(tmp_path / "t.zip", (name, TABLE), ("good.csv", TABLE)))
    assert problems[0].member == name
    assert problems[0].expected


def test_an_archive_under_another_name_is_refused_too(tmp_path: Path):
    inner = _zip(tmp_path / "inner.zip", ("t.csv", TABLE)).read_bytes()
    assert refused(_zip(tmp_path / "a.zip", ("t.csv", inner)))
    assert refused(_zip(tmp_path / "b.zip", ("t.csv", gzip.compress(TABLE))))
    (tmp_path / "c.csv.gz").write_bytes(gzip.compress(gzip.compress(TABLE)))
    assert refused(tmp_path / "c.csv.gz")


def test_names_equal_but_for_case_are_refused(tmp_path: Path):
    assert refused(_zip(tmp_path / "t.zip", ("T.csv", TABLE), ("t.csv", TABLE)))


def test_links_are_refused(tmp_path: Path):
    info = zipfile.ZipInfo("t.csv")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert refused(tmp_path / "t.zip")
    (tmp_path / "real.csv").write_bytes(TABLE)
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    assert refused(tmp_path / "link.csv")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link.csv").symlink_to(tmp_path / "real.csv")
    assert refused(folder)


def test_bombs_are_stopped_while_unpacking(tmp_path: Path):
    zeros = b"0;0\n" * 8_000_000
    started = time.process_time()
    assert "%" not in refused(_zip(tmp_path / "ratio.zip", ("t.csv", zeros)), UPLOAD)[0].expected
    (tmp_path / "ratio.csv.gz").write_bytes(gzip.compress(zeros))
    assert refused(tmp_path / "ratio.csv.gz", UPLOAD)
    many = [(f"{number}.csv", b"") for number in range(2_001)]
    assert refused(_zip(tmp_path / "many.zip", *many), UPLOAD)
    assert time.process_time() - started < 10


def test_what_comes_out_is_counted_over_all_members(tmp_path: Path):
    noise = random.Random(1).randbytes(1 << 20)
    three = _zip(tmp_path / "three.zip", *((f"{number}.csv", noise) for number in range(3)))
    small = replace(UPLOAD, unpacked_bytes=2 << 20)
    comment = b"<Relationships><!-- " + noise.hex().encode() * 2 + b" -->"
    assert "2 MiB" in refused(three, small)[0].expected
    book = _zip(
        tmp_path / "book.xlsx",
        ("[Content_Types].xml", b"x"),
        ("xl/workbook.xml", b""),
        ("xl/_rels/workbook.xml.rels", comment),
    )
    assert "2 MiB" in refused(book, small)[0].expected


def test_an_upload_has_a_size_and_an_official_file_a_larger_one(tmp_path: Path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(UPLOAD.file_bytes + 1)
    assert "MiB" in refused(path, UPLOAD)[0].found
    with opened(path, OFFICIAL) as members:
        assert members[0].name == "large.csv"


def test_a_million_rows_in_a_small_workbook_are_refused_in_two_seconds(tmp_path: Path):
    """The rows must not be unpacked to know that they are too many."""
    row = b'<row><c t="n"><v>1</v></c></row>'
    parts = {
        "[Content_Types].xml": b"<Types/>",
        "xl/workbook.xml": b'<workbook xmlns:r="r"><sheets><sheet name="S" r:id="1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": RELATIONS,
        "xl/worksheets/sheet1.xml": b"<worksheet><sheetData>" + row * 1_000_000 + b"</sheetData></worksheet>",
    }
    path = official.zip_of(tmp_path / "bomb.xlsx", parts)
    assert path.stat().st_size < 400_000
    started = time.process_time()
    member = OpenedMember("bomb.xlsx", path, UPLOAD)
    with pytest.raises(UnreadableFile), workbook(member) as book:
        for _row in book.rows("S"):
            pass
    assert time.process_time() - started < 2


def test_entities_in_a_workbook_are_refused(tmp_path: Path):
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    parts = {
        "[Content_Types].xml": b"<Types/>",
        "xl/workbook.xml": bomb + b'<workbook xmlns:r="r"><sheets><sheet name="&b;" r:id="1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": RELATIONS,
        "xl/worksheets/sheet1.xml": b"<worksheet/>",
    }
    assert refused(official.zip_of(tmp_path / "e.xlsx", parts))[0].found == "x"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
@pytest.mark.parametrize("separator", [";", "|", ",", "\t"])
def test_encoding_and_separator_are_told_from_the_bytes(tmp_path: Path, encoding: str, separator: str):
    path = tmp_path / "t.csv"
    path.write_bytes(separator.join(["nome", "ação"]).encode(encoding) + b"")
    text = f'nome{separator}ação\nSão João{separator}"a{separator}b"\n'
    path.write_bytes(text.encode(encoding))
    member = OpenedMember("t.csv", path)
    assert text_facts(member).header == ("nome", "ação")
    assert [(row.line, row.cells) for row in read_rows(member, [])] == [(2, ["São João", f"a{separator}b"])]


def test_an_accent_late_in_the_file_decides_the_encoding(tmp_path: Path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"a;b\n" + b"x;y\n" * 500_000 + "São;João\n".encode("latin-1"))
    last = [row.cells for row in read_rows(OpenedMember("t.csv", path, OFFICIAL), [])][-1]
    assert last == ["São", "João"]


@pytest.mark.parametrize("quote_at", [2, 60_000, 119_999])
def test_a_stray_quote_in_a_large_file_neither_hangs_nor_passes(tmp_path: Path, quote_at: int):
    rows: list[official.Cells] = [[2023, 2600054, 26_000_001 + number, "ESCOLA", 3, 1, 1] for number in range(120_000)]
    names: official.Cells = [
        "NU_ANO_CENSO",
        "CO_MUNICIPIO",
        "CO_ENTIDADE",
        "NO_ENTIDADE",
        "TP_DEPENDENCIA",
        "TP_LOCALIZACAO",
        "QT_MAT_BAS",
    ]
    rows[quote_at][3] = '"ESCOLA'
    path = official.write_csv(tmp_path / "large.csv", [names, *rows])
    started = time.process_time()
    try:
        problems = read(path).problems
    except UnreadableFile as error:
        problems = error.problems
    assert problems[0].row == quote_at + 2
    assert time.process_time() - started < 10


def test_lines_are_counted_as_the_person_sees_them(tmp_path: Path):
    path = tmp_path / "t.csv"
    path.write_bytes(b'a;b\n1;"two\nlines"\n\n3;4;5\n6;7\n')
    problems: list = []
    rows = [(row.line, row.cells) for row in read_rows(OpenedMember("t.csv", path), problems)]
    assert rows == [(2, ["1", "two\nlines"]), (6, ["6", "7"])]
    assert [problem.row for problem in problems] == [5]


def test_a_nul_byte_is_found_on_its_line(tmp_path: Path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"a;b\n1;2\n3;\x00\n")
    assert refused(path)[0].row == 3


def test_the_numbers_of_rows_in_a_workbook_survive_blank_rows(tmp_path: Path):
    path = official.write_xlsx(tmp_path / "t.xlsx", {"S": [["a"], [], [None, 2.5, "x"], [], [True]]})
    with workbook(OpenedMember("t.xlsx", path)) as book:
        assert list(book.rows("S")) == [(1, ["a"]), (3, [None, 2.5, "x"]), (5, [True])]


FEW = replace(UPLOAD, rows=10)


@pytest.mark.parametrize(
    "build",
    [
        lambda path: official.census_single(path / "c.csv", schools=11),
        lambda path: official.literacy_municipalities(path / "l.csv"),
        lambda path: official.siope_json(path / "s.json"),
        lambda path: official.ideb_municipalities(path / "i.xlsx", editions=[2021, 2023]),
    ],
    ids=["blocks", "lines", "json", "workbook"],
)
def test_rows_past_the_limit_are_refused_however_the_file_is_read(tmp_path: Path, build: Callable[[Path], Path]):
    problems = refused(build(tmp_path), FEW)
    assert "10" in problems[0].expected


def test_columns_past_the_limit_are_refused(tmp_path: Path):
    wide = official.ideb_municipalities(tmp_path / "i.xlsx")
    assert "20" in refused(wide, replace(UPLOAD, columns=20))[0].expected
    table = official.census_single(tmp_path / "c.csv")
    assert "20" in refused(table, replace(UPLOAD, table_columns=20))[0].expected


def test_reading_twice_gives_the_same(tmp_path: Path):
    path = official.ideb_municipalities(tmp_path / "m.xlsx")
    assert read(path).observations == read(path).observations
