"""The results page of a round, against a round worked by hand."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from tests.accounts import factories as accounts
from tests.diagnose import factories as make
from tests.know import factories as know
from trama.diagnose.models import Answer, CriterionIndicator, InstrumentVersion, Round
from trama.diagnose.profiles.presentation import results_of
from trama.diagnose.profiles.reading import facts_of, read
from trama.diagnose.profiles.wording import level_words

from .worlds import RESULTS, a_share, evidence_for

pytestmark = pytest.mark.django_db


def plain(response) -> str:
    return re.sub(r"\s+", " ", strip_tags(response.content.decode()))


@pytest.fixture
def director():
    return accounts.person_with("network_principal", accounts.a_network())


@pytest.fixture
def network(director):
    return director.profiles.get().network


def publish(version: InstrumentVersion) -> None:
    InstrumentVersion.objects.filter(pk=version.pk).update(state="published", published_at=make.NOON)


def page(client: Client, of: Round, query: str = ""):
    return client.get(RESULTS.format(of.uid) + query)


def by_hand(network, director, **fields) -> Round:
    """One area of five criteria, weights 1, 2, 3, 1, 2; levels 1, 3, 2, none, does not apply."""
    return make.a_submitted_round(network, [1, 3, 2, None, -1], version=make.an_instrument((5,)), by=director, **fields)


def test_a_small_round_is_the_one_worked_by_hand(network, director):
    # weight that applies 1+2+3+1 = 7, with a level 6: coverage 6/7 = 86 %. Mean (1 + 6 + 6) / 6 = 2.17, between
    # (13 + 1) / 7 = 2.0 and (13 + 4) / 7 = 2.43. Median: weight 1 up to fragile, 4 up to basic, half is 3: basic.
    area = read(facts_of(by_hand(network, director))).dimensions[0].areas[0]
    assert area.counts == (1, 1, 1, 0)
    assert (area.not_applicable, area.without_level) == (1, 1)
    assert area.coverage == pytest.approx(6 / 7)
    assert (area.mean, area.low, area.high) == pytest.approx((13 / 6, 14 / 7, 17 / 7))
    assert area.median == 2


def test_the_page_says_the_same(client, network, director):
    client.force_login(director)
    told = plain(page(client, by_hand(network, director)))
    assert "86 %" in told
    assert "2,2" in told
    assert "2,0" in told
    assert "2,4" in told
    assert level_words(2) in told


def test_strengths_are_agreed_and_shown_by_evidence_else_they_wait_for_confirmation(network, director):
    of = make.a_submitted_round(network, [4, 4, 1, 2], by=director)
    evidence_for(of, 2)
    reading = read(facts_of(of))
    assert [line.item.position for line in reading.strengths] == [2]
    assert [line.item.position for line in reading.to_confirm] == [1]
    assert [line.item.position for line in reading.gaps] == [3, 4]  # fragile first


def test_before_agreement_the_lower_median_stands_in_and_says_so(client, network, director):
    of = make.a_round(network, by=director, state="agreeing")
    for member, levels in ((of.members.get(), [2, 1, 3, None]), (make.a_member(of), [4, 4, 3, None])):
        make.answer_all(member, levels)
    Round.objects.filter(pk=of.pk).update(state="agreeing")
    lines = read(facts_of(of)).lines
    assert [(line.level, line.provisional) for line in lines] == [(2, True), (1, True), (3, True), (0, False)]
    assert [line.item.position for line in read(facts_of(of)).apart] == [2, 1]  # three levels apart, then two
    client.force_login(director)
    answer = page(client, of)
    assert answer.status_code == 200
    assert 'class="message is-warning"' in answer.content.decode()  # provisional


def test_while_people_answer_each_sees_only_their_own_answers(client, network, director):
    of = make.a_round(network, by=director)
    other = make.a_member(of)
    make.answer_all(of.members.get(user=director), [1, 1, 1, 1])
    make.answer_all(other, [3, 3, 3, 3])
    Round.objects.filter(pk=of.pk).update(state="answering")
    Answer.objects.filter(member=other).update(comment="O segredo do outro")
    for person, own, others in ((director, 1, 3), (other.user, 3, 1)):
        client.force_login(person)
        cells = re.findall(r"<td>([^<]*)</td>", page(client, of).content.decode())
        assert level_words(own) in cells
        assert level_words(others) not in cells
    client.force_login(director)
    assert "O segredo do outro" not in page(client, of).content.decode()
    assert client.get(RESULTS.format(of.uid) + "resultado.pdf").status_code == 404
    assert client.get(RESULTS.format(of.uid) + "resultado.xlsx").status_code == 404


def test_the_filters_leave_what_was_not_asked_for_out(client, network, director):
    of = make.a_submitted_round(network, [1, 2, 3, 4, 1, 2], version=make.an_instrument((2, 2, 2)), by=director)
    client.force_login(director)
    whole = page(client, of).content.decode()
    assert whole.count("profiles-criterion") == 6
    assert page(client, of, "?criterios=curta").content.decode().count("profiles-criterion") == 3
    assert page(client, of, "?dimensao=d2").content.decode().count("profiles-criterion") == 2
    assert page(client, of, "?dimensao=nenhuma").content.decode().count("profiles-criterion") == 6
    assert '<form class="filters"' not in page(client, of, "?versao=impressao").content.decode()


def test_a_criterion_whose_anchors_changed_is_told_and_not_compared(client, network, director):
    before = make.an_instrument((3,), slug="comparado")
    old = make.a_submitted_round(network, [1, 2, 4], version=before, by=director, submitted_at=make.NOON)
    InstrumentVersion.objects.filter(pk=before.pk).update(state="retired")
    after = make.an_instrument((3,), slug="comparado", version="2.0", published=False)
    after.criteria.filter(position=1).update(anchors_hash="f" * 64)
    publish(after)
    new = make.a_submitted_round(
        network, [2, 2, 3], version=after, by=director, submitted_at=make.NOON + timedelta(days=400)
    )
    compared = results_of(new, earlier=old)
    assert [one.line.change.kind.value for one in compared.criteria] == ["anchors_changed", "same", "fell"]
    assert compared.reading.comparison.rose == 0
    client.force_login(director)
    assert compared.criteria[0].change[1:] in plain(page(client, new))  # its first letter is a capital there


def test_the_page_compares_with_the_last_submitted_round_of_the_same_owner(client, network, director):
    version = make.an_instrument((3,))
    make.a_submitted_round(accounts.a_network(), [4, 4, 4], version=version, title="De outra rede")
    make.a_submitted_round(network, [1, 2, 4], version=version, by=director, title="A primeira")
    new = make.a_submitted_round(
        network, [2, 2, 3], version=version, by=director, submitted_at=make.NOON + timedelta(days=400)
    )
    client.force_login(director)
    told = page(client, new).content.decode()
    assert "A primeira" in told
    assert "De outra rede" not in told


def test_an_official_figure_contrasts_with_the_level(client, network, director):
    version = make.an_instrument(published=False)
    CriterionIndicator.objects.create(criterion=version.criteria.get(position=1), indicator="approval_rate", stage="AI")
    publish(version)
    of = make.a_submitted_round(network, [3, 3, 3, 3], version=version, by=director)
    for year, value in ((2020, 96.0), (2021, 94.0), (2022, 92.0), (2023, 90.0)):
        know.observe(network.place, "approval_rate", value, year=year, dependency="municipal", stage="AI")
    client.force_login(director)
    html = page(client, of).content.decode()
    assert html.count('class="profiles-contrast"') == 1
    assert "3" in re.search(r'class="profiles-contrast">(.*?)</p>', html, re.S)[1]


def test_a_round_of_others_does_not_exist(client, director, network):
    of = make.a_submitted_round(accounts.a_network())
    client.force_login(director)
    for path in ("", "resultado.pdf", "resultado.xlsx"):
        assert client.get(RESULTS.format(of.uid) + path).status_code == 404


def test_a_member_without_any_role_sees_the_results_once_the_team_agrees(client, network, director):
    of = make.a_submitted_round(network, by=director)
    with make.before_submission(of):
        council = make.a_member(of)
    client.force_login(council.user)
    assert page(client, of).status_code == 200
    assert client.get(f"/autodiagnostico/rodadas/{of.uid}/compartilhar/").status_code == 403


def test_the_page_takes_as_many_queries_for_forty_criteria_as_for_four(
    client, network, director, django_assert_max_num_queries
):
    client.force_login(director)
    counts = []
    for sizes in ((2, 2), (10, 10, 10, 10)):
        of = make.a_submitted_round(
            network, [1, 2, 3, 4] * (sum(sizes) // 4), version=make.an_instrument(sizes), by=director
        )
        with make.before_submission(of):
            for _n in range(3):
                make.a_member(of)
        page(client, of)
        with django_assert_max_num_queries(18) as captured:
            assert page(client, of).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_page_names_with_whom_it_is_shared_now_and_nobody_else(client, network, director):
    of = by_hand(network, director)
    groups = [accounts.a_group(network) for _ in range(3)]
    now, taken_back, ended = groups
    a_share(of, group=now)
    a_share(of, group=taken_back, revoked_at=timezone.now(), revoked_by=director)
    a_share(of, group=ended, until=timezone.localdate() - timedelta(days=1))
    client.force_login(director)
    shown = plain(page(client, of))
    assert str(now) in shown
    assert str(taken_back) not in shown
    assert str(ended) not in shown
