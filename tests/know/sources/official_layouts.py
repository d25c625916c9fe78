"""Files in the official layouts, made here with invented names and numbers, for the tests of readers and imports.

Codes are real (a code must be in a state); everything else is made up. Each function writes one file and returns its
path; ``edit`` hooks let a test spoil one cell. The layouts follow ``docs/methods/official-files.md``.
"""

import gzip
import hashlib
import json
import random
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import xlsxwriter

type Cells = list[object]
type Edit = Callable[[list[Cells]], object] | None

MUNICIPALITIES = [
    ("PE", 2600054, "Serra Inventada"),
    ("PE", 2600104, "Poço Imaginado"),
    ("AL", 2700102, "Vila Suposta"),
    ("AL", 2700201, "Porto Fingido"),
]
NETWORKS = ["Estadual", "Municipal", "Pública (4)"]
TITLES = {
    "AI": "Ensino Fundamental Regular - Anos Iniciais",
    "AF": "Ensino Fundamental Regular - Anos Finais",
    "EM": "Ensino Médio Regular",
    "EMI": "Ensino Médio Integrado",
}
STAGE_FILES = {"AI": "anos_iniciais", "AF": "anos_finais", "EM": "ensino_medio", "EMI": "ensino_medio_integrado"}


def write_xlsx(path: Path, sheets: dict[str, Iterable[Cells]]) -> Path:
    """A workbook, row by row, so that a big one needs little memory."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, bool):
                        sheet.write_boolean(number, column, cell)
                    elif isinstance(cell, int | float):
                        sheet.write_number(number, column, cell)
                    elif cell is not None:
                        sheet.write_string(number, column, str(cell))
    return path


def write_csv(path: Path, rows: Iterable[Cells], separator: str = ";", encoding: str = "latin-1") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "\r\n".join(separator.join("" if cell is None else str(cell) for cell in row) for row in rows) + "\r\n"
    try:
        path.write_bytes(text.encode(encoding))
    except UnicodeEncodeError:
        path.write_bytes(text.encode())
    return path


def ideb_names(stage: str, editions: list[int], duplicate_2023: bool = False) -> list[str]:
    """Technical names of the value columns. ``duplicate_2023``: the fault of the 2025 sheet of states."""
    suffixes = ["SI_4", "SI", "1", "2", "3", "4"] if stage == "AI" else ["SI_4", "1", "2", "3", "4"]
    names = []
    for year in editions:
        names += [f"VL_APROVACAO_{year}_{suffix}" for suffix in suffixes]
        names.append(f"VL_INDICADOR_REND_{2023 if duplicate_2023 and year == 2025 else year}")
    for year in editions:
        names += [f"VL_NOTA_{kind}_{year}" for kind in ("MATEMATICA", "PORTUGUES", "MEDIA")]
    names += [f"VL_OBSERVADO_{year}" for year in editions]
    names += [f"VL_PROJECAO_{year}" for year in editions if 2007 <= year <= 2021]
    return names


def ideb_value(name: str, dice: random.Random) -> object:
    if dice.random() < 0.05:
        return dice.choice(["-", "ND", "*", None])
    if "APROVACAO" in name:
        return round(dice.uniform(60, 100), 1)
    if "REND" in name:
        return round(dice.uniform(0.6, 1), 9)
    if "MATEMATICA" in name or "PORTUGUES" in name:
        return round(dice.uniform(150, 300), 2)
    if "MEDIA" in name:
        return round(dice.uniform(3, 8), 6)
    return round(dice.uniform(2, 8), 1)


def ideb_rows(
    stage: str,
    ids: Sequence[str | None],
    identities: Iterable[Sequence[object]],
    names: list[str],
    seed: int = 1,
    header_row: int = 10,
) -> Iterable[Cells]:
    """Rows of a sheet: titles, technical names on ``header_row``, data, source and notes."""
    dice = random.Random(seed)
    above: list[Cells] = [
        [None, "Ministério da Educação"],
        [None, "Instituto Nacional de Estudos"],
        [],
        [TITLES[stage]],
    ]
    above += [["Indicadores educacionais compostos por: Taxa de Aprovação, SAEB e IDEB."]]
    above += [[] for _row in range(header_row - 1 - len(above))]
    yield from above[: header_row - 1]
    yield [*ids, *names]
    for identity in identities:
        yield [*identity, *(ideb_value(name, dice) for name in names)]
    yield []
    yield ["Fonte: MEC/Inep."]
    yield ["Notas: (4) Sem as escolas federais em 2011;"]


EDITIONS = list(range(2005, 2026, 2))


def ideb_municipalities(
    path: Path, stage: str = "AI", editions: list[int] = EDITIONS, edit: Edit = None, header_row: int = 10
) -> Path:
    """Municipal workbook of one stage."""
    ids = ["SG_UF", "CO_MUNICIPIO", "NO_MUNICIPIO", "REDE"]
    identities = [[uf, code, name, rede] for uf, code, name in MUNICIPALITIES for rede in NETWORKS]
    rows = list(ideb_rows(stage, ids, identities, ideb_names(stage, editions), header_row=header_row))
    if edit:
        edit(rows)
    return write_xlsx(path, {f"IDEB_{stage}": rows})


def ideb_schools(path: Path, stage: str = "AI", schools: int = 20, editions: list[int] = EDITIONS) -> Path:
    """School workbook of one stage; ``schools`` may be 75,000."""
    ids = ["SG_UF", "CO_MUNICIPIO", "NO_MUNICIPIO", "ID_ESCOLA", "NO_ESCOLA", "REDE"]
    identities = (
        [
            "PE",
            2600054 + 0 * number,
            "Serra Inventada",
            26_000_001 + number,
            f"Escola Fictícia nº {number}",
            "Municipal",
        ]
        for number in range(schools)
    )
    names = ideb_names(stage, editions)
    return write_xlsx(path, {"escolas": ideb_rows(stage, ids, identities, names)})


def ideb_states(path: Path, editions: list[int] = EDITIONS, named_ids: bool = False, edit: Edit = None) -> Path:
    """Regions and states together, ids without names, and the repeated header of 2025."""
    places = ["Norte", "Rondônia", "R. G. do Norte", "R. G. do Sul", "M. G. do Sul", "Nordeste", "Distrito Federal"]
    ids: list[str | None] = ["UF", "REDE"] if named_ids else [None, None]
    sheets: dict[str, Iterable[Cells]] = {}
    for stage in ("AI", "AF", "EM"):
        identities = [
            [place, rede] for place in places for rede in ("Total (3)(4)", "Estadual", "Privada (2)", "Pública (4)")
        ]
        names = ideb_names(stage, editions, duplicate_2023=stage == "AI")
        rows = list(ideb_rows(stage, ids, identities, names, seed=len(stage)))
        if edit:
            edit(rows)
        sheets[f"UF e Regiões ({stage})"] = rows
    return write_xlsx(path, sheets)


def ideb_brazil(path: Path, stage: str = "AI", editions: list[int] = EDITIONS, edit: Edit = None) -> Path:
    """Brazil, one stage; ``stage`` may be EMI (ensino médio integrado)."""
    identities = [["Brasil", rede] for rede in ("Total", "Estadual", "Pública", "Privada (1)")]
    rows = list(ideb_rows(stage, ["BRASIL", "rede"], identities, ideb_names(stage, editions)))
    if edit:
        edit(rows)
    return write_xlsx(path, {f"Brasil ({stage})": rows})


def zipped_2025(path: Path, workbook: Path, *, right_sum: bool = True) -> Path:
    """A zip of the 2025 edition: xlsx, ods and md5."""
    content = workbook.read_bytes()
    digest = hashlib.md5(content).hexdigest() if right_sum else "0" * 32
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(workbook.name, content)
        archive.writestr(workbook.with_suffix(".ods").name, b"PK\x03\x04 not opened")
        archive.writestr(workbook.with_suffix(".md5").name, f"{digest}  {workbook.name}\n")
    return path


SAEB_NAMES = [
    "MEDIA_5_LP",
    "MEDIA_5_MT",
    "MEDIA_9_LP",
    "MEDIA_9_MT",
    "MEDIA_12_LP",
    "MEDIA_12_MT",
    "MEDIA_13_LP",
    "MEDIA_13_MT",
]
SAEB_UNIVERSES = [
    "Federal",
    "Estadual",
    "Municipal",
    "Total - Estadual e Municipal",
    "Total - Federal, Estadual e Municipal",
    "Total - Federal, Estadual, Municipal e Privada",
]


def saeb_results(path: Path, year: int = 2023, edit: Edit = None) -> Path:
    """Spreadsheet of results: sheets of states and of municipalities, a row of labels below the names."""
    dice = random.Random(5)

    def means() -> Cells:
        return [round(dice.uniform(180, 300), 2) if dice.random() > 0.1 else "-" for _name in SAEB_NAMES]

    towns: list[Cells] = [
        ["ANO_SAEB", "CO_UF", "NO_UF", "CO_MUNICIPIO", "NO_MUNICIPIO", "DEPENDENCIA_ADM", "LOCALIZACAO", *SAEB_NAMES]
    ]
    towns.append(
        ["Ano", "Código da UF", "UF", "Código", "Município", "Rede", "Localização", *["Média"] * len(SAEB_NAMES)]
    )
    for uf, code, name in MUNICIPALITIES:
        for universe in SAEB_UNIVERSES:
            for location in ("Total", "Urbana", "Rural"):
                towns.append([year, code // 100_000, uf, code, name, universe, location, *means()])
    states: list[Cells] = [["ANO_SAEB", "CO_UF", "NO_UF", "DEPENDENCIA_ADM", "LOCALIZACAO", "CAPITAL", *SAEB_NAMES]]
    for code, name in ((26, "Pernambuco"), (27, "Alagoas")):
        for universe in SAEB_UNIVERSES:
            for capital in ("Total", "Capital", "Interior"):
                states.append([year, code, name, universe, "Total", capital, *means()])
    if edit:
        edit(towns)
    return write_xlsx(path, {"Estados": states, "Municípios": towns})


def saeb_pupils(path: Path, separator: str = ";", pupils: int = 60, old: bool = False, edit: Edit = None) -> Path:
    """Pupil microdata (invented pupils): IN_PUBLICA since 2019, ID_DEPENDENCIA_ADM in 2017."""
    dice = random.Random(7)
    edition = "ID_PROVA_BRASIL" if old else "ID_SAEB"
    network = "ID_DEPENDENCIA_ADM" if old else "IN_PUBLICA"
    rows: list[Cells] = [
        [
            edition, "ID_REGIAO", "ID_UF", "ID_MUNICIPIO", "ID_ESCOLA", network, "ID_LOCALIZACAO", "ID_SERIE",
            "ID_ALUNO", "IN_PROFICIENCIA_LP", "IN_PROFICIENCIA_MT", "PESO_ALUNO_LP", "PROFICIENCIA_LP_SAEB",
            "PESO_ALUNO_MT",
            "PROFICIENCIA_MT_SAEB", "TX_RESP_Q01",
        ]
    ]  # fmt: skip
    for number in range(pupils):
        present = dice.random() > 0.2
        state = dice.choice([26, 27])
        score = [round(dice.uniform(1, 3), 6), round(dice.gauss(210, 40), 6)] * 2 if present else ["", "", "", ""]
        kind = dice.choice([1, 2, 3]) if old else dice.choice([1, 1, 1, 0])
        rows.append(
            [
                2017 if old else 2023,
                2,
                state,
                6000001,
                60000001,
                kind,
                1,
                5,
                number,
                int(present),
                int(present),
                *score,
                "A",
            ]
        )
    if edit:
        edit(rows)
    return write_csv(path, rows, separator)


def literacy_municipalities(path: Path, year: int = 2024, edit: Edit = None) -> Path:
    """TS_MUNICIPIO of the literacy assessment."""
    dice = random.Random(9)
    rows: list[Cells] = [
        [
            "NU_ANO_AVALIACAO",
            "CO_UF",
            "SG_UF",
            "CO_MUNICIPIO",
            "NO_MUNICIPIO",
            "TP_SERIE",
            "ID_TIPO_REDE",
            "PC_ALUNO_ALFABETIZADO",
            "VL_MEDIA_LP",
        ]
    ]
    for uf, code, name in MUNICIPALITIES:
        for network in (2, 3, 5):
            share = f"{dice.uniform(30, 90):.2f}".replace(".", ",") if dice.random() > 0.1 else ""
            rows.append([year, code // 100_000, uf, code, name, 2, network, share, f"{dice.uniform(650, 800):.2f}"])
    if edit:
        edit(rows)
    return write_csv(path, rows)


def literacy_states(path: Path, year: int = 2024, edit: Edit = None) -> Path:
    rows: list[Cells] = [
        ["NU_ANO_AVALIACAO", "CO_UF", "SG_UF", "TP_SERIE", "ID_TIPO_REDE", "PC_ALUNO_ALFABETIZADO", "VL_MEDIA_LP"]
    ]
    rows += [[year, 26, "PE", 2, kind, 55.5 + kind, 744.1] for kind in (2, 3, 5, 6)]
    rows += [[year, 27, "AL", 2, kind, 50.5 + kind, 741.1] for kind in (2, 3, 5)]
    if edit:
        edit(rows)
    return write_csv(path, rows)


def literacy_results(path: Path, edit: Edit = None) -> Path:
    """Spreadsheet of results and targets, by municipality: labels on row 1, technical names on row 2."""
    rows: list[Cells] = [
        [
            "ANO DA AVALIAÇÃO", "CÓDIGO UF", "SIGLA UF", "CÓDIGO MUNICÍPIO", "NOME", "REDE", "2023", "2024",
            "META 2024", "META 2025", "PARTICIPAÇÃO",
        ],
        [
            "ANO", "CO_UF", "SG_UF", "CO_MUNICIPIO", "NO_MUNICIPIO", "NO_TP_REDE", "PC_ALUNO_ALFABETIZADO_2023",
            "PC_ALUNO_ALFABETIZADO_2024", "META_FINAL_2024", "META_FINAL_2025", "PC_AVALIADOS_LP",
        ],
    ]  # fmt: skip
    for uf, code, name in MUNICIPALITIES:
        rows.append([2024, code // 100_000, uf, code, name, "MUNICIPAL", 61.5, 67.25, "-", 70.1, 91.2])
    rows.append([None, None, None, None, "(1) Nota de rodapé"])
    if edit:
        edit(rows)
    return write_xlsx(path, {"Divulgação Alfabet Municipio": rows})


SIOPE_NAMES = [
    (
        "1.1",
        "Percentual de aplicação das receitas de impostos e transferências vinculadas à educação em MDE (mínimo 25%)",
    ),
    ("1.2", "Percentual de aplicação do FUNDEB na remuneração dos profissionais da educação (mínimo de 70%)"),
    ("1.4", "Percentual das receitas do  FUNDEB não aplicadas no exercício (máximo de 10%)"),
    ("4.1", "Investimento educacional por aluno da educação infantil"),
    ("4.8", "Investimento educacional por aluno da educação básica"),
]


def siope_records(year: int = 2023) -> list[dict[str, object]]:
    """Rows as the service gives them: municipalities with six digits, all periods, one value absent."""
    rows: list[dict[str, object]] = []
    for uf, code, name in MUNICIPALITIES:
        for period in (5, 6):
            for number, (shown, label) in enumerate(SIOPE_NAMES):
                value: object = 26.5 + number if shown.startswith("1.") else 9876.54 + number
                if period == 5 and isinstance(value, float):
                    value /= 2
                if code == 2600104 and shown == "1.2":
                    value = None
                rows.append(_siope("Municipal", year, period, uf, code, name, number, shown, label, value))
    for number, (shown, label) in enumerate(SIOPE_NAMES):
        rows.append(_siope("Estadual", year, 6, "PE", None, None, number, shown, label, 27.75))
    return rows


def _siope(
    kind: str,
    year: int,
    period: int,
    uf: str,
    code: int | None,
    name: str | None,
    number: int,
    shown: str,
    label: str,
    value: object,
) -> dict[str, object]:
    return {
        "TIPO": kind, "NUM_ANO": year, "NUM_PERI": period, "COD_UF": {"PE": 26, "AL": 27}[uf], "SIG_UF": uf,
        "COD_MUNI": code // 10 if code else None, "NOM_MUNI": name, "COD_INDI": 24 + number, "COD_EXIB": shown,
        "NOM_INDI": label, "COD_GRUP": 1, "NOM_GRUP_INDI": "Indicadores", "VAL_INDI": value,
    }  # fmt: skip


def siope_json(path: Path, edit: Callable[[list[dict[str, object]]], object] | None = None) -> Path:
    rows = siope_records()
    if edit:
        edit(rows)
    path.write_text(json.dumps({"@odata.context": "$metadata", "value": rows}, ensure_ascii=False), encoding="utf-8")
    return path


def siope_csv(path: Path, edit: Edit = None, *, yearly: bool = False) -> Path:
    """CSV with Brazilian numbers; ``yearly``: as in the yearly file, state rows lack the two municipality columns."""
    records = siope_records()
    rows: list[Cells] = [list(records[0])]
    for record in records:
        cells = [
            f"{v:,.2f}".translate(str.maketrans(",.", ".,")) if isinstance(v, float) else v for v in record.values()
        ]
        if yearly and record["TIPO"] == "Estadual":
            del cells[5:7]
        rows.append(cells)
    if edit:
        edit(rows)
    return write_csv(path, rows, ";", "utf-8")


CENSUS_IDS = [
    "NU_ANO_CENSO", "NO_UF", "SG_UF", "CO_UF", "NO_MUNICIPIO", "CO_MUNICIPIO", "NO_ENTIDADE", "CO_ENTIDADE",
    "TP_DEPENDENCIA", "TP_LOCALIZACAO", "TP_SITUACAO_FUNCIONAMENTO", "DT_ANO_LETIVO_INICIO",
]  # fmt: skip
CENSUS_ITEMS = ["IN_AGUA_POTAVEL", "IN_ENERGIA_REDE_PUBLICA", "IN_INTERNET", "IN_BIBLIOTECA_SALA_LEITURA"]
CENSUS_ENROLMENTS = [
    "QT_MAT_BAS", "QT_MAT_INF", "QT_MAT_INF_CRE", "QT_MAT_INF_PRE", "QT_MAT_FUND", "QT_MAT_FUND_AI", "QT_MAT_FUND_AF",
    "QT_MAT_MED", "QT_MAT_EJA", "QT_MAT_ESP",
]  # fmt: skip


def census_school(number: int, year: int, dice: random.Random) -> tuple[Cells, Cells, Cells]:
    """Identity, items and enrolments of one invented school; every tenth is stopped, with blank enrolments."""
    uf, code, town = MUNICIPALITIES[number % len(MUNICIPALITIES)]
    state = code // 100_000
    active = number % 10 != 9
    network = dice.choice([1, 2, 2, 3, 3, 3, 3, 4])
    identity: Cells = [
        year, {"PE": "Pernambuco", "AL": "Alagoas"}[uf], uf, state, town, code, f"ESCOLA FICTÍCIA {number}",
        state * 1_000_000 + number + 1, network, dice.choice([1, 1, 2]), 1 if active else 2,
        f"03FEB{year}:00:00:00" if active else "",
    ]  # fmt: skip
    if not active:
        return identity, [""] * len(CENSUS_ITEMS), [""] * len(CENSUS_ENROLMENTS)
    creche, pre, early, final, upper, adult = (dice.randrange(0, 200) for _part in range(6))
    total = creche + pre + early + final + upper + adult
    enrolments: Cells = [total, creche + pre, creche, pre, early + final, early, final, upper, adult, total // 20]
    return identity, [dice.choice([0, 1, 1, ""]) for _item in CENSUS_ITEMS], enrolments


def census_rows(year: int, schools: int, seed: int = 11) -> list[Cells]:
    dice = random.Random(seed)
    rows: list[Cells] = [[*CENSUS_IDS, *CENSUS_ITEMS, *CENSUS_ENROLMENTS]]
    for number in range(schools):
        identity, items, enrolments = census_school(number, year, dice)
        rows.append([*identity, *items, *enrolments])
    return rows


def census_single(
    path: Path, year: int = 2023, schools: int = 80, edit: Edit = None, encoding: str = "latin-1"
) -> Path:
    """microdados_ed_basica_{year}.csv: one row per school, ``;``."""
    rows = census_rows(year, schools)
    if edit:
        edit(rows)
    return write_csv(path, rows, ";", encoding)


def census_2025(folder: Path, schools: int = 80, enrolments: bool = True, others: bool = True) -> Path:
    """Tables of 2025 in a folder: school, enrolment, teacher and manager; positions without their decimal mark."""
    dice = random.Random(11)
    identity_names = [*CENSUS_IDS, "LATITUDE", "LONGITUDE"]
    table: list[Cells] = [[*identity_names, *CENSUS_ITEMS]]
    pupils: list[Cells] = [["NU_ANO_CENSO", "CO_ENTIDADE", *CENSUS_ENROLMENTS]]
    teachers: list[Cells] = [["NU_ANO_CENSO", "CO_ENTIDADE", "QT_DOC_BAS"]]
    for number in range(schools):
        identity, items, sums = census_school(number, 2025, dice)
        place = ["-84567123", "-361234567"] if number % 3 else ["", ""]
        table.append([*identity, *place, *items])
        if sums[0] != "":
            pupils.append([2025, identity[7], *sums])
            teachers.append([2025, identity[7], 12])
    write_csv(folder / "Tabela_Escola_2025_V2.csv", table)
    if enrolments:
        write_csv(folder / "Tabela_Matricula_2025_V2.csv", pupils)
    if others:
        write_csv(folder / "Tabela_Docente_2025_V2.csv", teachers)
    return folder


def zip_of(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def gzipped(path: Path) -> Path:
    target = path.with_name(path.name + ".gz")
    target.write_bytes(gzip.compress(path.read_bytes()))
    return target
