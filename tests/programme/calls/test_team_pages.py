"""The team's pages: who may open them, the way from a new call to a public one, conflicts, files."""

import io
from datetime import UTC, datetime

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from tests.accounts.factories import person_with
from tests.know import factories as know
from tests.programme import factories as make
from tests.programme.factories import BELOW_COUNTRY, BELOW_STATE, ENROLMENT, POPULATION, all_of, any_of
from trama.accounts.models import Organisation
from trama.foundation.audit.models import Event
from trama.programme.eligibility.assessment import forget_answers
from trama.programme.eligibility.reading import path_from
from trama.programme.eligibility.selectors import draft_version, tree_of
from trama.programme.models import Call, RuleVersion

pytestmark = pytest.mark.django_db
RULE = all_of(POPULATION, ENROLMENT, any_of(BELOW_STATE, BELOW_COUNTRY))


@pytest.fixture(autouse=True)
def fresh():
    forget_answers()


@pytest.fixture
def admin_client(client: Client) -> Client:
    client.force_login(make.admin())
    return client


def address(name: str, *args: object) -> str:
    with translation.override("pt-br"):
        return reverse(f"programme:{name}", args=args)


CALL_FIELDS = {
    "title_pt": "Edital novo",
    "title_en": "New call",
    "summary_pt": "Resumo",
    "summary_en": "Summary",
    "text_pt": "Texto",
    "text_en": "Text",
    "opens_at": "2026-03-01T08:00",
    "closes_at": "2026-03-31T23:59",
    "time_zone": "America/Rio_Branco",
    "slug": "edital-novo",
    "source_note": "",
}
CONDITION_FIELDS = {
    "indicator": "population",
    "stage": "",
    "dependency": "total",
    "location": "",
    "year_policy": "fixed",
    "year": "2020",
    "operator": "le",
    "compared_with": "number",
    "threshold": "550.000",
    "reference_dependency": "publica",
    "label_pt": "",
    "label_en": "",
}


@pytest.mark.parametrize("name", ["team_calls", "new_call"])
@pytest.mark.parametrize("role", ["network_principal", "trainer", "state_team", "teacher"])
def test_other_roles_do_not_enter(client, role, name):
    client.force_login(person_with(role))
    assert client.get(address(name)).status_code == 403


def test_who_is_not_signed_in_is_asked_to(client):
    assert client.get(address("team_calls")).status_code == 302


def test_a_call_of_another_programme_does_not_exist_for_this_team(client):
    other = Organisation.objects.create(kind="programme", name="Outro", slug="outro")
    theirs = make.call("alheio", organisation=other)
    make.version(make.category(theirs), RULE, published=False)
    client.force_login(make.admin())
    assert "alheio" not in client.get(address("team_calls")).content.decode()
    for name, args in (
        ("team_call", ()), ("edit_call", ()), ("publish_call", ()), ("rule", ("municipal",)),
        ("preview", ("municipal",)), ("export_preview", ("municipal", "csv")), ("condition", ("municipal",)),
    ):  # fmt: skip
        assert client.get(address(name, "alheio", *args)).status_code == 404, name


