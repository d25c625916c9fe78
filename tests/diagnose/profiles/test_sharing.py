"""Sharing: what the receiver sees, and that everything that ends it acts on the next request."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from tests.accounts import factories as accounts
from tests.diagnose import factories as make
from trama.diagnose.models import AnonymousUse, Round, Share
from trama.diagnose.profiles import services
from trama.diagnose.profiles.errors import AlreadyTakenBack, EndOutOfRange, NotSubmitted, ReceiverDoesNotFit
from trama.diagnose.profiles.selectors import Receiver, latest_end, receivers_for, share_received, shares_received_by
from trama.foundation.models import Event
from trama.know.models import GroupMembership

from .worlds import RECEIVED, RESULTS, SHARING, a_share, far, sign

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 1, 15, 0, tzinfo=UTC)


@pytest.fixture
def network():
    return accounts.a_network(26)


@pytest.fixture
def director(network):
    return accounts.person_with("network_principal", network)


@pytest.fixture
def of(network, director):
    return make.a_submitted_round(network, [1, 2, 3, 4], by=director)


@pytest.fixture
def state():
    return accounts.a_state_network(26)


@pytest.fixture
def of_the_state(state):
    return accounts.person_with("state_principal", state)


def sees(client, person, share) -> bool:
    client.force_login(person)
    one = client.get(f"{RECEIVED}{share.uid}/").status_code
    listed = str(share.uid) in client.get(RECEIVED).content.decode()
    assert (one == 200) == listed
    assert one in (200, 404)
    return listed


# --- who may share with whom, until when ----------------------------------------------------------------------------


def test_a_network_shares_upwards_only(network, of, state):
    group, far_group = accounts.a_group(network), accounts.a_group(accounts.a_network(26))
    neighbour, other_state = accounts.a_network(26), accounts.a_state_network(35)
    programme, partner = accounts.the_programme(), accounts.a_partner()
    keys = {one.key for one in receivers_for(of, at=timezone.now())}
    assert keys >= {f"network-{state.pk}", f"group-{group.pk}", f"organisation-{programme.pk}"}
    assert f"organisation-{partner.pk}" in keys
    assert not keys & {f"network-{neighbour.pk}", f"network-{other_state.pk}", f"group-{far_group.pk}"}
    assert f"network-{network.pk}" not in keys


def test_a_school_shares_with_its_network_and_a_group_with_the_states_of_its_members(network, state):
    school = accounts.a_school(network)
    of_school = make.a_submitted_round(school, by=accounts.person_with("school_principal", school))
    assert [one.key for one in receivers_for(of_school, at=AT)] == [f"network-{network.pk}"]
    group = accounts.a_group(network)
    of_group = make.a_submitted_round(group, by=accounts.person_with("group_coordinator", group))
    assert f"network-{state.pk}" in {one.key for one in receivers_for(of_group, at=AT)}


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2026, 6, 1), date(2028, 6, 1)),  # two years
        (date(2027, 6, 1), date(2028, 12, 31)),  # the mandate ends before
        (date(2028, 2, 29), date(2028, 12, 31)),
        (date(2028, 12, 31), date(2028, 12, 31)),
        (date(2029, 1, 1), date(2031, 1, 1)),
    ],
)
def test_a_municipal_share_lasts_two_years_and_not_beyond_the_mandate(of, today, last):
    assert latest_end(of, datetime(today.year, today.month, today.day, 15, tzinfo=UTC)) == last


def test_a_state_has_no_municipal_mandate(state):
    of = make.a_submitted_round(state, by=accounts.person_with("state_principal", state))
    assert latest_end(of, datetime(2028, 2, 29, 15, tzinfo=UTC)) == date(2030, 2, 28)


def test_sharing_checks_the_person_the_state_the_receiver_and_the_day(of, director, state):
    to = Receiver("network", state)
    asked = {"detail": "criteria", "named": True, "until": date(2026, 12, 31), "at": AT}
    with pytest.raises(ReceiverDoesNotFit):
        services.share_round(of, Receiver("network", accounts.a_network(26)), by=director, **asked)
    for until in (date(2026, 5, 31), date(2028, 6, 2)):
        with pytest.raises(EndOutOfRange):
            services.share_round(of, to, by=director, **{**asked, "until": until})
    for person in (
        accounts.person_with("network_team", of.network, tools={"diagnosis": "edit"}),
        accounts.person_with("network_principal", accounts.a_network(26)),
        accounts.person_with("state_principal", state),
    ):
        with pytest.raises(PermissionDenied):
            services.share_round(of, to, by=person, **asked)
    Round.objects.filter(pk=of.pk).update(state="agreeing")
    with pytest.raises(NotSubmitted):
        services.share_round(of, to, by=director, **asked)
    assert not Share.objects.exists()
    Round.objects.filter(pk=of.pk).update(state="submitted")
    assert services.share_round(of, to, by=director, **asked).counts_on(date(2026, 12, 31))


def test_a_new_share_with_the_same_receiver_ends_the_one_before(
    of, director, state, django_capture_on_commit_callbacks
):
    to, asked = Receiver("network", state), {"until": date(2026, 12, 31), "by": director}
    with django_capture_on_commit_callbacks(execute=True):
        first = services.share_round(of, to, detail="criteria", named=True, at=AT, **asked)
    second = services.share_round(of, to, detail="areas", named=False, at=AT + timedelta(hours=1), **asked)
    first.refresh_from_db()
    assert first.revoked_at == AT + timedelta(hours=1)
    assert list(Share.objects.filter(revoked_at__isnull=True)) == [second]
    assert [letter.to for letter in mail.outbox] == [[director.email]]
    assert str(state) in mail.outbox[0].subject
    told = Event.objects.filter(verb="round shared")
    assert told.count() == 2
    assert of.title not in "".join(
        event.detail + event.target_label if isinstance(event.detail, str) else event.target_label for event in told
    )


def test_taking_back_twice_is_told(of, director, state):
    share = a_share(of, network=state)
    services.take_back(share, by=director, at=timezone.now())
    with pytest.raises(AlreadyTakenBack):
        services.take_back(share, by=director, at=timezone.now())
    with pytest.raises(PermissionDenied):
        services.take_back(a_share(of, network=state), by=accounts.person_with("state_principal", state), at=AT)


def test_the_consent_is_off_until_it_is_given_and_can_be_withdrawn(client, of, director):
    assert not AnonymousUse.objects.exists()
    client.force_login(director)
    address = SHARING.format(of.uid) + "distribuicoes/"
    for _ in range(2):
        client.post(address, {"agree": "1"})
    assert AnonymousUse.objects.filter(withdrawn_at__isnull=True).count() == 1
    for _ in range(2):
        client.post(address)
    assert AnonymousUse.objects.filter(withdrawn_at__isnull=True).count() == 0
    assert [e.verb for e in Event.objects.filter(verb__startswith="anonymous").order_by("pk")] == [
        "anonymous use agreed", "anonymous use withdrawn",
    ]  # fmt: skip


# --- through the pages ----------------------------------------------------------------------------------------------


def test_the_preview_is_exactly_what_the_receiver_sees(client, of, director, state, of_the_state):
    sign(of, [1, 2])
    sent = {"receiver": f"network-{state.pk}", "detail": "criteria", "named": "1", "until": far().isoformat()}
    client.force_login(director)
    preview = client.post(SHARING.format(of.uid), {**sent, "step": "preview"})
    assert preview.status_code == 200
    assert not Share.objects.exists()
    assert client.post(SHARING.format(of.uid), {**sent, "step": "share"}).status_code == 302
    share = Share.objects.get()
    client.force_login(of_the_state)
    seen = client.get(f"{RECEIVED}{share.uid}/")

    def profile(answer) -> str:
        html = answer.content.decode()
        return html[html.index('<section class="block"') : html.rindex("</section>")]

    assert profile(preview) == profile(seen)
    assert "Critério 1" in profile(seen) or "Critério 1 (en)" in profile(seen)


def test_a_share_of_areas_shows_no_criterion(client, of, state, of_the_state):
    sign(of, [1])
    share = a_share(of, network=state, detail="areas")
    client.force_login(of_the_state)
    told = client.get(f"{RECEIVED}{share.uid}/").content.decode()
    assert "Área 1" in told
    assert not re.search(r"Critério \d", told)
    assert "Frágil 1." not in told


def test_what_people_said_never_travels(client, state, of_the_state, network, director):
    of = make.a_told_round(network, "palavrasecreta", by=director, state="submitted")
    Round.objects.filter(pk=of.pk).update(title="Rodada de 2026")
    share = a_share(of, network=state)
    client.force_login(of_the_state)
    told = client.get(f"{RECEIVED}{share.uid}/").content.decode()
    assert "palavrasecreta" not in told
    assert director.name not in told
    council = of.members.exclude(user=director).get()
    assert council.user.name not in told
    assert share.uid.hex not in client.get("/autodiagnostico/rodadas/").content.decode()


def test_without_agreement_nothing_of_the_answers_shows(client, network, director, state, of_the_state):
    of = make.a_round(network, by=director, state="agreeing")
    make.answer_all(of.members.get(), [1, 1, 1, 1])  # the median of one person is that person's answer
    Round.objects.filter(pk=of.pk).update(state="submitted", submitted_at=make.NOON)
    share = a_share(of, network=state)
    client.force_login(of_the_state)
    told = client.get(f"{RECEIVED}{share.uid}/").content.decode()
    assert "Frágil 1." not in told
    client.force_login(director)
    assert "Frágil 1." in client.get(RESULTS.format(of.uid)).content.decode()


def test_an_unshared_round_is_invisible_to_everybody_else(client, network, director, state):
    of = make.a_told_round(network, "palavrasecreta", by=director, state="submitted")
    group = accounts.a_group(network, accounts.a_network(26))
    others = [
        accounts.person_with("state_principal", state),
        accounts.person_with("group_coordinator", group),
        accounts.person_with("network_principal", accounts.a_network(26)),
        accounts.person_with("programme_admin", accounts.the_programme()),
        accounts.person_with("trainer", accounts.a_partner()),
        accounts.person_with("school_principal", accounts.a_school(network)),
        accounts.a_person(),
    ]
    slug = of.version.instrument.slug
    addresses = [
        RESULTS.format(of.uid),
        RESULTS.format(of.uid) + "resultado.pdf",
        RESULTS.format(of.uid) + "resultado.xlsx",
        RECEIVED,
        *(
            f"/autodiagnostico/territorios/{field}/{pk}/{slug}/{ending}"
            for field, pk in (("network", state.pk), ("group", group.pk), ("network", network.pk))
            for ending in ("", "distribuicao.pdf", "distribuicao.xlsx")
        ),
    ]
    for person in others:
        client.force_login(person)
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code in (200, 404)
            assert b"palavrasecreta" not in answer.content
            if answer.status_code == 200:  # an address that is not found is repeated on its page
                assert str(of.uid).encode() not in answer.content
        assert client.get(SHARING.format(of.uid)).status_code in (403, 404)
    client.force_login(director)
    assert b"palavrasecreta" in client.get(RESULTS.format(of.uid)).content


@pytest.mark.parametrize("how", ["take back", "day passes", "reopening", "profile ends", "named no longer"])
def test_the_receiver_sees_nothing_from_the_next_request_on(client, of, director, state, of_the_state, how):
    share = a_share(of, network=state)
    assert sees(client, of_the_state, share)
    if how == "take back":
        client.force_login(director)
        address = f"{SHARING.format(of.uid)}{share.uid}/retirar/"
        assert client.get(address).status_code == 200
        assert client.post(address).status_code == 302
    elif how == "day passes":
        Share.objects.filter(pk=share.pk).update(until=timezone.localdate() - timedelta(days=1))
    elif how == "reopening":
        Round.objects.filter(pk=of.pk).update(state="agreeing")
    elif how == "profile ends":
        of_the_state.profiles.update(revoked_at=timezone.now())
    else:
        Share.objects.filter(pk=share.pk).update(named=False)
    assert not sees(client, of_the_state, share)
    if how == "reopening":
        Round.objects.filter(pk=of.pk).update(state="submitted")
        assert sees(client, of_the_state, share)  # suspended, not ended


def test_a_share_with_a_group_ends_with_the_membership(client, network, of):
    group = accounts.a_group(network)
    coordinator = accounts.person_with("group_coordinator", group)
    share = a_share(of, group=group)
    assert sees(client, coordinator, share)
    GroupMembership.objects.filter(network=network).update(end=timezone.localdate())
    assert not sees(client, coordinator, share)


def test_the_last_day_ends_at_midnight_where_the_owner_is():
    acre = accounts.a_network(12)  # two hours behind Brasília
    of = make.a_submitted_round(acre, by=accounts.person_with("network_principal", acre))
    state = accounts.a_state_network(12)
    receiver = accounts.person_with("state_principal", state)
    share = a_share(of, network=state, until=date(2026, 6, 1), granted_at=make.NOON)
    assert share_received(receiver, share.uid, at=datetime(2026, 6, 2, 4, 59, tzinfo=UTC)) == share
    assert share_received(receiver, share.uid, at=datetime(2026, 6, 2, 5, 1, tzinfo=UTC)) is None


def test_a_share_is_for_its_receiver_only(client, of, state, of_the_state):
    share = a_share(of, organisation=accounts.a_partner())
    trainer = accounts.person_with("trainer", share.organisation)
    assert sees(client, trainer, share)
    for person in (
        of_the_state,
        accounts.person_with("trainer", accounts.a_partner()),
        accounts.person_with("network_team", of.network, tools={"plan": "edit"}),
        accounts.person_with("state_team", state, tools={"calls": "edit"}),
    ):
        assert not sees(client, person, share)


def test_the_receiver_needs_the_tool(client, of, state):
    share = a_share(of, network=state)
    assert sees(client, accounts.person_with("state_team", state, tools={"diagnosis": "view"}), share)
    assert not sees(client, accounts.person_with("state_team", state, tools={"plan": "view"}), share)


def test_a_school_director_does_not_see_the_rounds_that_schools_share_with_the_network(client, network):
    school = accounts.a_school(network)
    of = make.a_submitted_round(school, by=accounts.person_with("school_principal", school))
    share = a_share(of, network=network)
    assert sees(client, accounts.person_with("network_principal", network), share)
    assert not sees(client, accounts.person_with("school_principal", accounts.a_school(network)), share)


def test_the_list_takes_as_many_queries_for_five_as_for_one(of_the_state, state, django_assert_max_num_queries):
    version, counts = make.an_instrument(), []
    for n in (1, 4):
        for _ in range(n):
            a_share(make.a_submitted_round(accounts.a_network(26), version=version), network=state)
        with django_assert_max_num_queries(5) as captured:
            assert all(str(share.round.scope) for share in shares_received_by(of_the_state, at=timezone.now()))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_owner_sees_who_receives_and_what_ended(client, of, director, state):
    standing = a_share(of, network=state)
    partner = accounts.a_partner()
    a_share(of, organisation=partner, until=timezone.localdate() - timedelta(days=1))
    client.force_login(director)
    told = client.get(SHARING.format(of.uid)).content.decode()
    now, before = told.index('id="standing"'), told.index('id="past"')
    assert str(state) in told[now:before]
    assert partner.name in told[before:]
    assert str(standing.uid) in told
    assert re.search(str(state), client.get(RESULTS.format(of.uid)).content.decode())
