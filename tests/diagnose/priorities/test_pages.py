"""The pages of priorities: the whole way by forms, who may, what is hidden, conflicts, files, cost."""

import io
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from tests.accounts import factories as accounts
from tests.diagnose import factories as make
from tests.diagnose.factories import NOON
from trama.diagnose.models import Agreement, GutScore, PrioritySignature, Round
from trama.diagnose.priorities import services
from trama.diagnose.priorities.lines import priorities_of
from trama.diagnose.priorities.selectors import list_of, order_of
from trama.diagnose.rounds.content import hash_of
from trama.diagnose.rounds.pdf import page_count

from . import worlds
from .test_decision import FIRST_THREE, decide, sign

pytestmark = pytest.mark.django_db
PAGES = ("priorities", "priority_factors", "priority_scores", "priority_decide", "priority_explain")
FILES = ("priority_factors_xlsx", "priority_explain_pdf")


def address(name: str, of: Round, *args: Any) -> str:
    with translation.override("pt-br"):
        return reverse(f"diagnose:{name}", args=[of.uid, *args])


@pytest.fixture
def of() -> Round:
    return worlds.a_worked_round()


@pytest.fixture
def director(client: Client, of: Round) -> Client:
    client.force_login(of.opened_by)
    client.cookies["django_language"] = "en"
    return client


def text(client: Client, where: str, status: int = 200) -> str:
    answer = client.get(f"/en{where}")
    assert answer.status_code == status, where
    return " ".join(answer.content.decode().split())


def test_each_position_says_why_and_what_would_change_it(director, of):
    page = text(director, address("priorities", of))
    order = order_of(list_of(of))
    with translation.override("en"):
        from trama.diagnose.priorities.wording import what_would_move, why

        for place in order.places:
            assert why(place, order, "network") in page
            assert what_would_move(place, order) in page
    assert "meals (en)" in page.split("What is not in the list")[1]
    assert "meals (en)" not in page.split("What is not in the list")[0]


def test_the_order_is_not_there_before_the_round_is_submitted(client):
    of = make.a_round(version=worlds.an_instrument_with(worlds.WORKED), state="agreeing")
    client.force_login(of.opened_by)
    assert "First the team agrees and submits" in text(client, address("priorities", of))
    for name in PAGES[1:] + FILES:
        assert client.get(address(name, of)).status_code == 404, name


@pytest.mark.parametrize("role", ["network_principal", "network_team", "programme_admin", "teacher"])
def test_a_round_of_others_does_not_exist(client, of, role):
    decide(of, *FIRST_THREE)
    made = sign(of)
    client.force_login(accounts.person_with(role))
    for name in PAGES + FILES:
        assert client.get(address(name, of)).status_code == 404, name
    for name, args in (("priority_criterion", [1]), ("priority_signed", [made.number]),
                       ("priority_signed_content", [made.number])):  # fmt: skip
        assert client.get(address(name, of, *args)).status_code == 404, name
    for name in ("priority_weights", "priority_score", "priority_look"):
        assert client.post(address(name, of), {"item": "1", "value": "1"}).status_code == 404, name


def test_a_respondent_reads_and_scores_and_nothing_else(client, of):
    member = make.a_member(of)
    client.force_login(member.user)
    assert client.get(address("priorities", of)).status_code == 200
    assert client.get(address("priority_decide", of)).status_code == 403
    assert client.get(address("priority_sign", of)).status_code == 403
    assert client.get(address("priority_reopen", of)).status_code == 403
    values = {"gap": "2.0", "importance": "1.0", "reach": "1.0", "governability": "1.0", "gut": "1.0", "revision": "1"}
    assert client.post(address("priority_weights", of), values).status_code == 403
    adjust = {"reach": "2", "governability": "", "reason": "x", "revision": "0"}
    assert client.post(address("priority_criterion", of, 1), adjust).status_code == 403
    assert list_of(of).weight_gap == 1.0


def test_what_others_scored_is_nowhere_before_scoring_oneself(client, of):
    member = make.a_member(of)
    client.force_login(member.user)
    page = text(client, address("priorities", of))
    assert "GUT is" not in page
    assert "does not count gravity, urgency and trend yet" in page
    table = text(client, address("priority_factors", of))
    assert "92.2" not in table  # the score with GUT
    criterion = text(client, address("priority_criterion", of, 1))
    assert "Who scored what" not in criterion
    assert of.opened_by.name not in criterion.split("<main")[1]
    worlds.score_all(of, member, {"attendance": 1, "training": 2, "career": 1, "buildings": 1})
    criterion = text(client, address("priority_criterion", of, 1))
    assert of.opened_by.name in criterion.split("Who scored what")[1]
    assert "4 points apart" in criterion
    assert "GUT is" in text(client, address("priorities", of))


