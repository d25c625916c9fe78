"""From a CSV file to the page: what spreadsheets write is read, what does not fit is refused by line and column."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trama_measure.impact.command import main
from trama_measure.impact.findings import Findings
from trama_measure.impact.simulate import World, invented_panel
from trama_measure.impact.table import Names, TableError, read_table

NAMES = Names("rede", "ano", "ideb", "entrou", weight="peso")
HEADER = "rede;ano;ideb;entrou;peso\n"
GOOD = HEADER + "Água;2019;4,5;2021;1\nÁgua;2021;4.7;2021;1\nBelém;2019;-;nunca;2,5\nBelém;2021;5;;2,5\n"


def call(path: Path, *more: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    named = ["--unit", "rede", "--period", "ano", "--outcome", "ideb", "--start", "entrou"]
    named += ["--programme", "Programa Exemplo", "--output", str(path.with_suffix(".html"))]
    return main([str(path), *named, *more], out, err), out.getvalue(), err.getvalue()


@pytest.fixture
def panel_file(tmp_path: Path) -> Path:
    panel = invented_panel(World(n_units=120, n_periods=6, starts=(3,), effect=0.8, noise_sd=0.4), 2)
    lines = ["rede;ano;ideb;entrou"]
    for i in range(panel.n_units):
        start = "" if panel.never[i] else f"{2015 + panel.start[i]}"
        lines += [f"R{i};{2015 + t};{panel.outcome[i, t]:.4f};{start}".replace(".", ",") for t in range(6)]
    path = tmp_path / "painel.csv"
    path.write_text("\n".join(lines), encoding="cp1252")
    return path


def test_a_file_becomes_a_page_and_kept_figures(panel_file: Path):
    findings = panel_file.with_suffix(".json")
    code, out, err = call(panel_file, "--units", "networks", "--article", "o", "--findings", str(findings))
    assert (code, err) == (0, "")
    page = panel_file.with_suffix(".html").read_text("utf-8")
    assert "que entraram no Programa Exemplo" in page
    assert "120 redes de ensino em 6 anos (2015, 2016, 2017, 2018, 2019 e 2020)" in page.replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert "acima do que se esperaria" in out
    kept = Findings.from_json(findings.read_text("utf-8"))
    assert kept.overall["estimate"] == pytest.approx(0.8, abs=0.2)
    assert not list(panel_file.parent.glob(".*.part"))


def test_what_the_command_finds_is_what_the_library_finds_and_it_runs_without_a_framework(panel_file: Path):
    code = "import sys; from trama_measure.impact.command import main; r = main(sys.argv[1:]);"
    code += "assert not any(n.split('.')[0] in ('django', 'trama', 'config') for n in sys.modules); sys.exit(r)"
    named = ["--unit", "rede", "--period", "ano", "--outcome", "ideb", "--start", "entrou", "--language", "en"]
    output = panel_file.with_name("page.html")
    command = [sys.executable, "-c", code, str(panel_file), *named, "--programme", "X", "--output", str(output)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONPATH": "src"}, timeout=120)
    assert "points above what the path of the comparison group" in answer.stdout
    module = [sys.executable, "-m", "trama_measure.impact", "--help"]
    assert "CSV" in subprocess.run(module, capture_output=True, text=True, check=True, env={"PYTHONPATH": "src"}).stdout


def test_decimal_commas_missing_results_and_never_are_read(tmp_path: Path):
    path = tmp_path / "a.csv"
    for text in (GOOD, GOOD.replace("4,5", '"4,5"').replace("2,5", '"2,5"').replace(";", ",").replace("4,7", "4.7")):
        for encoding in ("utf-8", "utf-8-sig", "cp1252"):
            for end in ("\n", "\r\n"):
                path.write_bytes(text.replace("\n", end).encode(encoding))
                found = read_table(path, NAMES)
                assert found["rede"].tolist() == ["Água", "Água", "Belém", "Belém"]
                assert found["ideb"][:2].tolist() == [4.5, 4.7]
                assert np.isnan(found["ideb"][2])
                assert found["entrou"][:2].tolist() == [2021, 2021]
                assert np.isnan(found["entrou"][2:]).all()
                assert found["peso"].tolist() == [1, 1, 2.5, 2.5]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (GOOD.replace("4,5", "alto"), (2, "ideb", "alto", "number")),
        (GOOD.replace("4,5", "1.234,5"), (2, "ideb", "1.234,5", "number")),
        (GOOD.replace("4,5", "inf"), (2, "ideb", "inf", "number")),
        (GOOD.replace("2019;4,5", "2019,5;4,5"), (2, "ano", "2019,5", "whole")),
        (GOOD.replace("2019;4,5", ";4,5"), (2, "ano", "", "number")),
        (GOOD.replace("4.7;2021", "4.7;2023"), (3, "entrou", "2023", "same")),
        (GOOD.replace("4.7;2021", "4.7;"), (3, "entrou", "", "same")),
        (GOOD.replace("2021;1\nBelém", "2021;0\nBelém"), (3, "peso", "0", "positive")),
        (GOOD.replace("Água;2021", "Água;2019"), (3, "ano", "Água, 2019", "once")),
        (GOOD.replace("Água;2021;4.7;2021;1", "Água;2021;4.7;2021"), (3, "", "4", "cells")),
        (GOOD.replace("Belém;2021", ";2021"), (5, "rede", "", "name")),
        (GOOD.replace("ideb", "nota"), (1, "ideb", "rede, ano, nota, entrou, peso", "column")),
        (GOOD.replace("peso", "ano"), (1, "ano", "rede, ano, ideb, entrou, ano", "one_column")),
        (HEADER, (2, "", "", "rows")),
        ("", (1, "", "", "header")),
        (GOOD.replace("Belém;2019", '"Belém;2019'), (5, "", "unexpected end of data", "quotes")),
        ("PK\3\4\0\0", (1, "", "PK\3\4", "text")),
    ],
)
def test_what_does_not_fit_is_refused_by_line_and_column(tmp_path: Path, text, where):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8", newline="")
    with pytest.raises(TableError) as refused:
        read_table(path, NAMES)
    problems = [(each.line, each.column, each.found, each.expected) for each in refused.value.problems]
    assert where in problems


def test_messages_are_in_the_language_of_the_page_and_nothing_is_written(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text(GOOD.replace("4,5", "alto"), encoding="utf-8")
    code, out, err = call(path)
    assert (code, out) == (1, "")
    assert err == "linha 2, coluna “ideb”: esperava-se um número, sem separador de milhares; encontrado: “alto”.\n"
    assert call(path, "--language", "en")[2].startswith("line 2, column “ideb”: a number expected")
    path.write_text(HEADER + "".join(f"r{i};2019;x;;1\n" for i in range(50)))
    err = call(path)[2]
    assert err.count("\n") == 21
    assert err.endswith("E pelo menos mais 30.\n")
    assert not path.with_suffix(".html").exists()
    assert "esperava-se um arquivo que se possa ler" in call(tmp_path / "b.csv")[2]


def test_an_incomplete_panel_is_refused_or_shortened_aloud(panel_file: Path):
    lines = panel_file.read_text("cp1252").splitlines()
    panel_file.write_text("\n".join([*lines[:8], *lines[9:]]), encoding="utf-8")
    code, _, err = call(panel_file)
    assert code == 1
    assert "1 de 120 unidades não têm resultado (ou característica) em algum período: R1." in err
    code, _, _ = call(panel_file, "--drop-incomplete", "--units", "networks")
    assert code == 0
    page = panel_file.with_suffix(".html").read_text("utf-8").replace("\N{NO-BREAK SPACE}", " ")
    assert "Ficaram de fora, por falta de dados em parte da série: 1 rede de ensino." in page


def test_a_file_of_students_becomes_a_panel_of_schools(tmp_path: Path):
    rng = np.random.default_rng(4)
    lines = ["rede;ano;ideb;entrou;peso"]
    for school in range(40):
        for year in (2019, 2021, 2023):
            gain = 1.0 if school < 20 and year == 2023 else 0.0
            lines += [f"E{school};{year};{gain + rng.normal():.3f};{2023 if school < 20 else 0};1" for _ in range(15)]
    path = tmp_path / "alunos.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    assert "esperava-se uma só linha para cada “rede” e “ano”" in call(path)[2]
    kept = path.with_suffix(".json")
    assert call(path, "--people", "--by-size", "--units", "schools", "--findings", str(kept))[0] == 0
    found = Findings.from_json(kept.read_text("utf-8"))
    assert (found.n_units, found.periods) == (40, [2019, 2021, 2023])
    assert found.overall["estimate"] == pytest.approx(1.0, abs=0.35)
    code, _, err = call(path, "--people", "--fewest", "16")
    assert code == 1
    assert "40 de 40 unidades não têm resultado" in err


def test_a_design_without_anybody_to_compare_with_is_refused_without_a_page(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("rede,ano,ideb,entrou\na,1,1,2\na,2,1,2\nb,1,2,2\nb,2,2,2\n")
    code, _, err = call(path)
    assert code == 1
    assert err.startswith("Nenhuma página foi gravada: ")
    assert not path.with_suffix(".html").exists()


@given(st.binary(max_size=300) | st.text(alphabet="rede;ano,ideb\n\"'0123.,-\t", max_size=200).map(str.encode))
def test_nothing_that_a_file_may_hold_is_anything_but_read_or_refused(data):
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        for content in (data, HEADER.encode() + data):
            path.write_bytes(content)
            try:
                found = read_table(path, NAMES)
            except TableError:
                continue
            assert len({values.size for values in found.values()}) == 1