def test_from_a_new_call_to_a_public_one(admin_client):
    """The whole way, by forms alone: call, category, rule, publishing."""
    make.four_networks()
    answer = admin_client.post(
        address("new_call"), CALL_FIELDS | {"organisation": str(make.the_programme().pk)}, follow=True
    )
    assert answer.status_code == 200
    call = Call.objects.get()
    assert call.closes_at == datetime(2026, 4, 1, 4, 59, 59, tzinfo=UTC)  # 23:59:59 in Acre, five hours behind
    admin_client.post(
        address("new_category", call.slug),
        {"name_pt": "Municipal", "name_en": "Municipal", "slug": "municipal", "position": "1", "admission": "rule"},
    )
    admin_client.post(address("start_version", call.slug, "municipal"))
    admin_client.post(address("rule", call.slug, "municipal"), {"revision": "1", "caminho": "", "acao": "grupo"})
    admin_client.post(address("condition", call.slug, "municipal"), CONDITION_FIELDS | {"revision": "2", "caminho": ""})
    below = CONDITION_FIELDS | {
        "indicator": "ideb", "stage": "AI", "dependency": "municipal", "year": "2019", "operator": "lt",
        "compared_with": "state-published", "threshold": "",
    }  # fmt: skip
    saved = admin_client.post(
        address("condition", call.slug, "municipal"), below | {"revision": "3", "caminho": "0"}, follow=True
    )
    assert saved.status_code == 200
    draft = draft_version(call.categories.get())
    assert draft is not None
    assert tree_of(draft) == all_of(any_of(BELOW_STATE), POPULATION)
    call.refresh_from_db()
    assert admin_client.get(address("publish_call", call.slug)).status_code == 200
    admin_client.post(address("publish_call", call.slug), {"revision": str(call.revision)})
    call.refresh_from_db()
    assert call.state == "published"
    assert RuleVersion.objects.get().is_published
    assert Event.objects.filter(verb="call published", target_id=str(call.pk)).exists()


def test_an_incomplete_call_says_what_it_lacks_and_stays_a_draft(admin_client):
    call = make.call(title_en="", closes_at=None)
    page = admin_client.get("/en" + address("team_call", call.slug)).content.decode()
    assert "The title is missing in English." in page
    assert "The dates of opening and closing are missing." in page
    admin_client.post(address("publish_call", call.slug), {"revision": "1"})
    call.refresh_from_db()
    assert call.state == "draft"


def test_the_team_prepares_but_does_not_publish(client):
    call = make.call()
    make.version(make.category(call), RULE, published=False)
    client.force_login(make.team())
    assert client.get(address("edit_call", call.slug)).status_code == 200
    assert client.get(address("publish_call", call.slug)).status_code == 403
    assert client.post(address("publish_call", call.slug), {"revision": "1"}).status_code == 403


def test_two_editors_of_a_call_meet_in_a_conflict_and_see_both_texts(admin_client):
    call = make.call("edital-novo")
    form = CALL_FIELDS | {"organisation": str(make.the_programme().pk), "revision": "1"}
    admin_client.post(address("edit_call", call.slug), form | {"text_pt": "Primeira pessoa"})
    second = admin_client.post(address("edit_call", call.slug), form | {"text_pt": "Segunda pessoa"})
    page = second.content.decode()
    assert second.status_code == 409
    assert "Primeira pessoa" in page
    assert "Segunda pessoa" in page
    call.refresh_from_db()
    assert call.text_pt == "Primeira pessoa"
    again = admin_client.post(address("edit_call", call.slug), form | {"text_pt": "Segunda pessoa", "revision": "2"})
    assert again.status_code == 302
    call.refresh_from_db()
    assert call.text_pt == "Segunda pessoa"


def test_two_editors_of_a_rule_meet_in_a_conflict(admin_client):
    category = make.category(make.call())
    draft = make.version(category, all_of(POPULATION, ENROLMENT), published=False)
    there = address("rule", "chamada", "municipal")
    assert admin_client.post(there, {"revision": "1", "caminho": "0", "acao": "remover"}).status_code == 302
    assert admin_client.post(there, {"revision": "1", "caminho": "0", "acao": "remover"}).status_code == 409
    assert tree_of(draft) == all_of(ENROLMENT)


def test_a_change_of_a_condition_that_someone_moved_is_not_written_over_another(admin_client):
    category = make.category(make.call())
    draft = make.version(category, all_of(POPULATION, ENROLMENT), published=False)
    there = address("condition", "chamada", "municipal")
    opened = admin_client.get(there, {"caminho": "0"}).context["form"]
    admin_client.post(address("rule", "chamada", "municipal"), {"revision": "1", "caminho": "0", "acao": "remover"})
    form = CONDITION_FIELDS | {"threshold": "1", "revision": "1", "mark": opened["mark"].value(), "caminho": "0"}
    first = admin_client.post(there, form)
    assert first.status_code == 409
    assert first.context["form"]["revision"].value() == "1"  # saving again is refused again
    assert tree_of(draft) == all_of(ENROLMENT)