def test_a_score_is_saved_as_it_is_tapped_and_a_second_device_meets_a_conflict(client, of):
    member = make.a_member(of)
    client.force_login(member.user)
    training = worlds.item(of, "training")
    sent = {"item": str(training.pk), "part": "gravity", "value": "4", "before": ""}
    first = client.post(address("priority_score", of), sent)
    assert (first.status_code, first.json()) == (200, {"saved": 4})
    assert client.post(address("priority_score", of), sent).json() == {"saved": 4}  # sent again
    other = client.post(address("priority_score", of), sent | {"value": "2"})
    assert (other.status_code, other.json()["there"]) == (409, 4)
    assert GutScore.objects.get(member=member).gravity == 4
    for wrong in ({"value": "9"}, {"value": "x"}, {"item": "0"}, {"item": "²"}, {"part": "gap"}):
        assert client.post(address("priority_score", of), sent | wrong).status_code in (403, 404, 409), wrong


def test_scoring_works_without_scripts_one_question_after_the_other(client, of):
    member = make.a_member(of)
    client.force_login(member.user)
    items = [place.facts.item.pk for place in order_of(list_of(of), with_gut=False).places]
    for here, then in (("gravidade", "urgencia"), ("urgencia", "tendencia"), ("tendencia", "")):
        page = text(client, address("priority_scores", of) + f"?parte={here}")
        assert page.count("<fieldset") == len(items)
        data = {f"score-{pk}": "3" for pk in items} | {f"before-{pk}": "" for pk in items}
        answer = client.post(address("priority_scores", of) + f"?parte={here}", data)
        assert answer.status_code == 302
        assert answer.headers["Location"].endswith(f"?parte={then}" if then else "/prioridades/")
    assert [(s.gravity, s.urgency, s.trend) for s in GutScore.objects.filter(member=member)] == [(3, 3, 3)] * 4


def test_weights_are_tried_before_they_are_saved_and_taken_back(director, of):
    tried = {"gap": "2.0", "importance": "1.0", "reach": "1.0", "governability": "1.0", "gut": "1.0", "revision": "1"}
    page = director.get(address("priority_factors", of), tried).content.decode()
    assert list_of(of).weight_gap == 1.0
    assert " ".join(page.split()).count("was ") + page.count("era ") >= 2 or "(" in page
    assert director.post(address("priority_weights", of), tried).status_code == 302
    assert list_of(of).weight_gap == 2.0
    stale = director.post(address("priority_weights", of), tried | {"gap": "0.5"})
    assert stale.status_code == 409
    assert list_of(of).weight_gap == 2.0
    assert director.post(address("priority_weights", of), tried | {"gap": "0.4"}).status_code == 400
    usual = dict.fromkeys(("gap", "importance", "reach", "governability", "gut"), "1.0")
    assert director.post(address("priority_weights", of), usual | {"revision": "2"}).status_code == 302
    assert list_of(of).weight_gap == 1.0


def test_two_editors_of_a_factor_see_both(director, of):
    where = address("priority_criterion", of, 2)
    mine = {"reach": "2", "governability": "", "reason": "Minha razão", "revision": "0"}
    assert director.post(where, mine).status_code == 302
    theirs = director.post(where, mine | {"reach": "4", "reason": "Outra razão"})
    assert theirs.status_code == 409
    shown = theirs.content.decode()
    assert "Minha razão" in shown
    assert "Outra razão" in shown
    assert order_of(list_of(of)).facts[1].reach == 2
    assert director.post(where, mine | {"reach": "4", "revision": "1"}).status_code == 302  # knowingly
    assert order_of(list_of(of)).facts[1].reach == 4


def places(of: Round, *keys: str) -> dict[str, str]:
    return {f"place_{pk}": str(n) for n, pk in enumerate(worlds.pks(of, *keys), start=1)}


