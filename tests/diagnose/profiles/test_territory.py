"""Many networks together: minimum, bands, and what a curious reader cannot find out by waiting."""

from datetime import timedelta
from itertools import product

import numpy as np
import pytest
from django.utils import timezone

from tests.accounts import factories as accounts
from tests.diagnose import factories as make
from trama.diagnose.models import InstrumentVersion, PublishedDistribution, Round, Share
from trama.diagnose.profiles import publication, selectors
from trama.diagnose.profiles.publication import Band
from trama.diagnose.profiles.selectors import audience_of, similar_to, told_of
from trama_measure.diagnosis import level_distribution

from .worlds import a_share, again, agree_anonymously, far, sharing_networks, sign

pytestmark = pytest.mark.django_db


def ask(group, slug, *, named=False):
    coordinator = accounts.person_with("group_coordinator", group)
    audience = audience_of(coordinator, "group", group.pk, slug, at=timezone.now())
    assert audience is not None
    return told_of(audience, named=named, at=timezone.now())


def slug_of(rounds) -> str:
    return rounds[0].version.instrument.slug


def first(told) -> tuple[Band, Band, Band]:
    return told.of(told.reading[0]).bands


HALF, LESS = Band(50, 100), Band(0, 50)


def test_four_members_show_nothing_and_five_show_bands(client):
    group, rounds = sharing_networks([[3, 1, 1, 1]] * 3 + [[1, 1, 1, 1]] * 2)
    Share.objects.filter(round=rounds[4]).update(revoked_at=timezone.now(), revoked_by=rounds[4].opened_by)
    assert ask(group, slug_of(rounds)) is None
    assert not PublishedDistribution.objects.exists()
    a_share(rounds[4], group=group, named=False)
    assert first(ask(group, slug_of(rounds))) == (HALF, HALF, LESS)  # 3 of 5 at least adequate, none exemplary


def test_the_page_tells_no_name_no_count_and_no_order_by_result(client):
    group, rounds = sharing_networks([[4, 1, 2, 2]] * 5)
    coordinator = accounts.person_with("group_coordinator", group)
    client.force_login(coordinator)
    told = client.get(f"/autodiagnostico/territorios/group/{group.pk}/{slug_of(rounds)}/").content.decode()
    assert "Critério 1" in told
    for of in rounds:
        assert of.network.name not in told
        assert of.network.place.name not in told
    assert told.index("Critério 1") < told.index("Critério 2") < told.index("Critério 3")


def test_those_that_share_by_name_are_listed_apart_and_never_mixed_with_the_others(client):
    # Of five, four are known by name: told together, the band would give the fifth.
    group, rounds = sharing_networks([[1, 1, 1, 1]] * 3 + [[4, 4, 4, 4]] * 2)
    Share.objects.exclude(round=rounds[4]).update(named=True)
    assert ask(group, slug_of(rounds)) is None
    assert ask(group, slug_of(rounds), named=True) is None  # four by name
    Share.objects.update(named=True)
    assert first(ask(group, slug_of(rounds), named=True)) == (LESS, LESS, LESS)
    client.force_login(accounts.person_with("group_coordinator", group))
    told = client.get(f"/autodiagnostico/territorios/group/{group.pk}/{slug_of(rounds)}/").content.decode()
    assert all(of.network.name in told for of in rounds)


def test_who_shares_areas_only_is_in_no_distribution_of_criteria():
    group, rounds = sharing_networks([[4, 4, 4, 4]] * 4 + [[1, 1, 1, 1]])
    Share.objects.filter(round=rounds[4]).update(detail="areas")
    told = ask(group, slug_of(rounds))
    assert told.criteria == {}  # four share their criteria
    assert set(told.areas) == {one.area_id for one in told.reading}  # five share their areas


def test_few_that_share_areas_only_are_not_found_by_subtraction():
    # Six share criteria. A seventh shares areas only: with it in the areas and not in the criteria, an area of one
    # criterion would be told twice, with and without it.
    group, rounds = sharing_networks([[3, 3]] * 3 + [[1, 1]] * 4, version=make.an_instrument((1, 1)))
    Share.objects.filter(round=rounds[6]).update(detail="areas")
    told = ask(group, slug_of(rounds))
    assert first(told) == told.areas[told.reading[0].area_id].bands == (HALF, HALF, LESS)


