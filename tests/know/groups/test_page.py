"""The page of a group: sums, ranges, order, downloads, both languages."""

import csv
import io
import json
import re
from datetime import date

import pytest
from openpyxl import load_workbook

from tests.know import factories as make
from trama.know.groups.page import group_page
from trama.know.territory.models import NetworkGroup

from .world import ANADIA, ENTERED, LEFT, MEIO, NAMES, ZULU, consortium, figures, lists

pytestmark = pytest.mark.django_db
BEFORE = "2019-12-31"


@pytest.fixture
def group() -> NetworkGroup:
    made = consortium()
    figures()
    lists(made)
    return made


def test_sums_say_how_many_members_they_cover(group):
    page = group_page(group, ENTERED)
    by_code = {column.indicator: column for column in page.columns}
    assert by_code["population"].total == 21_000
    assert by_code["enrolment"].total == 2_120
    assert [(one.known, one.members, one.complete) for one in page.totals] == [(2, 3, False), (2, 3, False)]


def test_an_index_is_never_added_up_nor_averaged(group):
    page = group_page(group, ENTERED)
    ideb = next(column for column in page.columns if column.indicator == "ideb")
    assert ideb.known == [4.2, 5.5, 7.1]
    assert ideb.total is None
    assert not any("deb" in one.name for one in page.totals)
    assert "5,6" not in str(page.ranges.rows)  # 16.8 / 3


def test_the_range_tells_the_ends_and_nobody_s_name(group):
    page = group_page(group, ENTERED)
    assert page.ranges.rows == (("ideb, anos iniciais, 2023", "4,2", "7,1", "3 de 3"),) or page.ranges.rows == (
        ("ideb, early years, 2023", "4,2", "7,1", "3 of 3"),
    )
    assert not any(name in page.ranges.svg for name in NAMES.values())


def test_members_stand_by_name_whatever_their_figures(group):
    assert [line.network.place.name for line in group_page(group, ENTERED).lines] == ["Anadia", "Meio do Mundo", "Zulu"]
    for code, value in ((ZULU, 1.0), (ANADIA, 9.0)):
        make.observe(code, "ideb", value, stage="AI", year=2023, release=make.release("later", "2024"))
    page = group_page(group, ENTERED)
    assert [line.cells[0].text for line in page.lines] == ["9,0", "5,5", "1,0"]
    assert [line.network.place.name for line in page.lines] == ["Anadia", "Meio do Mundo", "Zulu"]


def test_a_small_group_is_withheld_with_its_reason(group, client):
    page = group_page(group, ENTERED)
    position = [column.indicator for column in page.columns].index("enrolment")
    cell = page.lines[1].cells[position]
    assert cell.text == ""
    assert cell.reason
    text = client.get(f"/en/territorios/conisul/?data={BEFORE}").content.decode()
    assert "withheld here to protect small groups" in text
    assert not re.search(r">\s*7\s*<", text)


def test_the_state_s_line_stands_beside_each_member(group):
    (early,) = group_page(group, ENTERED).results
    assert len(early.charts) == 3
    assert all(chart.svg.count('class="p-line p-line-third"') == 1 for chart in early.charts)
    assert early.rows[-1][1:] == ("—", "5,0")  # 2021 was not published for the state


def test_a_member_without_a_value_says_so_and_has_no_drawing(group):
    lonely = make.network(make.municipality(2700409, "Boa Sorte"))
    make.group("conisul", members=(lonely,))
    (early,) = group_page(group, ENTERED).results
    chart = next(chart for chart in early.charts if chart.name == "Boa Sorte")
    assert chart.svg == ""
    assert chart.last


def test_queries_are_the_same_for_one_member_and_for_many(group, django_assert_max_num_queries):
    for code in range(2701000, 2701020):
        make.observe(make.municipality(code), "ideb", 5.0, stage="AI")
        make.group("conisul", members=(code,))
    with django_assert_max_num_queries(8):
        assert len(group_page(group, ENTERED).members) == 23
    with django_assert_max_num_queries(8):
        assert len(group_page(group, date(1990, 1, 1)).members) == 21


