"""Files that people really send, and files that only an attacker sends: how to spoil a good one.

A *family* is one layout with a way to write it; a *spoiling* is one defect. Families times spoilings make the corpus.
"""

import gzip
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .. import official_layouts as official

type Rows = list[official.Cells]


@dataclass(frozen=True)
class Family:
    """One layout: how to write it, where its names and its first data row are (from 0), and what its columns hold."""

    name: str
    build: Callable[[Path, official.Edit], Path]
    suffix: str
    names_at: int
    data_at: int
    number: str
    code: str
    network: str
    year: str = ""
    whole_numbers: bool = False  # quantities, where a comma or a dash is wrong

    @property
    def is_text(self) -> bool:
        return self.suffix == ".csv"

    def column(self, rows: Rows, name: str) -> int:
        return rows[self.names_at].index(name)


def _long(path: Path, edit: official.Edit) -> Path:
    rows: Rows = [["ano", "id_municipio", "rede", "etapa", "ideb"]]
    for _uf, code, _name in official.MUNICIPALITIES:
        rows += [[2023, code, rede, "EF anos iniciais", "5.4"] for rede in ("estadual", "municipal", "federal")]
    if edit:
        edit(rows)
    return official.write_csv(path, rows, ";", "utf-8")


FAMILIES = [
    Family(
        "ideb", lambda path, edit: official.ideb_municipalities(path, editions=[2021, 2023], edit=edit), ".xlsx", 9, 10,
        "VL_OBSERVADO_2023", "CO_MUNICIPIO", "REDE",
    ),
    Family("ideb-longo", _long, ".csv", 0, 1, "ideb", "id_municipio", "rede", "ano"),
    Family(
        "censo", lambda path, edit: official.census_single(path, schools=12, edit=edit), ".csv", 0, 1,
        "QT_MAT_FUND", "CO_MUNICIPIO", "TP_DEPENDENCIA", "NU_ANO_CENSO", whole_numbers=True,
    ),
    Family(
        "saeb", lambda path, edit: official.saeb_results(path, edit=edit), ".xlsx", 0, 2,
        "MEDIA_5_LP", "CO_MUNICIPIO", "DEPENDENCIA_ADM", "ANO_SAEB",
    ),
    Family(
        "alfabetizacao", lambda path, edit: official.literacy_municipalities(path, edit=edit), ".csv", 0, 1,
        "PC_ALUNO_ALFABETIZADO", "CO_MUNICIPIO", "ID_TIPO_REDE", "NU_ANO_AVALIACAO",
    ),
    Family(
        "siope", lambda path, edit: official.siope_csv(path, edit=edit), ".csv", 0, 6,
        "VAL_INDI", "COD_MUNI", "TIPO", "NUM_ANO",
    ),
]  # fmt: skip

BAD_NUMBERS: list[object] = [
    "doze", "12x", "1.2.3", "1,2,3", "--5", "5-", "NaN?", "inf", "-inf", "1e999", "1e400", "9" * 400, "٣", "１２", "½",
    "5 4", "R$ 5", "50 %", "=1+1", "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "' OR 1=1 --", "31/12/2023",
    "0x10", "1_000", "\u202e4.5\u202c!", "5.4\u200b9", "verdadeiro", "#REF!", "#N/D!", "-99999", "1e15", "9" * 120_000,
    "5" + " " * 30_000 + "x",
]  # fmt: skip
GOOD_NUMBERS: list[object] = ["", " ", "5.4", " 5.4 ", "5,4", "\u00a05.4", "5", "5.0", "-", "ND", "nd", "*", "**", "–"]
GOOD_WHOLE: list[object] = ["", " ", "12", "12.0", " 12 ", "0"]
BAD_CODES: list[object] = [
    "", "-", "ND", "0", "26", "260005", "26000541", "99999999", "9900001", "0260005", "2600054x", "2.600.054", "2,6E6",
    "2600054,5", "-2600054", "PE", "Serra Inventada", "٢٦٠٠٠٥٤", "２６０００５４", "1e7", "NaN", "inf", "null",
    "9" * 50,
]  # fmt: skip
BAD_NETWORKS: list[object] = [
    "",
    "-",
    "Comunitária",
    "Municipal conveniada",
    "7",
    "-1",
    "3,5",
    "municipal\x07x",
    "🏫",
    "x" * 5_000,
    "x" + " " * 30_000 + "y",
    "(1" * 15_000,
]
BAD_YEARS: list[object] = ["", "-", "23", "1899", "20233", "2O23", "2023/2024", "dois mil", "-2023", "2023.5", "9" * 30]


