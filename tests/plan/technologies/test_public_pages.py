"""Public pages of technologies: what they show, to whom, in how many queries; and the files, all of them."""

import io
import zipfile

import docx
import openpyxl
import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tests.accounts import factories as accounts
from tests.plan.factories import NOON, a_mapping, a_version
from trama.diagnose.models import Area, Criterion, CriterionTechnology, Dimension, Instrument, InstrumentVersion
from trama.plan.models import Adoption, TechnologyVersion
from trama.plan.technologies.content import load_technologies
from trama.plan.technologies.downloads import bundle, extensions_of, instrument_file
from trama.plan.technologies.panels import technologies_of_criterion

pytestmark = pytest.mark.django_db
MARK = "SEGREDO-DO-RASCUNHO"


def a_criterion(*technologies: str) -> Criterion:
    """A criterion of a published self-diagnosis of networks (dimension 3) that names some technologies."""
    instrument = Instrument.objects.create(slug="rede", scope="network")
    version = InstrumentVersion.objects.create(
        instrument=instrument, version="1.0", title_pt="Rede", title_en="Network"
    )
    dimension = Dimension.objects.create(
        version=version, code="3", slug="d3", position=1, title_pt="Planejamento", title_en="Planning"
    )
    area = Area.objects.create(dimension=dimension, code="3.1", slug="a", position=1, title_pt="Área", title_en="Area")
    criterion = Criterion.objects.create(
        version=version, area=area, key="c", code="3.1.1", position=1, title_pt="Plano vivo", title_en="Living plan"
    )
    for slug in technologies:
        CriterionTechnology.objects.create(criterion=criterion, technology=slug)
    InstrumentVersion.objects.filter(pk=version.pk).update(state="published", published_at=NOON)
    return criterion


@pytest.fixture(autouse=True)
def fresh():
    caches["pages"].clear()