def test_common_priorities_are_of_those_that_signed_and_in_bands():
    group, rounds = sharing_networks([[1, 1, 2, 2]] * 6)
    for of, chosen in zip(rounds, ([1], [1, 2], [1, 2], [2], [3]), strict=False):
        sign(of, chosen)
    told = ask(group, slug_of(rounds))
    assert told.deciding == (5, 9)
    common = [(one.criterion.key, one.band) for one in told.priorities]
    assert common == [("c1", HALF), ("c2", HALF), ("c3", LESS), ("c4", LESS)]  # 3, 3, 1 and 0 of 5


def test_an_open_list_of_priorities_is_not_told():
    group, rounds = sharing_networks([[1, 1, 2, 2]] * 5)
    told = ask(group, slug_of(rounds))
    assert told.deciding is None
    assert told.priorities == []


# --- by subtraction over time ---------------------------------------------------------------------------------------


def attack(group, slug: str, change) -> bool:
    """A reader asks, one thing changes, the reader asks again. True if the second answer differs from the first."""
    before = first(ask(group, slug))
    change()
    told = ask(group, slug)
    return told is not None and first(told) != before


def one_joins(group, version, level: int) -> None:
    from trama.know.models import GroupMembership

    network = accounts.a_network()
    GroupMembership.objects.create(group=group, network=network)
    a_share(make.a_submitted_round(network, [level] * 4, version=version), group=group, named=False)


def one_leaves(of: Round) -> None:
    Share.objects.filter(round=of).update(revoked_at=timezone.now(), revoked_by=of.opened_by)


def test_a_member_that_joins_leaves_or_changes_is_not_found_by_subtraction():
    version = make.an_instrument()
    # 3 of 6 at least adequate: half. With one more below it would be 3 of 7, fewer than half.
    group, rounds = sharing_networks([[3] * 4] * 3 + [[1] * 4] * 3, version=version)
    slug = slug_of(rounds)
    assert not attack(group, slug, lambda: one_joins(group, version, 1))
    assert not attack(group, slug, lambda: one_leaves(rounds[0]))
    assert not attack(group, slug, lambda: again(rounds[1], [1] * 4, at=timezone.now()))
    assert PublishedDistribution.objects.get().revision == 1


def test_without_the_rule_the_same_reader_finds_the_member(monkeypatch):
    """The negative control: each change shows at once, and with it what the one member said."""
    monkeypatch.setattr(publication, "may_be_published_anew", lambda published, current: True)
    version = make.an_instrument()
    group, rounds = sharing_networks([[3] * 4] * 3 + [[1] * 4] * 3, version=version)
    assert attack(group, slug_of(rounds), lambda: one_joins(group, version, 1))


def test_five_changes_are_told_anew_and_the_old_one_stays_until_then():
    group, rounds = sharing_networks([[3] * 4] * 3 + [[1] * 4] * 4)
    slug = slug_of(rounds)
    assert first(ask(group, slug)) == (LESS, LESS, LESS)  # 3 of 7
    for n, of in enumerate(rounds[3:6]):
        again(of, [3] * 4, at=timezone.now() + timedelta(seconds=n))
        assert first(ask(group, slug)) == (LESS, LESS, LESS)
    again(rounds[6], [3] * 4, at=timezone.now())
    assert first(ask(group, slug)) == (LESS, LESS, LESS)  # four changed
    again(rounds[0], [4] * 4, at=timezone.now())
    assert first(ask(group, slug)) == (HALF, HALF, LESS)
    assert PublishedDistribution.objects.get().revision == 2


def test_submitting_again_without_a_change_is_no_change():
    group, rounds = sharing_networks([[3] * 4] * 3 + [[1] * 4] * 4)
    slug = slug_of(rounds)
    ask(group, slug)
    for of in rounds:
        again(of, [of.items.first().agreement.level] * 4, at=timezone.now())
    again(rounds[3], [3] * 4, at=timezone.now())
    assert first(ask(group, slug)) == (LESS, LESS, LESS)
    assert PublishedDistribution.objects.get().revision == 1