def _swap(family: Family, name: str, value: object) -> official.Edit:
    def edit(rows: Rows) -> None:
        rows[family.data_at][family.column(rows, name)] = value

    return edit


def cell_spoilings(family: Family) -> list[tuple[str, official.Edit, bool | None]]:
    """(label, edit, whether it must be complained about) of single cells in the first data row."""
    good = GOOD_WHOLE if family.whole_numbers else GOOD_NUMBERS
    found: list[tuple[str, official.Edit, bool | None]] = []
    found += [(f"number {str(v)[:30]!r}", _swap(family, family.number, v), True) for v in BAD_NUMBERS]
    found += [(f"good number {v!r}", _swap(family, family.number, v), False) for v in good]
    codes = [v for v in BAD_CODES if not (family.name == "siope" and v == "260005")]  # six digits are right there
    found += [(f"code {v!r}", _swap(family, family.code, v), True) for v in codes]
    found += [(f"network {str(v)[:30]!r}", _swap(family, family.network, v), True) for v in BAD_NETWORKS]
    if family.year:
        found += [(f"year {v!r}", _swap(family, family.year, v), True) for v in BAD_YEARS]
    return found


def row_spoilings(family: Family) -> list[tuple[str, official.Edit]]:
    """Defects of whole rows and of the row of names."""
    names, data = family.names_at, family.data_at

    def on_names(change: Callable[[official.Cells], official.Cells]) -> official.Edit:
        def edit(rows: Rows) -> None:
            rows[names] = change(rows[names])

        return edit

    def each(change: Callable[[official.Cells], official.Cells]) -> official.Edit:
        def edit(rows: Rows) -> None:
            rows[data:] = [change(list(row)) for row in rows[data:]]

        return edit

    return [
        ("no data", lambda rows: rows.__delitem__(slice(data, None))),
        ("no names", lambda rows: rows.pop(names)),
        ("names only, twice", lambda rows: rows.__setitem__(slice(data, None), [list(rows[names])])),
        ("nothing", lambda rows: rows.clear()),
        ("lower-case names", on_names(lambda row: [str(cell).lower() for cell in row])),
        ("names with blanks", on_names(lambda row: [f" {cell} " for cell in row])),
        ("names with accents", on_names(lambda row: [str(cell).replace("A", "Á") for cell in row])),
        ("every name twice", on_names(lambda row: [*row[: len(row) // 2], *row[: len(row) - len(row) // 2]])),
        ("all names the same", on_names(lambda row: [row[0]] * len(row))),
        ("names as numbers", on_names(lambda row: list(range(len(row))))),
        ("names reversed, data not", on_names(lambda row: row[::-1])),
        ("columns of another year", on_names(lambda row: [str(cell).replace("2023", "1823") for cell in row])),
        ("every row cut", each(lambda row: row[: len(row) // 2])),
        ("every row longer", each(lambda row: [*row, "mais", "mais"])),
        ("every cell blank", each(lambda row: [""] * len(row))),
        ("every cell a dash", each(lambda row: ["-"] * len(row))),
        ("every cell the same text", each(lambda row: ["x"] * len(row))),
        ("every cell negative", each(lambda row: [-1] * len(row))),
        ("every cell huge", each(lambda row: [10**15] * len(row))),
        ("every cell right to left", each(lambda row: [f"\u202e{cell}\u202c" for cell in row])),
        ("every cell a formula", each(lambda row: [f"={cell}" for cell in row])),
        ("every row twice", lambda rows: rows.extend([list(row) for row in rows[data:]])),
        ("every row a thousand times", lambda rows: rows.extend([list(row) for row in rows[data:]] * 500)),
        (
            "blank rows between",
            lambda rows: rows.__setitem__(slice(data, None), [r for row in rows[data:] for r in ([], row)]),
        ),
        ("a merged first column", lambda rows: [row.__setitem__(0, None) for row in rows[data + 1 :] if row]),
        ("five thousand columns", each(lambda row: [*row, *["1"] * 5_000])),
    ]


def byte_spoilings() -> list[tuple[str, Callable[[bytes], bytes]]]:
    """Defects of the bytes of any file."""
    noise = bytes(range(256)) * 64
    return [
        ("empty", lambda data: b""),
        ("one byte", lambda data: data[:1]),
        ("half", lambda data: data[: len(data) // 2]),
        ("all but the last byte", lambda data: data[:-1]),
        ("all but the first byte", lambda data: data[1:]),
        ("noise", lambda data: noise),
        ("noise after", lambda data: data + noise),
        ("noise before", lambda data: noise + data),
        ("NUL at the start", lambda data: b"\0" + data),
        ("NUL in the middle", lambda data: data[: len(data) // 2] + b"\0" + data[len(data) // 2 :]),
        ("only NUL", lambda data: b"\0" * 4_096),
        ("zeros over the middle", lambda data: data[: len(data) // 3] + b"\0" * 64 + data[len(data) // 3 + 64 :]),
        ("bits flipped", lambda data: bytes(byte ^ 0x20 if at % 97 == 50 else byte for at, byte in enumerate(data))),
        ("reversed", lambda data: data[::-1]),
        ("twice", lambda data: data + data),
        ("a web page", lambda data: b"<html><table><tr><td>1</td></tr></table></html>"),
        ("a web page with BOM", lambda data: b"\xef\xbb\xbf\n<!DOCTYPE html><html></html>"),
        ("XML", lambda data: b'<?xml version="1.0"?><Workbook></Workbook>'),
        ("PDF", lambda data: b"%PDF-1.7\n" + noise),
        ("PNG", lambda data: b"\x89PNG\r\n\x1a\n" + noise),
        ("old Excel", lambda data: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + noise),
        ("protected Excel", lambda data: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")),
        ("parquet", lambda data: b"PAR1" + noise + b"PAR1"),
        ("JSON", lambda data: b'{"value": []}'),
        ("deep JSON", lambda data: b"[" * 100_000),
        ("gzip", gzip.compress),
        ("gzip twice", lambda data: gzip.compress(gzip.compress(data))),
        ("gzip cut", lambda data: gzip.compress(data)[:-12]),
        ("zip magic", lambda data: b"PK\x03\x04" + noise),
        ("zip in zip", lambda data: _zipped(("a.zip", _zipped(("a.csv", data))))),
        ("zip with a path up", lambda data: _zipped(("../a.csv", data))),
        ("zip of nothing", lambda data: _zipped()),
        ("zip cut", lambda data: _zipped(("a.csv", data))[:-30]),
    ]


def text_spoilings() -> list[tuple[str, Callable[[bytes], bytes]]]:
    """Defects of text alone."""

    def text(change: Callable[[str], str], encoding: str = "utf-8") -> Callable[[bytes], bytes]:
        return lambda data: change(data.decode("latin-1")).encode(encoding, errors="replace")

    return [
        ("UTF-16", text(str, "utf-16")),
        ("UTF-16 without its mark", text(str, "utf-16-le")),
        ("UTF-16 cut", lambda data: data.decode("latin-1").encode("utf-16")[:-1]),
        ("UTF-32", text(str, "utf-32")),
        ("UTF-7", lambda data: data.decode("latin-1").encode("utf-7")),
        ("EBCDIC", lambda data: data.decode("latin-1").encode("cp500", errors="replace")),
        ("BOM twice", lambda data: b"\xef\xbb\xbf\xef\xbb\xbf" + data),
        ("two encodings", lambda data: data + "ção".encode() + "ção".encode("latin-1") + b"\n"),
        ("CR line ends", lambda data: data.replace(b"\r\n", b"\r")),
        ("LF line ends", lambda data: data.replace(b"\r\n", b"\n")),
        ("one line", lambda data: data.replace(b"\r\n", b" ")),
        ("blank lines first", lambda data: b"\r\n\r\n" + data),
        ("a sep= line first", lambda data: b"sep=;\r\n" + data),
        ("a quote that never closes", lambda data: data[:200] + b'"' + data[200:]),
        ("a quote at the end", lambda data: data + b'"'),
        ("every line quoted", lambda data: b"\r\n".join(b'"' + line + b'"' for line in data.split(b"\r\n"))),
        ("separators swapped", lambda data: data.translate(bytes.maketrans(b";,", b",;"))),
        ("separators mixed", lambda data: data.replace(b";", b",", 7).replace(b",", b"|", 3)),
        ("no separators", lambda data: data.replace(b";", b"").replace(b",", b"")),
        ("a cell of ten megabytes", lambda data: data[:-2] + b"x" * 10_000_000 + b"\r\n"),
        ("a quoted cell of a megabyte", lambda data: data + b'"' + b"y\n" * 500_000 + b'"\r\n'),
        ("a header of ten megabytes", lambda data: b"x" * 10_000_000 + data),
        ("backslashes", lambda data: data.replace(b"1", b"\\1")),
        ("control marks", lambda data: data.replace(b"2", b"2\x07", 40)),
        ("a comment line", lambda data: b"# exportado\r\n" + data),
        ("a total line", lambda data: data + b"Total;;;;;;;;;;;;;;;;;;;;;;;;;\r\n"),
    ]


def _zipped(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def workbook_spoilings() -> list[tuple[str, Callable[[bytes], bytes]]]:
    """Defects of the parts of a workbook."""

    def part(name: str, change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
        def spoil(data: bytes) -> bytes:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                parts = {info.filename: archive.read(info) for info in archive.infolist()}
            for label in list(parts):
                if name in label:
                    parts[label] = change(parts[label])
            return _zipped(*parts.items())

        return spoil

    sheet, shared, book, rels = "worksheets/sheet", "sharedStrings", "xl/workbook.xml", "workbook.xml.rels"
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    return [
        ("sheet empty", part(sheet, lambda xml: b"")),
        ("sheet cut", part(sheet, lambda xml: xml[: len(xml) // 2])),
        ("sheet of noise", part(sheet, lambda xml: bytes(range(256)))),
        ("sheet with entities", part(sheet, lambda xml: xml.replace(b"<worksheet", doctype + b"<worksheet", 1))),
        ("sheet in a strange encoding", part(sheet, lambda xml: xml.replace(b"UTF-8", b"KLINGON", 1))),
        ("cells without a place", part(sheet, lambda xml: xml.replace(b' r="', b' q="'))),
        ("rows in column XFD", part(sheet, lambda xml: xml.replace(b'r="A', b'r="XFD'))),
        ("cells in column ZZZZZ", part(sheet, lambda xml: xml.replace(b'r="B', b'r="ZZZZZ'))),
        ("cells in no column", part(sheet, lambda xml: xml.replace(b'r="C', b'r="\xc3\x87'))),
        ("shared texts lost", part(shared, lambda xml: b"<sst/>")),
        ("shared texts cut", part(shared, lambda xml: xml[:40])),
        ("text numbers negative", part(sheet, lambda xml: xml.replace(b't="s"><v>', b't="s"><v>-'))),
        ("values doubled", part(sheet, lambda xml: xml.replace(b"</v>", b"</v><v>9</v>"))),
        ("values as errors", part(sheet, lambda xml: xml.replace(b"<c ", b'<c t="e" ').replace(b't="e" t=', b"t="))),
        ("workbook empty", part(book, lambda xml: b"<workbook/>")),
        ("workbook with entities", part(book, lambda xml: xml.replace(b"<workbook", doctype + b"<workbook", 1))),
        ("sheets that lead elsewhere", part(rels, lambda xml: xml.replace(b"worksheets/", b"../../../etc/"))),
        ("no relations", part(rels, lambda xml: b"<Relationships/>")),
        ("rows numbered huge", part(sheet, lambda xml: xml.replace(b'<row r="', b'<row r="9999999'))),
        ("rows numbered with words", part(sheet, lambda xml: xml.replace(b'<row r="', b'<row r="x'))),
        (
            "a million empty rows",
            part(sheet, lambda xml: xml.replace(b"</sheetData>", b"<row/>" * 1_000_000 + b"</sheetData>")),
        ),
    ]