def test_from_the_order_to_a_signed_list_and_back_by_forms(director, of):
    where = address("priority_decide", of)
    assert director.get(where).status_code == 200
    chosen = places(of, "career", "attendance", "training") | {"revision": "1"}
    review = director.post(where, chosen | {"step": "review"})
    career = worlds.pks(of, "career")[0]
    assert f"reason_{career}" in review.content.decode()
    refused = director.post(where, chosen | {"step": "save"})
    assert refused.status_code == 400
    assert priorities_of(of) == []
    saved = director.post(where, chosen | {"step": "save", f"reason_{career}": "O prazo é agora."})
    assert saved.status_code == 302
    page = text(director, address("priorities", of))
    assert "computed: place 3" in page
    assert "O prazo é agora." in page
    assert director.get(address("priority_sign", of)).status_code == 200
    stale = director.post(address("priority_sign", of), {"revision": "1"})
    assert stale.status_code == 409
    done = director.post(address("priority_sign", of), {"revision": "2"})
    made = PrioritySignature.objects.get()
    assert done.headers["Location"].endswith(f"/{made.number}/")
    assert made.content_hash in text(director, address("priority_signed", of, made.number))
    content = director.get(address("priority_signed_content", of, made.number)).content.decode()
    assert hash_of(content) == made.content_hash
    assert director.get(where).status_code == 302  # nothing to decide any more
    assert director.post(address("priority_reopen", of), {"reason": ""}).status_code == 200
    assert director.post(address("priority_reopen", of), {"reason": "Faltou ouvir o conselho."}).status_code == 302
    page = text(director, address("priorities", of))
    assert made.number in page
    assert "Faltou ouvir o conselho." in page


def test_two_people_deciding_see_both_decisions(director, of):
    decide(of, *FIRST_THREE)
    training = worlds.pks(of, "training")[0]
    mine = places(of, "training", "attendance", "career") | {f"reason_{training}": "Minha razão", "step": "save"}
    answer = director.post(address("priority_decide", of), mine | {"revision": "1"})
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "Minha razão" in shown
    assert 'name="revision" value="2"' in shown
    assert [one.title for one in priorities_of(of)] == list(FIRST_THREE)
    assert director.post(address("priority_decide", of), mine | {"revision": "2"}).status_code == 302


@pytest.mark.parametrize("broken", [{}, {"revision": "x"}, "same place"])
def test_a_choice_that_makes_no_sense_says_so(director, of, broken):
    values = {"revision": "1", "step": "save"}
    if broken == "same place":
        values |= dict.fromkeys(places(of, "training", "career"), "1")
    else:
        values |= broken
    assert director.post(address("priority_decide", of), values).status_code == 400
    assert priorities_of(of) == []


def test_the_page_for_the_mayor_fits_one_sheet_even_with_five_long_priorities(director):
    texts = {f"criterio-{n}": (n % 3 + 1, 3, 3, 2, 4) for n in range(5)}
    of = make.a_submitted_round(
        director_network := accounts.a_network(), [row[0] for row in texts.values()],
        version=worlds.an_instrument_with(texts),
    )  # fmt: skip
    worlds.score_all(of, worlds.coordinator(of), dict.fromkeys(texts, 4))
    ranked = [place.facts.item.pk for place in order_of(list_of(of)).places]
    chosen = [ranked[4], *ranked[:4]]
    services.decide(
        of, chosen, reasons={ranked[4]: "A equipe decidiu por isto. " * 10}, number_reason="", revision=1,
        by=of.opened_by, at=NOON,
    )  # fmt: skip
    director.force_login(of.opened_by)
    assert "A equipe decidiu" in text(director, address("priority_explain", of))
    for language in ("", "/en"):
        made = director.get(f"{language}{address('priority_explain_pdf', of)}").content
        assert made.startswith(b"%PDF-")
        assert page_count(made) == 1
    assert director_network == of.network


def test_the_spreadsheet_has_the_numbers_of_the_screen(director, of):
    decide(of, "training", "attendance", "career", training="=SOMA(A1)")
    answer = director.get(f"/en{address('priority_factors_xlsx', of)}")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    head = list(rows[0])
    first = dict(zip(head, rows[1], strict=True))
    assert (first["Criterion"], first["Computed place"], first["Decided place"]) == ("attendance (en)", 1, 2)
    assert first["Score"] == pytest.approx(92.2, abs=0.05)
    assert (first["Reach (1 to 5)"], first["Gravity"]) == (3, 5)
    second = sheet.cell(row=3, column=head.index("Reason of the team for another place") + 1)
    assert (second.value, second.data_type) == ("=SOMA(A1)", "s")
    assert rows[5][:2] == (None, None)  # the strength has no place