@pytest.mark.parametrize("caminho", ["9", "0.0.0", "x", "-1", "0." * 20 + "0"])
def test_a_place_in_the_rule_that_does_not_exist_is_not_found(admin_client, caminho):
    make.version(make.category(make.call()), all_of(POPULATION), published=False)
    assert admin_client.get(address("condition", "chamada", "municipal"), {"caminho": caminho}).status_code == 404


def test_a_path_is_read_as_it_was_written():
    assert path_from("") == ()
    assert path_from("0.12.3") == (0, 12, 3)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"year": ""}, "year"), ({"threshold": ""}, "threshold"), ({"threshold": "dez"}, "threshold"),
     ({"indicator": "nada"}, "indicator"), ({"operator": "eq"}, "operator"), ({"year": "12"}, "year")],
)  # fmt: skip
def test_a_condition_with_a_hole_says_where(admin_client, change, field):
    draft = make.version(make.category(make.call()), all_of(POPULATION), published=False)
    form = CONDITION_FIELDS | {"revision": "1", "caminho": ""} | change
    answer = admin_client.post(address("condition", "chamada", "municipal"), form)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert tree_of(draft) == all_of(POPULATION)


@pytest.fixture
def previewed(admin_client):
    networks = make.four_networks()
    make.version(make.category(make.call()), RULE, published=False)
    return admin_client, networks


def test_the_preview_counts_every_answer_and_lists_the_networks(previewed):
    client, _networks = previewed
    answer = client.get(address("preview", "chamada", "municipal"))
    assert answer.context["counts"] == {"met": 1, "not_met": 2, "unknown": 1}
    assert [row.place for row, _ in answer.context["rows"]] == [2600054, 2600104, 2700201, 2700300]


def test_one_network_is_explained_under_a_draft_and_says_the_same_as_the_list(previewed):
    client, networks = previewed
    listed = client.get("/en" + address("preview", "chamada", "municipal")).context["rows"]
    for network in networks:
        one = client.get("/en" + address("preview_network", "chamada", "municipal", network.pk))
        (row,) = [row for row, _ in listed if row.network == network.pk]
        assert one.context["answer"].verdict == row.verdict
        assert "Population, 2020: at most 550,000" in one.content.decode()
    assert client.get(address("preview_network", "chamada", "municipal", 99)).status_code == 404


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ({"resposta": "1"}, [2700201]),
        ({"resposta": "2"}, [2600054]),
        ({"uf": "27"}, [2700201, 2700300]),
        ({"regiao": "2", "porte": "d"}, [2700300]),
        ({"porte": "b", "uf": "26"}, [2600054, 2600104]),
        ({"resposta": "nada"}, [2600054, 2600104, 2700201, 2700300]),
    ],
)
def test_the_filters_narrow_the_list(previewed, query, places):
    client, _networks = previewed
    answer = client.get(address("preview", "chamada", "municipal"), query)
    assert [row.place for row, _ in answer.context["rows"]] == places


def test_the_files_say_what_the_screen_says_in_typed_cells(previewed):
    client, _networks = previewed
    screen = client.get("/en" + address("preview", "chamada", "municipal"), {"uf": "27"})
    file = client.get("/en" + address("export_preview", "chamada", "municipal", "xlsx"), {"uf": "27"})
    sheet = openpyxl.load_workbook(io.BytesIO(file.content)).worksheets[0]
    header, *lines = sheet.iter_rows(values_only=True)
    assert [line[0] for line in lines] == [row.place for row, _ in screen.context["rows"]]
    words = {1: "met", 0: "not met", 2: "unknown"}
    assert [line[4] for line in lines] == [words[row.verdict] for row, _ in screen.context["rows"]]
    assert header[6] == "Population, 2020: at most 550,000"
    assert lines[0][6:11] == ("met", 60_000, 2020, None, "MEC/Inep, tests 2023 (2023)")
    assert lines[0][16:20] == ("met", 4.5, 2019, 5.1)  # the Ideb and the reference of the state, as numbers


