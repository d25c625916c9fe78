"""A meeting from its planning to who was there."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override
from icalendar import Calendar

from tests.accounts import factories as make
from tests.learn.cohorts.factories import a_cohort, a_pair_of, enrolled, leader_of
from tests.learn.factories import NOON
from trama.accounts.roles.vocabulary import Role
from trama.foundation.waiting import awaited, waiting_for
from trama.learn.cohorts.desk import desk_of
from trama.learn.meetings import services
from trama.learn.meetings.codes import code_of, window_of
from trama.learn.meetings.errors import CodeNotValid, NotNow, StaleMeeting
from trama.learn.meetings.selectors import attended_minutes, never_came, next_meetings, presence_at
from trama.learn.models import Attendance, CohortMeeting

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def a_meeting(cohort, *, starts_at=NOON, **fields) -> CohortMeeting:
    values = {"title": "Encontro 1", "starts_at": starts_at, "minutes": 90} | fields
    return services.plan_meeting(cohort, values, by=leader_of(cohort), at=NOON)


def browser(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def code_at(meeting, at) -> str:
    return code_of(meeting.secret, window_of(at))


def test_who_is_enrolled_arrives_with_the_code_of_the_moment():
    cohort = a_cohort()
    meeting, person = a_meeting(cohort), make.a_person()
    enrolled(cohort, person)
    for wrong in (code_at(meeting, NOON - 10 * MINUTE), "AAAA AAAA", ""):
        with pytest.raises(CodeNotValid):
            services.arrive(meeting, wrong, by=person, at=NOON)
    first = services.arrive(meeting, code_at(meeting, NOON), by=person, at=NOON)
    assert services.arrive(meeting, code_at(meeting, NOON), by=person, at=NOON + MINUTE).said_at == first.said_at
    with pytest.raises(PermissionDenied):
        services.arrive(meeting, code_at(meeting, NOON), by=make.a_person(), at=NOON)


def test_the_screen_of_the_code_asks_for_the_next_one_by_itself():
    cohort = a_cohort()
    client = Client()
    client.force_login(leader_of(cohort))
    address = reverse("learn:attendance_code", args=[a_meeting(cohort).uid])
    page = client.get(address).content.decode()
    assert f'data-hx-get="{address}"' in page
    assert "django_htmx/htmx" in page  # what asks
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div class="presence-code">')


def test_the_code_opens_half_an_hour_before_and_closes_two_hours_after():
    cohort = a_cohort()
    meeting, person = a_meeting(cohort), make.a_person()
    enrolled(cohort, person)
    for at in (NOON - 31 * MINUTE, NOON + 211 * MINUTE):
        with pytest.raises(NotNow):
            services.arrive(meeting, code_at(meeting, at), by=person, at=at)
    late = NOON + 210 * MINUTE
    assert services.arrive(meeting, code_at(meeting, late), by=person, at=late).present


def test_a_list_is_written_by_the_trainers_and_can_be_corrected():
    cohort = a_cohort()
    rows = [enrolled(cohort, person) for person in a_pair_of(make.a_school())]
    meeting = a_meeting(cohort)
    heard = []
    listener = lambda row, at: heard.append(row.pk)  # noqa: E731
    services.register_attendance_listener(listener)
    try:
        said = {rows[0].pk: True, rows[1].pk: False}
        assert services.write_list(meeting, said, by=leader_of(cohort), at=NOON) == 2
        assert services.write_list(meeting, said, by=leader_of(cohort), at=NOON) == 0
    finally:
        services._listeners.remove(listener)
    assert set(heard) == {row.pk for row in rows}
    meeting.refresh_from_db()
    assert meeting.state == "held"
    assert [attended_minutes(row) for row in rows] == [(90, 90), (0, 90)]
    assert never_came(cohort) == [rows[1]]
    assert [(group.present, len(group.people)) for group in presence_at(meeting)] == [(1, 2)]
    services.write_list(meeting, {rows[1].pk: True}, by=leader_of(cohort), at=NOON)
    assert never_came(cohort) == []
    desk = desk_of(cohort)
    place = desk.header.index("Encontros com presença")
    cells = [line.cells[place] for group in desk.groups for line in group.lines]
    assert cells == ["1\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}1"] * 2
    with pytest.raises(PermissionDenied):
        services.write_list(meeting, said, by=rows[0].person, at=NOON)


def test_people_of_another_cohort_are_not_written_on_the_list():
    meeting = a_meeting(a_cohort())
    foreign = enrolled(a_cohort(), make.a_person())
    assert services.write_list(meeting, {foreign.pk: True}, by=leader_of(meeting.cohort), at=NOON) == 0
    assert not Attendance.objects.exists()


def test_what_happened_is_written_once_at_a_time():
    cohort = a_cohort()
    meeting = a_meeting(cohort)
    services.change_meeting(meeting, {"notes": "Lemos o mapa."}, revision=1, by=leader_of(cohort), at=NOON)
    with pytest.raises(StaleMeeting):
        services.change_meeting(meeting, {"notes": "Outro."}, revision=1, by=leader_of(cohort), at=NOON)
    meeting.refresh_from_db()
    assert meeting.notes == "Lemos o mapa."


def test_the_calendar_is_read_by_a_foreign_parser_and_ends_with_its_secret():
    cohort = a_cohort()
    person = make.a_person()
    enrolled(cohort, person)
    own, foreign = a_meeting(cohort, place="Sala 1; bloco B, térreo"), a_meeting(a_cohort())
    cancelled = a_meeting(cohort, title="Cancelado", state="cancelled")
    first = services.open_feed(by=person, at=NOON)
    secret = services.open_feed(by=person, at=NOON)
    assert Client().get(reverse("learn:meetings_feed", args=[first])).status_code == 404
    answer = Client().get(reverse("learn:meetings_feed", args=[secret]))
    events = {str(one["uid"]): one for one in Calendar.from_ical(answer.content).walk("VEVENT")}
    assert set(events) == {f"cohort-meeting-{one.uid}@trama" for one in (own, cancelled)}
    event = events[f"cohort-meeting-{own.uid}@trama"]
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (NOON, NOON + 90 * MINUTE)
    assert str(event["location"]) == "Sala 1; bloco B, térreo"
    assert events[f"cohort-meeting-{cancelled.uid}@trama"]["status"] == "CANCELLED"
    single = browser(person).get(reverse("learn:meeting_file", args=[own.uid]))
    assert len(Calendar.from_ical(single.content).walk("VEVENT")) == 1
    assert str(foreign.uid) not in answer.content.decode()


def test_the_letter_of_the_day_before_reminds_once():
    cohort = a_cohort()
    person = make.a_person()
    enrolled(cohort, person)
    a_meeting(cohort, starts_at=NOON + timedelta(days=3))

    def lines(at, told_at=None):
        return [line for group in waiting_for(person, at=at, told_at=told_at) for line in group.lines]

    day_before = NOON + timedelta(days=2)
    assert [line.urgent for line in lines(NOON)] == [False]
    assert [line.urgent for line in lines(day_before, NOON)] == [True]
    assert [line.urgent for line in lines(day_before + MINUTE, day_before)] == [False]
    assert person.pk in awaited(at=day_before)
    assert person.pk not in awaited(at=NOON)
    assert lines(NOON + timedelta(days=4)) == []


def test_pages_of_a_meeting_are_of_its_cohort():
    cohort = a_cohort()
    learner, stranger = make.a_person(), make.a_person()
    enrolled(cohort, learner)
    meeting = a_meeting(cohort, starts_at=timezone.now(), notes="Marcador do encontro")
    names = ["cohort_meeting", "attendance_list", "attendance_code", "edit_cohort_meeting", "arrive", "meeting_file"]
    addresses = [reverse(f"learn:{name}", args=[meeting.uid]) for name in names]
    addresses.append(reverse("learn:cohort_meetings", args=[cohort.uid]))
    asked = {
        learner: [200, 404, 404, 404, 200, 200, 200],
        stranger: [404] * 7,
        leader_of(cohort): [200, 200, 200, 200, 404, 200, 200],
        make.person_with(Role.TRAINER, make.a_partner()): [404] * 7,
    }
    for person, expected in asked.items():
        client = browser(person)
        assert [client.get(address).status_code for address in addresses] == expected
    page = browser(leader_of(cohort)).get(addresses[2], headers={"HX-Request": "true"}).content.decode()
    code = code_of(meeting.secret, window_of(timezone.now()))
    assert "<svg" in page
    assert "<html" not in page
    client = browser(learner)
    assert client.post(addresses[4], {"c": "nada"}).context["problem"]
    assert client.post(addresses[4], {"c": code}).status_code == 302
    assert Attendance.objects.get().source == "code"
    listed = browser(leader_of(cohort)).post(addresses[1], {"present": []})
    assert listed.status_code == 302
    assert not Attendance.objects.get().present
    assert BytesIO(client.get(addresses[5]).content).read(15) == b"BEGIN:VCALENDAR"


def test_a_trainer_plans_and_changes_a_meeting_on_the_screen():
    cohort = a_cohort()
    client = browser(leader_of(cohort))
    data = {"title": "Encontro", "starts_at": "2026-04-01T14:00", "minutes": "0"}
    address = reverse("learn:new_cohort_meeting", args=[cohort.uid])
    assert set(client.post(address, data).context["form"].errors) == {"minutes"}
    assert client.post(address, data | {"minutes": "60"}).status_code == 302
    meeting = CohortMeeting.objects.get()
    assert timezone.localtime(meeting.starts_at).hour == 14
    change = reverse("learn:edit_cohort_meeting", args=[meeting.uid])
    assert client.post(change, data | {"minutes": "75", "revision": "1"}).status_code == 302
    assert client.post(change, data | {"minutes": "80", "revision": "1"}).status_code == 409
    notes = {"state": "held", "notes": "Foi bom.", "recording": "", "revision": "2"}
    assert client.post(reverse("learn:cohort_meeting", args=[meeting.uid]), notes).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.minutes, meeting.state, meeting.notes) == (75, "held", "Foi bom.")
    assert client.get(reverse("learn:desk", args=[cohort.uid])).status_code == 200


def test_the_next_meeting_comes_first_and_past_ones_below():
    cohort = a_cohort()
    now = timezone.now()
    for title, days in (("Passado", -9), ("Recente", -2), ("Depois", 9), ("Logo", 2)):
        a_meeting(cohort, title=title, starts_at=now + timedelta(days=days))
    off = a_meeting(cohort, title="Cancelado", starts_at=now + timedelta(days=1))
    services.change_meeting(off, {"state": "cancelled"}, revision=off.revision, by=leader_of(cohort), at=now)
    page = browser(leader_of(cohort)).get(reverse("learn:cohort_meetings", args=[cohort.uid])).content.decode()
    places = [page.index(f">{title}</a>") for title in ("Logo", "Depois", "Cancelado", "Recente", "Passado")]
    assert places == sorted(places)
    assert page.count(">o próximo</span>") == 1
    assert places[0] < page.index(">o próximo</span>") < places[1]


def test_my_cohorts_say_the_next_meeting_of_each_in_one_query(django_assert_num_queries):
    person, now = make.a_person(), timezone.now()
    rows = []
    for number in range(3):
        cohort = a_cohort(name=f"Turma {number}")
        rows.append(enrolled(cohort, person))
        for title, days in (("Depois", 9), ("Passado", -2), ("Logo", 2 + number)):
            a_meeting(cohort, title=f"{title} {number}", starts_at=now + timedelta(days=days))
    page = browser(person).get("/en" + reverse("learn:my_cohorts")).content.decode()
    for number in range(3):
        with override("en"):
            day = date_format(timezone.localtime(now + timedelta(days=2 + number)), "SHORT_DATETIME_FORMAT")
        assert f"Next meeting: {day}, Logo {number}" in page
    assert "Passado" not in page
    with django_assert_num_queries(1):
        assert set(next_meetings(rows, now)) == {row.pk for row in rows}
