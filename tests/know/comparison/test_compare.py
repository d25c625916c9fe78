"""Up to five side by side: what the address asks for, in the reader's order, and what is told of it."""

import csv
import io
import json
import re

import pytest
from openpyxl import load_workbook

from tests.know import factories as make
from trama.know.comparison.page import comparison
from trama.know.comparison.selection import read_selection

pytestmark = pytest.mark.django_db
ANADIA, MACEIO, RECIFE, CABIXI, ZULU, SEXTA = 2700201, 2704302, 2611606, 1100031, 2709301, 2709400
NAMES = {ANADIA: "Anadia", MACEIO: "Maceió", RECIFE: "Recife", CABIXI: "Cabixi", ZULU: "Zulu", SEXTA: "Sexta"}


@pytest.fixture(autouse=True)
def world() -> None:
    """Six municipalities with the Ideb of two editions; the state is told for public networks only."""
    for position, (code, name) in enumerate(NAMES.items()):
        place = make.municipality(code, name)
        make.network(place)
        for year in (2021, 2023):
            make.observe(place, "ideb", 4.0 + position / 2 + (year - 2021) / 4, stage="AI", year=year)
        make.observe(place, "population", 10_000.0 * 4**position, dependency="total", stage="", year=2022)
    make.network(27)
    make.observe(27, "ideb", 5.1, stage="AI", year=2023, dependency="publica")
    make.observe(27, "ideb", 3.9, stage="AI", year=2023, dependency="estadual")
    make.observe(0, "ideb", 5.9, stage="AI", year=2023)


def query(*codes: int) -> str:
    return "&".join(f"lugar={code}" for code in codes)


def shown(query_string: str):
    found = comparison(read_selection(query_string))
    assert found is not None
    return found


def ideb_line(found):
    return next(line for _id, _heading, lines in found.tables for line in lines if line.code == "ideb")


def heads(text: str) -> list[str]:
    first = text.split("<thead>")[1].split("</thead>")[0]
    return re.findall(r'<th scope="col" class="number">([^<]+)</th>', first)


def test_columns_stand_in_the_order_chosen_whatever_their_figures(client):
    there = [choice.name for choice in shown(query(ZULU, ANADIA, MACEIO)).columns]
    back = [choice.name for choice in shown(query(MACEIO, ANADIA, ZULU)).columns]
    assert there == ["Zulu (AL)", "Anadia (AL)", "Maceió (AL)", "Alagoas", "Brasil"]
    assert back == ["Maceió (AL)", "Anadia (AL)", "Zulu (AL)", "Alagoas", "Brasil"]
    assert heads(client.get(f"/comparar/?{query(ZULU, ANADIA, MACEIO)}").content.decode()) == there


def test_places_and_networks_mix_in_one_order():
    found = shown(f"lugar={ZULU}&rede=272&lugar={ANADIA}")
    assert [(one.parameter, one.number) for one in found.selection.choices] == [
        ("lugar", ZULU), ("rede", 272), ("lugar", ANADIA),
    ]  # fmt: skip
    assert [cell.text for cell in ideb_line(found).cells] == ["6,5", "3,9", "4,5", "5,1", "5,9"]


def test_the_state_shows_its_public_networks_and_says_so():
    line = ideb_line(shown(query(ANADIA)))
    assert [(cell.text, bool(cell.universe)) for cell in line.cells] == [("4,5", False), ("5,1", True), ("5,9", False)]


def test_the_state_s_column_stands_only_where_all_lie_in_it():
    assert [choice.place.code for choice in shown(query(ANADIA, RECIFE)).beside] == [0]
    assert [choice.place.code for choice in shown(query(ANADIA, ZULU)).beside] == [27, 0]
    assert [choice.place.code for choice in shown(query(ANADIA) + "&lugar=27").beside] == [0]


def test_a_municipality_is_never_filled_in_with_another_universe():
    lonely = make.municipality(2700300, "Só")
    make.observe(lonely, "ideb", 8.0, stage="AI", year=2023, dependency="publica")
    line = ideb_line(shown(query(ANADIA, 2700300)))
    assert line.cells[1].text == ""
    assert line.cells[1].reason


def test_six_are_too_many_and_nothing_is_lost(client):
    selection = read_selection(query(*NAMES))
    assert len(selection.choices) == 5
    assert [one.number for one in selection.left_out] == [SEXTA]
    text = client.get(f"/en/comparar/?{query(*NAMES)}").content.decode()
    assert "Up to 5 can be compared at a time. Not shown yet: Sexta (AL)." in text
    assert f"?{query(MACEIO, RECIFE, CABIXI, ZULU, SEXTA)}".replace("&", "&amp;") in text  # Anadia taken away
    assert f"dados.csv?{query(*NAMES)}".replace("&", "&amp;") in text
    assert 'name="nome"' not in text


def test_the_same_place_twice_is_one_column():
    assert [one.number for one in read_selection(query(ANADIA, ZULU, ANADIA)).choices] == [ANADIA, ZULU]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("lugar=9999999", "No place has the code 9999999."),
        ("rede=99999993", "No network has the number 99999993."),
        ("lugar=abc", "“abc” is no code."),
        ("rede=privadas", "“privadas” is no code."),
        ("lugar=-1", "“-1” is no code."),
        ("lugar=%C2%B2", "“²” is no code."),
        ("lugar=99999999999999999999", "is no code."),
    ],
)
def test_what_is_unknown_is_told_and_the_rest_stays(client, asked, told):
    text = client.get(f"/en/comparar/?{query(ANADIA)}&{asked}&{query(ZULU)}").content.decode()
    assert told in text
    assert heads(text)[:2] == ["Anadia (AL)", "Zulu (AL)"]


