"""Public pages of instruments: the same for everyone, in both languages, with a constant number of queries."""

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from tests.diagnose import factories as make
from tests.diagnose.factories import NOON
from tests.know import factories as know
from trama.diagnose.instruments.storage import make_current, store_version
from trama.foundation import panels

from .worlds import a_criterion, a_version

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh():
    caches["pages"].clear()
    know.indicator("approval_rate", name_en="Approval rate")


def published(data=None):
    version, _new = store_version(data or a_version(), by=None, at=NOON)
    make_current(version, by=None, at=NOON)
    return version


def page(client, name, *args, language="en", **query):
    with translation.override(language):
        address = reverse(f"diagnose:{name}", args=args)
    answer = client.get(address, query)
    return answer, answer.content.decode()


def test_the_first_page_tells_how_to_begin_and_shows_what_is_current(client):
    published()
    published(a_version(version="1.1"))
    make_draft = a_version(slug="escola", scope="school", title=a_version().title)
    store_version(make_draft, by=None, at=NOON)
    answer, text = page(client, "instruments")
    assert answer.status_code == 200
    assert [v.version for v in answer.context["versions"]] == ["1.1"]
    assert "The first hour, for a team of three" in text
    assert "2 criteria, 1 in the short version. Version 1.1." in text


def test_a_draft_is_seen_by_nobody(client):
    store_version(a_version(), by=None, at=NOON)
    for name, args in (("instrument", ()), ("instrument_text", ()), ("criterion", ("access",)),
                       ("compare_instruments", ()), ("instrument_xlsform", ("1.0", "completo"))):  # fmt: skip
        assert page(client, name, "rede", *args)[0].status_code == 404, name
    assert "Autodiagnóstico in English" not in page(client, "instruments")[1]


def test_an_instrument_shows_its_criteria_and_an_old_version_says_so(client):
    published()
    published(a_version(a_criterion("newer"), version="1.1"))
    text = page(client, "instrument", "rede")[1]
    assert "Título newer in English" in text
    assert "no longer used" not in text
    old = page(client, "instrument", "rede", versao="1.0")[1]
    assert "Título access in English" in old
    assert "This is version 1.0, which is no longer used for new rounds." in old
    assert page(client, "instrument", "rede", versao="9.9")[0].status_code == 404


def test_the_page_speaks_portuguese(client):
    published()
    assert "Título access em português" in page(client, "instrument", "rede", language="pt-br")[1]


def test_a_criterion_shows_question_levels_evidence_law_people_and_figures(client):
    published()
    text = page(client, "criterion", "rede", "access")[1]
    for said in ("Pergunta access? in English", "Nada access in English", "Tudo access in English",
                 "Lista in English", "Dirigente in English", "LDB, art. 5º in English", "Approval rate",
                 "From 60.0 on the figure suggests Basic, from 80.5 Adequate, from 95.0 Exemplary.",
                 "1.1.2 Título flow in English"):  # fmt: skip
        assert said in text, said
    with translation.override("en"):
        assert reverse("know:indicator", args=["approval_rate"]) in text
    assert page(client, "criterion", "rede", "nothing")[0].status_code == 404


def test_a_later_phase_shows_itself_on_a_criterion_and_nothing_stands_there_without_one(client, monkeypatch):
    published()
    monkeypatch.setattr(panels, "_panels", {})
    assert "PANEL" not in page(client, "criterion", "rede", "access")[1]
    monkeypatch.setattr(panels, "_panels", {"criterion": [lambda request, criterion: f"PANEL {criterion.key}"]})
    monkeypatch.setattr(panels, "_states", {"criterion": [lambda: "other"]})
    assert "PANEL access" in page(client, "criterion", "rede", "access")[1]


@pytest.mark.parametrize(
    ("query", "found"),
    [("ata", ["access", "flow"]), ("TITULO ACCESS", ["access"]), ("titulo nothing", []), ("  ", []),
     ("1.1.2", ["flow"]), ("porquê", ["access", "flow"]), ("Pergunta flow", ["flow"]), ("<script>", []), ("日本", [])],
)  # fmt: skip
def test_search_finds_criteria_in_which_every_word_stands(client, query, found):
    published()
    answer, text = page(client, "instrument", "rede", language="pt-br", q=query)
    assert [hit.key for hit in answer.context["hits"]] == found
    assert "<script>" not in text.replace("<script src", "")


def test_a_found_word_is_shown_where_it_stands(client):
    published()
    answer, text = page(client, "instrument", "rede", language="pt-br", q="bastante")
    hit = answer.context["hits"][0]
    assert (hit.before, hit.found, hit.after) == ("", "Bastante", " access em português")
    assert "<mark>Bastante</mark>" in text


def test_comparison_of_versions_shows_words_that_went_and_came(client):
    published()
    anchors = list(a_criterion().anchors)
    anchors[1] = type(anchors[1])("Pouco access em português", "Little access in English")
    published(a_version(a_criterion(anchors=tuple(anchors)), version="1.1"))
    text = page(client, "compare_instruments", "rede")[1]
    assert "What changed from 1.0 to 1.1" in text
    assert "<del>Pouco</del><ins>Little</ins> access in English" in text
    assert "Título flow in English" in text  # removed
    assert page(client, "compare_instruments", "rede", de="7")[0].status_code == 404
    assert "no earlier version" in page(client, "compare_instruments", "rede", para="1.0")[1]


def test_the_form_comes_as_a_spreadsheet_named_after_its_version(client):
    published()
    with translation.override("en"):
        answer = client.get(reverse("diagnose:instrument_xlsform", args=["rede", "1.0", "curto"]))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="autodiagnostico-rede-1-0-curto.xlsx"'
    assert answer.content.startswith(b"PK")
    assert page(client, "instrument_xlsform", "rede", "1.0", "outro")[0].status_code == 404
    assert page(client, "instrument_xlsform", "rede", "2.0", "curto")[0].status_code == 404


def test_a_kept_page_changes_with_a_publication(client):
    published()
    assert "Version 1.0" in page(client, "instruments")[1]
    published(a_version(version="1.1"))
    assert "Version 1.1" in page(client, "instruments")[1]


def test_pages_are_public_and_may_be_kept_by_anyone(client):
    published()
    for name, args in (("instruments", ()), ("instrument", ("rede",)), ("criterion", ("rede", "access"))):
        answer, _ = page(client, name, *args)
        assert answer.headers["Cache-Control"].startswith("public"), name
        assert not answer.cookies


@pytest.mark.parametrize(
    ("name", "args"),
    [("instruments", ()), ("instrument", ("um",)), ("instrument_text", ("um",)), ("criterion", ("um", "c1"))],
)
def test_pages_ask_as_many_questions_for_many_criteria_as_for_few(client, name, args):
    def questions() -> int:
        caches["pages"].clear()
        with CaptureQueriesContext(connection) as asked:
            assert page(client, name, *args)[0].status_code == 200
        return len(asked)

    make.an_instrument((1,), version="1.0", slug="um")
    page(client, name, *args)
    few = questions()
    make.an_instrument((5, 5, 5, 5), version="2.0", slug="um")
    assert questions() == few