def test_a_name_that_looks_like_a_formula_is_text_in_both_files(previewed):
    client, networks = previewed
    place = networks[0].place
    place.name = "=HYPERLINK(1)"
    place.save()
    forget_answers()
    csv_file = client.get(address("export_preview", "chamada", "municipal", "csv")).content.decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in csv_file
    xlsx = client.get(address("export_preview", "chamada", "municipal", "xlsx")).content
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(xlsx)).worksheets[0].iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == "=HYPERLINK(1)"] == ["s"]


def test_other_formats_do_not_exist(previewed):
    client, _networks = previewed
    assert client.get(address("export_preview", "chamada", "municipal", "pdf")).status_code == 404


def test_two_versions_are_compared_by_who_changes_answer(admin_client):
    make.four_networks()
    category = make.category(make.call(state="published"))
    make.version(category, all_of(POPULATION), number=1)  # 60, 900, 80 and 70 thousand: all but the second
    make.version(category, all_of(ENROLMENT), number=2)  # 12, 99 thousand, unknown, 11 thousand
    answer = admin_client.get(address("compare_versions", "chamada", "municipal"))
    counts = [entry["count"] for entry in answer.context["lists"]]
    assert counts == [1, 0, 1, 0]  # the second enters; nobody leaves; the third turns unknown
    assert answer.context["lists"][0]["networks"][0][2] == 27003003
    back = admin_client.get(address("compare_versions", "chamada", "municipal"), {"a": "2", "b": "1"})
    assert [entry["count"] for entry in back.context["lists"]] == [1, 1, 0, 0]


def test_closing_and_archiving_ask_first(admin_client):
    call = make.call(state="published")
    assert admin_client.get(address("close_call", call.slug)).status_code == 200
    admin_client.post(address("close_call", call.slug))
    call.refresh_from_db()
    assert call.state == "closed"
    assert call.closed_at is not None
    admin_client.post(address("close_call", call.slug))
    call.refresh_from_db()
    assert call.state == "archived"


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_opens_in_both_languages(admin_client, prefix):
    make.four_networks()
    category = make.category(make.call(state="published"))
    make.version(category, RULE, number=1)
    make.version(category, RULE, number=2, published=False)
    for name, args in (
        ("team_calls", ()), ("new_call", ()), ("team_call", ("chamada",)), ("edit_call", ("chamada",)),
        ("close_call", ("chamada",)), ("new_category", ("chamada",)), ("edit_category", ("chamada", "municipal")),
        ("rule", ("chamada", "municipal")), ("condition", ("chamada", "municipal")),
        ("publish_version", ("chamada", "municipal")), ("discard_version", ("chamada", "municipal")),
        ("preview", ("chamada", "municipal")), ("compare_versions", ("chamada", "municipal")),
    ):  # fmt: skip
        assert admin_client.get(prefix + address(name, *args)).status_code == 200, name


def test_questions_of_the_preview_do_not_grow_with_the_networks(previewed, django_assert_max_num_queries):
    client, _networks = previewed
    know.network(2900099)  # of which nothing is known: one question per missing figure, to say why
    forget_answers()
    client.get(address("preview", "chamada", "municipal"))
    with CaptureQueriesContext(connection) as few:
        client.get(address("preview", "chamada", "municipal"))
    asked = len(few)
    assert 0 < asked <= 30
    for code in range(2900000, 2900020):
        know.network(code)
    forget_answers()
    client.get(address("preview", "chamada", "municipal"))
    with django_assert_max_num_queries(asked):
        client.get(address("preview", "chamada", "municipal"))