def test_a_school_is_refused_with_a_reason(client):
    make.school(27000001, municipality=ANADIA, name="Escola Aurora")
    text = client.get(f"/en/comparar/?{query(ANADIA)}&lugar=27000001").content.decode()
    assert "Escola Aurora is a school." in text
    assert heads(text)[0] == "Anadia (AL)"


def test_a_typed_name_adds_its_place_and_keeps_the_others(client):
    answer = client.get(f"/comparar/?{query(ZULU)}&rede=estadual&nome=maceio")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/comparar/?{query(ZULU, MACEIO)}&rede=estadual")
    picked = client.get(f"/comparar/?{query(ZULU)}&nome=qualquer&escolhido={RECIFE}")
    assert picked.headers["Location"] == f"/comparar/?{query(ZULU, RECIFE)}"


def test_a_name_of_several_places_gives_a_choice_and_an_unknown_one_a_message(client):
    make.municipality(2700300, "Bom Jesus")
    make.municipality(2611700, "Bom Jesus")
    make.release("more")  # the index follows the releases
    text = client.get(f"/en/comparar/?{query(ZULU)}&nome=bom+jesus").content.decode()
    assert "More than one place is called like “bom jesus”" in text
    assert f"?{query(ZULU, 2700300)}".replace("&", "&amp;") in text
    assert f"?{query(ZULU, 2611700)}".replace("&", "&amp;") in text
    text = client.get("/en/comparar/?nome=xyzxyzxyz").content.decode()
    assert "No municipality or state is called like “xyzxyzxyz”." in text


def test_nothing_chosen_yet_is_an_invitation(client):
    for address, words in (("/en/comparar/", "Choose the first place"), ("/comparar/", '<html lang="pt-br"')):
        answer = client.get(address)
        assert answer.status_code == 200
        assert words in answer.content.decode()
    assert client.get("/comparar/dados.json").status_code == 200


def test_the_tab_changes_the_dependency_of_places_but_not_of_networks():
    make.observe(ANADIA, "ideb", 2.2, stage="AI", year=2023, dependency="estadual")
    line = ideb_line(shown(f"{query(ANADIA)}&rede={ZULU}3&rede=estadual"))
    assert [cell.text for cell in line.cells[:2]] == ["2,2", "6,5"]


def test_one_row_is_one_edition():
    make.observe(ANADIA, "ideb", 9.9, stage="AI", year=2025)  # an advance sample of one
    line = ideb_line(shown(query(ANADIA, ZULU, MACEIO)))
    assert (line.year, line.cells[0].text) == (2023, "4,5")


def test_a_great_difference_in_size_is_told_before_any_result():
    assert shown(query(ANADIA, MACEIO)).unlike == ()  # 4 times
    (sentence,) = shown(query(ANADIA, RECIFE)).unlike  # 16 times
    assert "16" in sentence


def test_small_groups_are_withheld_in_page_and_download(client):
    make.observe(ANADIA, "enrolment", 6.0, stage="EF", year=2023)
    make.observe(ZULU, "enrolment", 300.0, stage="EF", year=2023)
    line = next(one for one in shown(query(ANADIA, ZULU)).tables[0][2] if one.code == "enrolment")
    assert [cell.text for cell in line.cells[:2]] == ["", "300"]
    content = json.loads(client.get(f"/comparar/dados.json?{query(ANADIA, ZULU)}").content)
    given = {one["place"]: one["value"] for one in content["figures"] if one["indicator"] == "enrolment"}
    assert given[ANADIA] is None
    assert given[ZULU] == 300


def test_queries_do_not_grow_with_the_choices(django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        shown(query(ANADIA))
    with django_assert_num_queries(len(one)):
        shown(query(ANADIA, MACEIO, RECIFE, CABIXI, ZULU))
    assert len(one) <= 14


def test_downloads_equal_the_screen_and_numbers_are_numbers(client):
    address = f"/comparar/dados.%s?{query(ZULU, ANADIA)}"
    found = shown(query(ZULU, ANADIA))
    screen = {
        (row.place.code, row.key.indicator, row.key.dependency, row.value.year): row.value.value for row in found.rows
    }
    assert (ZULU, "ideb", "municipal", 2021) in screen  # a point of the chart
    assert screen[27, "ideb", "publica", 2023] == 5.1
    content = json.loads(client.get(address % "json").content)
    given = {(f["place"], f["indicator"], f["dependency"], f["year"]): f["value"] for f in content["figures"]}
    assert given == screen
    rows = list(load_workbook(io.BytesIO(client.get(address % "xlsx").content)).worksheets[0].values)[1:]
    assert len(rows) == len(screen)
    assert all(isinstance(row[10], int | float) or (row[10] is None and row[11]) for row in rows)
    text = client.get(address % "csv").content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert len(lines) == len(screen) + 1
    assert client.get(address % "exe").status_code == 404


def test_charts_hold_every_chosen_line_and_their_table():
    (heading, (chart,)) = shown(query(ZULU, ANADIA)).charts[0]
    assert heading == "ideb"
    assert [key.label.split(",")[0] for key in chart.figure.keys] == ["Zulu (AL)", "Anadia (AL)", "Alagoas", "Brasil"]
    assert chart.figure.rows[-1] == ("2023", "6,5", "4,5", "5,1", "5,9")
    assert chart.figure.rows[0] == ("2021", "6,0", "4,0", "—", "—")


def test_the_page_says_that_it_is_no_ranking(client):
    assert "It is no ranking" in client.get(f"/en/comparar/?{query(ANADIA)}").content.decode()
