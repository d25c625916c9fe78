"""The panorama: every figure with its universe, its parts, its source, and the reason where there is none."""

import pytest
from django.test import Client
from django.utils import translation

from tests.know import factories as make
from trama.know.indicators.panorama import panorama
from trama.know.models import Place

pytestmark = pytest.mark.django_db
ARIQUEMES = 1100023


@pytest.fixture
def town() -> Place:
    """Ariquemes with three editions, its state and the country; the numbers of 2019 are those of field-facts 7.1."""
    make.network(ARIQUEMES)
    release = make.release(vintage="2023", title="Ideb 2023")
    parts = {"saeb_lp": 200.0, "saeb_mt": 210.0, "ideb_p": 0.9489, "ideb": 5.3}
    for code in parts:
        unit = "saeb_points" if code.startswith("saeb") else "index_0_10"
        make.indicator(code, family="saeb" if code.startswith("saeb") else "ideb", unit=unit, better="")
    for code, value in parts.items():
        make.observe(ARIQUEMES, code, value, year=2019, release=release)
    make.observe(ARIQUEMES, "ideb", None, year=2021, status="d", release=release)
    make.observe(ARIQUEMES, "ideb", 5.6, year=2023, release=release)
    make.observe(ARIQUEMES, "ideb_target", 5.2, year=2019, release=release)
    make.observe(ARIQUEMES, "ideb_target", 5.5, year=2021, release=release)
    make.observe(make.state(11), "ideb", 5.0, year=2019, dependency="publica", release=release)
    make.observe(make.country(), "ideb", 5.7, year=2019, release=release)
    make.observe(make.country(), "ideb", 5.9, year=2019, dependency="publica", release=release)
    return Place.objects.select_related("parent").get(code=ARIQUEMES)


def block(shown, name):
    return next(one for section in shown.sections for one in section.blocks if one.id == name)


def test_the_series_stands_beside_the_state_the_country_and_the_targets_each_with_its_universe(town):
    with translation.override("en"):
        figure = block(panorama(town), "ideb-ai").figure
    assert figure.columns == (
        "Edition",
        f"{town.name}, municipal network",
        "Rondônia, public networks",
        "Brasil, municipal network",
        f"Target of Inep, {town.name}, municipal network",
    )
    assert figure.rows == (
        ("2019", "5.3", "5.0", "5.7", "5.2"),
        ("2021", "—", "—", "—", "5.5"),
        ("2023", "5.6", "—", "—", "—"),
    )


def test_an_edition_that_was_not_disclosed_breaks_the_line_and_gives_its_reason(town):
    with translation.override("en"):
        shown = panorama(town)
    assert 'd="M' in block(shown, "ideb-ai").figure.svg
    main = block(shown, "ideb-ai").figure.svg.split('p-line-main" d="')[1].split('"')[0]
    assert main.count("M") == 2
    assert "L" not in main
    gaps = {row[0].text: (row[1].text, row[2].text) for row in block(shown, "gaps-table").tables[0].rows}
    years, why = gaps["ideb, elementary school, early years (grades 1-5)"]
    assert years == "2021"
    assert why.startswith("not disclosed")


def test_the_ideb_is_worked_out_again_from_its_parts_and_a_difference_is_shown(town):
    table = block(panorama(town), "ideb-ai-parts").tables[0]
    row = [cell.text for cell in table.rows[0]]
    assert row[0] == "2019"
    assert row[3] == "5,61"  # by hand, field-facts 7.1: N = 5.6080
    assert row[5:7] == ["5,3", "5,3"]
    assert table.rows[0][7].tone == "success"
    later = make.release(vintage="2025")
    make.observe(ARIQUEMES, "ideb", 5.4, year=2019, release=later)
    row = block(panorama(town), "ideb-ai-parts").tables[0].rows[0]
    assert [cell.text for cell in row][5:7] == ["5,3", "5,4"]
    assert row[7].tone == "warning"
    assert "0,1" in row[7].text


