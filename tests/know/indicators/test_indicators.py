"""The pages of indicators: what each means, how far it reaches, how it is spread."""

import pytest

from tests.know import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def ideb():
    for code, value in ((2700102, 5.0), (2700201, 5.0), (2700300, 6.0)):
        make.network(code)
        make.observe(code, "ideb", value, year=2023)
        make.observe(code, "population", 10_000, year=2022, dependency="total", stage="")
    make.observe(2700102, "ideb", None, year=2021, status="d")


@pytest.mark.parametrize("address", [
    "/indicadores/", "/en/indicadores/", "/indicadores/ideb/", "/en/indicadores/ideb/", "/indicadores/population/",
    "/indicadores/ideb/?recorte=municipal-AI&ano=2023", "/indicadores/ideb/dados.csv", "/indicadores/ideb/dados.json",
])  # fmt: skip
def test_pages_answer(ideb, client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert b'style="' not in response.content


@pytest.mark.parametrize("address", ["/indicadores/ideb/?recorte=nada", "/indicadores/ideb/?ano=1999"])
def test_what_was_never_published_is_not_found(ideb, client, address):
    assert client.get(address).status_code == 404


def test_an_indicator_tells_its_coverage_and_its_spread(ideb, client):
    page = client.get("/en/indicadores/ideb/?recorte=municipal-AI&ano=2023").content.decode()
    assert "3 of 3 municipalities have a value" in page
    assert "Half of them lie between 5.0 and 5.5" in page  # by hand: quartiles of 5, 5, 6
    assert "the median is 5.0" in page


def test_an_indicator_without_figures_of_municipalities_says_so(ideb, client):
    make.indicator("mde_share")
    assert "No municipality has this figure yet" in client.get("/en/indicadores/mde_share/").content.decode()


def test_the_download_gives_the_reason_where_there_is_no_value(ideb, client):
    content = client.get("/en/indicadores/ideb/dados.csv?recorte=municipal-AI&ano=2021").content.decode("utf-8-sig")
    lines = content.splitlines()
    assert len(lines) == 2
    assert "not disclosed" in lines[1]
    assert lines[1].startswith("2700102;")


def test_the_queries_do_not_grow_with_the_municipalities(
    ideb, client, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(20) as few:
        client.get("/indicadores/ideb/")
    for code in range(2_700_400, 2_700_440):
        make.observe(make.municipality(code), "ideb", 4.4, year=2023)
    with django_assert_num_queries(len(few)):
        client.get("/indicadores/ideb/")
