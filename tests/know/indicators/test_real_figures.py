"""Known figures of the real files, from the file to the page. Skipped where the files are absent."""

from pathlib import Path

import pytest
from django.utils import translation

from tests.know import factories as make
from trama.know.indicators.columns import reference_value
from trama.know.indicators.panorama import panorama
from trama.know.models import Place
from trama.know.sources.content import load_indicators
from trama.know.sources.services import import_path

pytestmark = [pytest.mark.django_db, pytest.mark.shared_data]
CONTENT = Path(__file__).resolve().parents[3] / "content"
ARIQUEMES = 1100023


@pytest.fixture
def rondonia(shared_data: Path) -> Place:
    load_indicators(CONTENT, make.NOON)
    for code in (1100015, ARIQUEMES, 1100031, 1100049, 1100056, 1100064, 1100072, 1100080, 1100098):
        make.network(code)
    report = import_path(shared_data / "ideb" / "ideb_2025_amostra_rondonia.csv", by=None, at=make.NOON)
    assert report.outcome == "published"
    return Place.objects.get(code=ARIQUEMES)


def test_ariquemes_is_shown_as_inep_published_it(rondonia: Place, client):
    assert reference_value("ideb", ARIQUEMES, "municipal", "AI", 2025).value == 5.7
    assert reference_value("saeb_lp", ARIQUEMES, "municipal", "AI", 2025).value == 207.16
    with translation.override("en"):
        blocks = {one.id: one for section in panorama(rondonia).sections for one in section.blocks}
    series = {row[0]: row[1] for row in blocks["ideb-ai"].figure.rows}
    assert (series["2005"], series["2017"], series["2021"], series["2023"], series["2025"]) == (
        "3.5", "5.4", "4.5", "5.3", "5.7",
    )  # fmt: skip
    assert blocks["saeb_lp-ai"].notes[0] == "2025: 207.16 points, level 4 of the Saeb scale."
    page = client.get(f"/panorama/{ARIQUEMES}/").content.decode()
    assert "207,16" in page


def test_every_edition_of_ariquemes_comes_out_of_its_parts(rondonia: Place):
    blocks = {one.id: one for section in panorama(rondonia).sections for one in section.blocks}
    for name in ("ideb-ai-parts", "ideb-af-parts"):
        rows = blocks[name].tables[0].rows
        assert len(rows) >= 10
        assert {row[7].tone for row in rows} == {"success"}
        assert [row[5].text for row in rows] == [row[6].text for row in rows]