def test_the_date_decides_who_is_shown(group, client):
    before = client.get(f"/territorios/conisul/?data={BEFORE}").content.decode()
    after = client.get(f"/territorios/conisul/?data={LEFT.isoformat()}").content.decode()
    address = f'<th scope="row"><a href="/redes/{MEIO}3/"'
    assert address in before
    assert address not in after
    assert f'value="{BEFORE}"' in before


def test_a_date_as_it_is_written_in_brazil_is_read(group, client):
    assert 'value="2019-12-31"' in client.get("/territorios/conisul/?data=31/12/2019").content.decode()


@pytest.mark.parametrize("asked", ["ontem", "2019-02-30", "31/13/2019", "99999"])
def test_what_is_no_date_is_told_and_today_is_shown(group, client, asked):
    response = client.get("/en/territorios/conisul/", {"data": asked})
    assert response.status_code == 400
    assert f"“{asked}” is no date. Expected year, month and day" in response.content.decode()
    assert client.get("/territorios/conisul/dados.csv", {"data": asked}).status_code == 404


def test_nobody_belonged_is_an_answer(client):
    make.group("melhoria-2019", kind="programa", members=(ANADIA,), start=date(2019, 1, 1), end=date(2020, 1, 1))
    text = client.get("/en/territorios/melhoria-2019/?data=2020-01-01").content.decode()
    assert "Nobody belonged to this group on" in text
    assert client.get("/territorios/melhoria-2019/dados.csv?data=2020-01-01").status_code == 200
    assert "no member today; 1 belonged to it" in client.get("/en/territorios/").content.decode()


def test_both_languages_say_that_there_is_no_ranking_and_that_sources_disagree(group, client):
    english = client.get("/en/territorios/conisul/").content.decode()
    assert "No ranking" in english
    assert "The sources do not agree on who belongs" in english
    assert '<html lang="en"' in english
    assert '<html lang="pt-br"' in client.get("/territorios/conisul/").content.decode()
    assert client.get("/territorios/nenhum/").status_code == 404


def test_downloads_equal_the_screen(group, client):
    page = group_page(group, date.fromisoformat(BEFORE))
    screen = {
        (line.network.place_id, column.indicator, column.stage, column.year): column.values[position].value
        for position, line in enumerate(page.lines)
        for column in page.columns
    }
    address = f"/territorios/conisul/dados.%s?data={BEFORE}"
    content = json.loads(client.get(address % "json").content)
    given = {(one["place"], one["indicator"], one["stage"], one["year"]): one["value"] for one in content["figures"]}
    assert given == screen
    sheet = load_workbook(io.BytesIO(client.get(address % "xlsx").content)).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert sorted((row[0], row[2], row[10] or -1) for row in rows) == sorted(
        (place, code, value or -1) for (place, code, _stage, _year), value in screen.items()
    )
    assert all(row[10] is None or isinstance(row[10], int | float) for row in rows)
    assert all((row[10] is None) == bool(row[11]) for row in rows)  # why there is none
    text = client.get(address % "csv").content.decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(text), delimiter=";"))) == len(screen) + 1
    assert client.get(address % "pdf").status_code == 404


def test_a_name_that_looks_like_a_formula_stays_text(client):
    make.observe(make.municipality(2700508, "=1+1"), "ideb", 5.0)
    make.group("conisul", members=(2700508,))
    text = client.get("/territorios/conisul/dados.csv").content.decode("utf-8-sig")
    assert ";'=1+1;" in text
    assert "=1+1" in client.get("/territorios/conisul/").content.decode()


def test_the_map_shows_members_with_links_and_the_others_without(group, client):
    for code in (*NAMES, 2709999):
        make.boundary(make.municipality(code), drawing="state")
    (drawn,) = group_page(group, LEFT).maps
    assert [shape.code for shape in drawn.shapes] == [0, ANADIA, ZULU]
    assert drawn.shapes[0].href == ""
    assert [row[0] for row in drawn.rows] == ["Anadia", "Zulu"]
    assert len(drawn.classes) == 2