def read(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def test_a_published_technology_is_read_in_both_languages(client):
    a_version("uma")
    portuguese, english = read(client, "/tecnologias/uma/"), read(client, "/en/tecnologias/uma/")
    assert "Texto título" in portuguese
    assert "Texto título (en)" not in portuguese
    for text in ("título", "problema", "meta", "evidência", "papel 1", "etapa 3", "pauta", "indicador 2", "risco 3"):
        assert f"Texto {text} (en)" in english, text
    assert "Texto nota (en)" in english
    assert 'href="/en/tecnologias/uma/etapas/etapa-1/"' in english
    assert 'href="/en/tecnologias/uma/documentos/pauta.docx"' in english


def test_filters_narrow_together_and_say_how_many_each_choice_leaves(client):
    a_criterion()
    a_version("alfa", data=a_mapping("Alfa", effort="low"))
    a_version("beta", data=a_mapping("Beta", effort="high"))
    a_version("gama", data=a_mapping("Gama", effort="low", audiences=["teachers"], dimensions=["1"]))
    every = read(client, "/en/tecnologias/")
    assert all(word in every for word in ("Alfa", "Beta", "Gama"))
    low = read(client, "/en/tecnologias/?esforco=low")
    assert "Alfa título" in low
    assert "Beta título" not in low
    both = read(client, "/en/tecnologias/?esforco=low&publico=teachers")
    assert "Gama título" in both
    assert "Alfa título" not in both
    assert '<option value="high">high (0)</option>' in both
    assert '<option value="low" selected>low (1)</option>' in both
    assert "Alfa título" in read(client, "/en/tecnologias/?esforco=unknown")
    assert "Alfa título" in read(client, "/en/tecnologias/?dimensao=3&esforco=low&publico=secretariat")
    assert "Alfa título" not in read(client, "/en/tecnologias/?esforco=high&publico=teachers")


def test_a_stage_shows_its_steps_and_leads_to_its_neighbours(client):
    a_version("uma")
    page = read(client, "/en/tecnologias/uma/etapas/etapa-2/")
    assert "Texto passo 2.1 (en)" in page
    assert "Texto passo 1.1 (en)" not in page
    assert 'href="/en/tecnologias/uma/etapas/etapa-1/"' in page
    assert 'href="/en/tecnologias/uma/etapas/etapa-3/"' in page
    assert 'href="/en/tecnologias/uma/documentos/pauta/"' in page
    read(client, "/en/tecnologias/uma/etapas/etapa-9/", 404)


@pytest.mark.parametrize("state", ["draft", "in_review"])
def test_nothing_of_a_draft_is_public_on_any_page_file_or_panel(client, state):
    """The marker stands in every text of the draft, also where a published version stands beside it."""
    a_version("segredo", state=state, word=MARK)
    a_version("uma", word="Aberta")
    a_version("uma", label="2.0", state=state, word=MARK)
    base = "/tecnologias/segredo/"
    for path in ("", "etapas/etapa-1/", "documentos/pauta/", "documentos/pauta.docx", "documentos.zip", "?versao=1.0"):
        assert MARK not in read(client, base + path, 404)
    for path in (
        "/tecnologias/",
        "/tecnologias/uma/",
        "/tecnologias/uma/etapas/etapa-1/",
        "/tecnologias/uma/documentos/pauta/",
    ):
        for prefix in ("", "/en"):
            assert MARK not in read(client, prefix + path)
    read(client, "/tecnologias/uma/?versao=2.0", 404)
    read(client, "/tecnologias/uma/documentos/pauta.pdf?versao=2.0", 404)
    assert MARK not in read(client, "/buscar/?q=rascunho")
    archive = zipfile.ZipFile(io.BytesIO(client.get("/tecnologias/uma/documentos.zip").content))
    for name in archive.namelist():
        if name.endswith("docx"):
            assert MARK not in "".join(p.text for p in docx.Document(io.BytesIO(archive.read(name))).paragraphs)
    panel = technologies_of_criterion(None, a_criterion("segredo", "uma"))
    assert MARK not in panel
    assert "Aberta título" in panel


def test_the_panel_of_a_criterion_shows_the_technologies_it_names_and_the_page_links_back(client):
    a_version("uma")
    criterion = a_criterion("uma")
    assert 'href="/tecnologias/uma/"' in technologies_of_criterion(None, criterion)
    assert criterion.title_pt in read(client, "/tecnologias/uma/")


def test_an_earlier_version_stays_readable_and_says_that_it_is_one(client):
    a_version("uma", state="retired", word="Antiga")
    a_version("uma", label="2.0", word="Nova")
    assert "Nova título" in read(client, "/tecnologias/uma/")
    old = read(client, "/en/tecnologias/uma/?versao=1.0")
    assert "Antiga título" in old
    assert "earlier version" in old
    assert "/en/tecnologias/uma/etapas/etapa-1/?versao=1.0" in old
    assert "Antiga passo 1.1" in read(client, "/tecnologias/uma/etapas/etapa-1/?versao=1.0")
    assert client.get("/tecnologias/uma/documentos/pauta.docx?versao=1.0").status_code == 200
    assert "?versao=1.0" in read(client, "/tecnologias/uma/")


def test_a_version_in_pilot_is_public_and_marked(client):
    a_version("uma", state="pilot")
    assert "In pilot" in read(client, "/en/tecnologias/")
    assert "In pilot" in read(client, "/en/tecnologias/uma/")


def adopt(version: TechnologyVersion, **fields: object) -> Adoption:
    network = accounts.a_network()
    return Adoption.objects.create(
        version=version, network=network, starts_on=NOON.date(), opened_by=accounts.a_person(), opened_at=NOON,
        **{"state": "active", **fields},
    )  # fmt: skip


def test_only_networks_that_agreed_are_named_and_the_number_is_a_band(client):
    version = a_version("uma")
    assert "Nobody has started it" in read(client, "/en/tecnologias/uma/")
    named, silent = adopt(version, listed=True), adopt(version)
    planned = adopt(version, listed=True, state="planned")
    page = read(client, "/en/tecnologias/uma/")
    assert "1 to 9 networks" in page
    assert str(named.network) in page
    assert str(silent.network) not in page
    assert str(planned.network) not in page
    Adoption.objects.filter(pk=named.pk).update(listed=False, revision=2)
    assert str(named.network) not in read(client, "/en/tecnologias/uma/")
    for _ in range(9):
        adopt(version)
    assert "10 to 19 networks" in read(client, "/en/tecnologias/uma/")


def test_a_kept_page_changes_when_a_version_is_published(client):
    a_version("uma", word="Antiga")
    assert "Antiga" in read(client, "/tecnologias/")
    TechnologyVersion.objects.update(state="retired")
    a_version("uma", label="2.0", word="Nova")
    assert "Nova" in read(client, "/tecnologias/")


@pytest.mark.parametrize(
    ("path", "most"),
    [("", 8), ("uma/", 20), ("uma/etapas/etapa-1/", 10), ("uma/documentos/pauta/", 10)],
)
def test_pages_ask_the_same_number_of_questions_however_much_there_is(client, path, most):
    a_version("uma")
    read(client, f"/tecnologias/{path}?x=1")
    with CaptureQueriesContext(
        connection,
    ) as few:
        read(client, f"/tecnologias/{path}?x=1")
    for number in range(4):
        a_version(f"outra-{number}")
    with CaptureQueriesContext(connection) as many:
        read(client, f"/tecnologias/{path}?x=1")
    assert len(many) == len(few) <= most


@pytest.mark.parametrize("extension", ["docx", "pdf"])
def test_a_document_is_downloaded_under_a_name_in_the_readers_language(client, extension):
    a_version("uma")
    answer = client.get(f"/tecnologias/uma/documentos/pauta.{extension}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="texto-pauta.{extension}"'
    english = client.get(f"/en/tecnologias/uma/documentos/pauta.{extension}")
    assert english.headers["Content-Disposition"] == f'attachment; filename="texto-pauta-en.{extension}"'
    assert english.content != answer.content
    assert client.get(f"/tecnologias/uma/documentos/planilha.{extension}").status_code == 404
    assert client.get("/tecnologias/uma/documentos/pauta.exe").status_code == 404


def test_every_shipped_document_is_made_in_every_format_and_language():
    """14 technologies × their instruments × two languages × their formats; each file opens and has its title."""
    load_technologies(settings.CONTENT_DIR, NOON)
    made, names = 0, set()
    for version in TechnologyVersion.objects.prefetch_related("instruments"):
        for language in ("pt-br", "en"):
            with translation.override(language):
                for instrument in version.instruments.all():
                    for extension in extensions_of(instrument):
                        content = instrument_file(version, instrument, extension)
                        made += 1
                        if extension == "docx":
                            assert docx.Document(io.BytesIO(content)).core_properties.title
                        elif extension == "pdf":
                            assert b"pdfuaid:part" in content
                        else:
                            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
                            assert len(book.sheetnames) >= 2
    version = TechnologyVersion.objects.get(technology__slug="strategic-planning")
    name, content = bundle(version)
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        names = set(pack.namelist())
        assert pack.testzip() is None
    assert name == "planejamento-estrategico-1.0.zip"
    assert len(names) == sum(len(extensions_of(one)) for one in version.instruments.all())
    assert made >= 14 * 3 * 2