def test_a_new_version_of_the_instrument_is_no_change_of_a_network():
    group, rounds = sharing_networks([[3] * 4] * 3 + [[1] * 4] * 3)
    slug, version = slug_of(rounds), rounds[0].version
    assert first(ask(group, slug)) == (HALF, HALF, LESS)
    InstrumentVersion.objects.filter(pk=version.pk).update(state="retired")
    make.an_instrument(slug=slug, version="2.0")
    one_joins(group, version, 1)
    told = ask(group, slug)
    assert told.version == version
    assert first(told) == (HALF, HALF, LESS)


def test_below_the_minimum_nothing_is_told_and_what_was_told_still_counts():
    group, rounds = sharing_networks([[3] * 4] * 3 + [[1] * 4] * 2)
    slug = slug_of(rounds)
    assert first(ask(group, slug)) == (HALF, HALF, LESS)
    one_leaves(rounds[0])
    assert ask(group, slug) is None
    version = rounds[0].version
    one_joins(group, version, 1)  # five again, and one different: 2 of 5 would be fewer than half
    assert first(ask(group, slug)) == (HALF, HALF, LESS)


def test_a_level_that_fewer_than_five_have_is_not_told():
    group, rounds = sharing_networks([[3, 3, 3, 3]] * 4 + [[None, 3, 3, 3]])
    told = ask(group, slug_of(rounds))
    assert told.of(told.reading[0]) is None
    assert told.of(told.reading[1]) is not None


def test_the_bands_are_those_of_the_method():
    rows = [list(row) for row in product((1, 2, 3, 4), repeat=2)][:13]
    group, rounds = sharing_networks([[a, b, a, b] for a, b in rows])
    told = ask(group, slug_of(rounds))
    expected = level_distribution(np.array([[a, b, a, b] for a, b in rows]), 5)
    for n, criterion in enumerate(told.reading):
        bands = [(band.low, band.high) for band in told.of(criterion).bands]
        assert bands == list(zip(expected.low[n].tolist(), expected.high[n].tolist(), strict=True))


def test_the_last_round_of_each_owner_counts_once():
    version = make.an_instrument()
    group, rounds = sharing_networks([[1] * 4] * 5, version=version)
    network = rounds[0].network
    later = make.a_submitted_round(
        network, [4] * 4, version=version, submitted_at=make.NOON + timedelta(days=300),
        by=rounds[0].opened_by,
    )  # fmt: skip
    a_share(later, group=group, named=False)
    coordinator = accounts.person_with("group_coordinator", group)
    audience = audience_of(coordinator, "group", group.pk, slug_of(rounds), at=timezone.now())
    assert len(audience.rounds) == 5
    assert later.pk in {one.round_id for one in audience.rounds}


def test_only_the_receiver_opens_it(client):
    group, rounds = sharing_networks([[1] * 4] * 5)
    address = f"/autodiagnostico/territorios/group/{group.pk}/{slug_of(rounds)}/"
    for person in (
        rounds[0].opened_by,
        accounts.person_with("group_coordinator", accounts.a_group(rounds[0].network)),
        accounts.person_with("state_principal", accounts.a_state_network(26)),
        accounts.person_with("programme_admin", accounts.the_programme()),
    ):
        client.force_login(person)
        for ending in ("", "distribuicao.pdf", "distribuicao.xlsx"):
            assert client.get(address + ending).status_code == 404
    client.force_login(accounts.person_with("group_coordinator", group))
    for ending in ("", "distribuicao.pdf", "distribuicao.xlsx"):
        assert client.get(address + ending).status_code == 200


def test_the_page_takes_as_many_queries_for_thirty_networks_as_for_six(client, django_assert_max_num_queries):
    counts = []
    for n in (6, 30):
        group, rounds = sharing_networks([[1, 2, 3, 4]] * n)
        client.force_login(accounts.person_with("group_coordinator", group))
        address = f"/autodiagnostico/territorios/group/{group.pk}/{slug_of(rounds)}/"
        client.get(address)
        with django_assert_max_num_queries(11) as captured:
            assert client.get(address).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- similar networks -----------------------------------------------------------------------------------------------