def test_pages_ask_the_same_number_of_questions_however_many_criteria(client):
    def cost(n: int) -> dict[str, int]:
        texts = {f"k{i}": (i % 3 + 1, i % 3 + 1, 2, 2, 3) for i in range(n)}
        of = make.a_submitted_round(levels=[row[0] for row in texts.values()], version=worlds.an_instrument_with(texts))
        services.look_without_scoring(worlds.coordinator(of), by=of.opened_by, at=NOON)
        chosen = [place.facts.item.pk for place in order_of(list_of(of)).places[: 3 if n < 10 else 5]]
        services.decide(of, chosen, reasons={}, number_reason="", revision=1, by=of.opened_by, at=NOON)
        client.force_login(of.opened_by)
        found = {}
        for name in ("priorities", "priority_factors", "priority_decide", "priority_explain"):
            client.get(address(name, of))
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address(name, of)).status_code == 200
            found[name] = len(asked)
        return found

    few, many = cost(4), cost(20)
    assert few == many
    assert many["priorities"] <= 16
    assert max(many.values()) <= 30


@pytest.fixture
def kept_pages(settings):
    """Pages are kept as on a real site."""
    settings.CACHES = {
        **settings.CACHES,
        "profiles": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "priorities-test"},
    }


def test_a_kept_page_shows_every_change_at_once(kept_pages, director, of):
    where = address("priorities", of)
    by = {"by": of.opened_by, "at": NOON}

    def changed(before: str) -> str:
        now = body(text(director, where))
        assert now != before
        assert body(text(director, where)) == now  # and stays while nothing changes
        return now

    seen = changed("")
    services.save_weights(of, dict.fromkeys(("gap", "importance", "reach", "governability", "gut"), 1.5),
                          revision=1, **by)  # fmt: skip
    seen = changed(seen)
    training = worlds.item(of, "training")
    services.adjust_factor(of, training, reach=1, governability=None, reason="x", revision=0, **by)
    seen = changed(seen)
    services.adjust_factor(of, training, reach=2, governability=None, reason="x", revision=1, **by)
    seen = changed(seen)
    services.score(worlds.coordinator(of), training, "gravity", 1, before=3, **by)
    seen = changed(seen)
    decide(of, *(place.facts.item.criterion.key for place in order_of(list_of(of)).places[:3]))
    seen = changed(seen)
    sign(of)
    seen = changed(seen)
    services.reopen_list(of, reason="Faltou ouvir o conselho.", **by)
    changed(seen)


def body(page: str) -> str:
    return page.split("<main")[1].split("</main>")[0]


def test_a_page_kept_for_who_scored_is_never_shown_to_who_has_not(kept_pages, client, director, of):
    assert "GUT is" in text(director, address("priorities", of))
    member = make.a_member(of)
    client.force_login(member.user)
    page = text(client, address("priorities", of))
    assert "GUT is" not in page
    assert "does not count gravity, urgency and trend yet" in page


def test_a_round_submitted_again_is_read_anew(kept_pages, director, of):
    assert "the level is Fragile" in text(director, address("priorities", of))
    with make.before_submission(of):
        Agreement.objects.filter(item__round=of).update(level=4)
    Round.objects.filter(pk=of.pk).update(revision=of.revision + 2)
    page = text(director, address("priorities", of))
    assert "the level is Fragile" not in page
    assert "No criterion has a gap" in page


@pytest.mark.parametrize("language", ["", "/en"])
def test_every_anchor_of_every_score_is_on_the_page(client, of, language):
    from trama.diagnose.priorities.scales import GUT_ANCHORS

    client.force_login(make.a_member(of).user)
    for here, part in (("gravidade", "gravity"), ("urgencia", "urgency"), ("tendencia", "trend")):
        page = client.get(f"{language}{address('priority_scores', of)}?parte={here}").content.decode()
        with translation.override("en" if language else "pt-br"):
            assert [step for step, _, _ in GUT_ANCHORS[part]] == [1, 2, 3, 4, 5]
            for _, name, words in GUT_ANCHORS[part]:
                assert str(name) in page
                assert str(words) in page


def test_json_answers_are_not_kept_by_any_cache(client, of):
    client.force_login(make.a_member(of).user)
    sent = {"item": str(worlds.item(of, "training").pk), "part": "gravity", "value": "4", "before": ""}
    answer = client.post(address("priority_score", of), sent)
    assert answer.json() == {"saved": 4}
    assert "no-store" in answer.headers["Cache-Control"]