def test_the_saeb_level_is_the_official_one_closed_on_the_left(town):
    with translation.override("en"):
        notes = block(panorama(town), "saeb_lp-ai").notes
        assert notes[0] == "2019: 200.0 points, level 4 of the Saeb scale."
        assert "“proficient”" in notes[1]
        assert "not official" in notes[1]


def test_key_figures_are_the_last_published_with_the_change_since_the_one_before(town):
    with translation.override("en"):
        figure = panorama(town).key_figures[0]
    assert (figure.label, figure.value, figure.year) == ("ideb, early years", "5.6", 2023)
    assert figure.change == "+0.3 since 2019"
    assert figure.universe == f"{town.name}, municipal network"


def test_every_figure_names_its_definition_and_its_release(town):
    for section in panorama(town).sections:
        for one in section.blocks:
            if one.figure:
                assert one.sources.definitions, one.id
                assert [release.title for release in one.sources.releases] == ["Ideb 2023"], one.id


def test_a_network_without_figures_says_so_and_never_shows_zero(town):
    with translation.override("en"):
        shown = panorama(town, "estadual")
    assert shown.key_figures == ()
    assert [section.id for section in shown.sections] == ["gaps"]
    reasons = {row[2].text for row in block(shown, "gaps-table").tables[0].rows}
    assert reasons == {"no release held here speaks of it"}


def test_the_queries_do_not_grow_with_the_figures(town, django_assert_max_num_queries, django_assert_num_queries):
    with django_assert_max_num_queries(18) as few:
        panorama(town)
    release = make.release(vintage="2024")
    for year in range(2005, 2019):
        for stage in ("AI", "AF", "EM"):
            make.observe(ARIQUEMES, "ideb", 4.0, year=year, stage=stage, release=release)
            make.observe(ARIQUEMES, "approval_rate", 90.0, year=year, stage=stage, release=release)
    with django_assert_num_queries(len(few)):
        panorama(town)


@pytest.mark.parametrize(("address", "words"), [
    ("/panorama/1100023/", ["lang=\"pt-br\"", "5,6", "<title>Município 1100023"]),
    ("/en/panorama/1100023/", ["lang=\"en\"", "5.6", "Municipal network", "Show as a table", "Definition and source"]),
    ("/panorama/", ["Brasil"]),
    ("/panorama/11/", ["Rond"]),
    ("/panorama/1/", ["Regi"]),
    ("/redes/11000233/", ["Rede municipal de"]),
    ("/en/panorama/1100023/?rede=publica", ["Public networks"]),
    ("/panorama/1100023/escolas/", ["1100023"]),
])  # fmt: skip
def test_pages_answer_in_both_languages(town, client: Client, address, words):
    response = client.get(address)
    assert response.status_code == 200
    page = response.content.decode()
    for word in words:
        assert word in page
    assert 'style="' not in page, "the content security policy forbids style attributes"
    assert "sessionid" not in response.cookies
    assert "csrftoken" not in response.cookies


@pytest.mark.parametrize("address", [
    "/panorama/9999999/", "/panorama/1100023/?rede=particular", "/redes/99/", "/panorama/1100023/dados.exe",
    "/indicadores/nada/", "/territorios/nada/",
])  # fmt: skip
def test_what_is_not_there_is_not_found(town, client: Client, address):
    assert client.get(address).status_code == 404


def test_a_page_that_did_not_change_is_not_sent_again_until_a_release_is_published(town, client: Client):
    first = client.get("/panorama/1100023/")
    again = client.get("/panorama/1100023/", headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    make.release(vintage="2025")
    assert client.get("/panorama/1100023/", headers={"if-none-match": first.headers["ETag"]}).status_code == 200


def test_a_kept_page_is_the_page_and_costs_two_queries(town, client: Client, settings, django_assert_max_num_queries):
    settings.CACHES = {
        **settings.CACHES,
        "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "kept-page-test"},
    }
    first = client.get("/panorama/1100023/")
    with django_assert_max_num_queries(3):
        second = client.get("/panorama/1100023/")
    assert second.content == first.content
    packed = client.get("/panorama/1100023/", headers={"accept-encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(first.content) / 3
    assert "5,6" in client.get("/panorama/1100023/?rede=municipal").content.decode()