@pytest.fixture
def neighbours(monkeypatch):
    """Who is similar is the method of another phase; here it is said."""
    similar: list[int] = []
    monkeypatch.setattr(selectors, "nearest_places", lambda code, dependency, count, version: tuple(similar))
    return similar


def similar_rounds(neighbours, levels, version):
    rounds = [make.a_submitted_round(accounts.a_network(), row, version=version) for row in levels]
    neighbours += [of.network.place_id for of in rounds]
    return rounds


def test_similar_networks_are_those_that_agreed_ten_or_more_and_never_the_own(neighbours):
    version = make.an_instrument()
    mine = make.a_submitted_round(accounts.a_network(), [4] * 4, version=version)
    rounds = similar_rounds(neighbours, [[3] * 4] * 5 + [[1] * 4] * 6, version)
    neighbours.append(mine.network.place_id)
    agree_anonymously(mine)
    for of in rounds[:9]:
        agree_anonymously(of)
    assert similar_to(mine, at=timezone.now()) is None  # nine, and the own does not count
    agree_anonymously(rounds[9])
    told = similar_to(mine, at=timezone.now())
    assert told.size == (10, 19)
    assert first(told) == (HALF, HALF, LESS)  # 5 of 10
    assert told.deciding is None
    assert told.priorities == []


def test_without_consent_or_submission_a_round_enters_no_distribution(neighbours):
    version = make.an_instrument()
    mine = make.a_submitted_round(accounts.a_network(), [4] * 4, version=version)
    rounds = similar_rounds(neighbours, [[3] * 4] * 10, version)
    for of in rounds:
        a_share(of, organisation=accounts.the_programme(), until=far())  # shared is not agreed
    assert similar_to(mine, at=timezone.now()) is None
    uses = [agree_anonymously(of) for of in rounds]
    Round.objects.filter(pk=rounds[0].pk).update(state="agreeing")
    assert similar_to(mine, at=timezone.now()) is None
    Round.objects.filter(pk=rounds[0].pk).update(state="submitted")
    uses[1].withdrawn_at = timezone.now()
    uses[1].save()
    assert similar_to(mine, at=timezone.now()) is None


def test_a_withdrawal_does_not_show_in_what_similar_networks_see(neighbours):
    version = make.an_instrument()
    mine = make.a_submitted_round(accounts.a_network(), [4] * 4, version=version)
    rounds = similar_rounds(neighbours, [[3] * 4] * 5 + [[1] * 4] * 6, version)
    for of in rounds:
        agree_anonymously(of)
    before = similar_to(mine, at=timezone.now())
    rounds[10].anonymous_uses.update(withdrawn_at=timezone.now())  # 5 of 10 would be half
    after = similar_to(mine, at=timezone.now())
    assert first(before) == first(after) == (LESS, LESS, LESS)
    assert before.published_at == after.published_at


def test_the_results_page_marks_the_own_level_and_names_nobody(client, neighbours):
    version = make.an_instrument()
    director = accounts.person_with("network_principal", accounts.a_network())
    mine = make.a_submitted_round(director.profiles.get().network, [3] * 4, version=version, by=director)
    rounds = similar_rounds(neighbours, [[3] * 4] * 5 + [[1] * 4] * 6, version)
    for of in rounds:
        agree_anonymously(of)
    client.force_login(director)
    html = client.get(f"/autodiagnostico/rodadas/{mine.uid}/resultado/").content.decode()
    assert html.count('class="profiles-reached"') == 8  # at least basic and at least adequate, four criteria
    assert not any(of.network.place.name in html for of in rounds)


def test_states_schools_and_groups_have_no_similar_networks():
    for role, scope in (
        ("state_principal", accounts.a_state_network(26)),
        ("school_principal", accounts.a_school()),
        ("group_coordinator", accounts.a_group(accounts.a_network())),
    ):
        of = make.a_submitted_round(scope, by=accounts.person_with(role, scope))
        assert similar_to(of, at=timezone.now()) is None
