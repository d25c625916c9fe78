"""Presence from a spreadsheet: row by row, and the same effect as the list on the screen."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.learn.progress.world import a_class, an_enrolment, later
from trama.know.api import SheetRow
from trama.learn.meetings import importing
from trama.learn.meetings.services import plan_meeting, write_list
from trama.learn.models import Attendance

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return a_class(attendance_percent=50)


def a_meeting(room, title="Encontro"):
    values = {"title": title, "starts_at": later(), "minutes": 60}
    return plan_meeting(room.cohort, values, by=room.trainer, at=later() - timedelta(days=1))


def of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def send(client, meeting, lines, head="nome;e-mail;presença"):
    file = SimpleUploadedFile("lista.csv", (head + "\n" + "\n".join(lines)).encode(), "text/csv")
    return client.post(f"/encontros/{meeting.uid}/planilha/", {"file": file})


def said(meeting) -> dict[int, bool]:
    return dict(meeting.attendances.values_list("enrolment_id", "present"))


def test_each_row_is_told_and_the_sound_ones_are_written_once(room):
    meeting, other, third = a_meeting(room), an_enrolment(room.cohort), an_enrolment(room.cohort)
    trainer = of(room.trainer)
    lines = [
        f"Ana;{room.learner.email.upper()};Sim",
        f"B;{other.person.email};não",
        f"B;{other.person.email};sim",
        f"C;{third.person.email};talvez",
        f"Fora;{room.stranger.email};sim",
        "Sem;;sim",
    ]
    answer = send(trainer, meeting, lines)
    found = answer.context["preview"]
    assert [(line.row.row, line.row.present, line.standing) for line in found.lines] == [
        (2, True, "new"),
        (3, False, "new"),
    ]
    assert [one.row for one in found.problems] == [4, 5, 6, 7]
    assert found.unsaid == 1
    assert not Attendance.objects.exists()
    confirm = f"/encontros/{meeting.uid}/planilha/confirmar/"
    assert of(room.learner).post(confirm, {"token": answer.context["token"]}).status_code == 404
    trainer.post(confirm, {"token": answer.context["token"]})
    assert said(meeting) == {room.enrolment.pk: True, other.pk: False}
    assert set(meeting.attendances.values_list("source", flat=True)) == {"file"}
    meeting.refresh_from_db()
    assert meeting.state == "held"
    again = send(trainer, meeting, lines)
    assert again.context["token"] == ""
    assert "Nada a fazer" in again.content.decode()


def test_a_file_has_the_same_effect_as_the_list(room):
    other = an_enrolment(room.cohort)
    listed, filed = a_meeting(room, "Lista"), a_meeting(room, "Planilha")
    write_list(listed, {room.enrolment.pk: True, other.pk: False}, by=room.trainer, at=later(5))
    rows = [
        importing.PresenceRow(2, room.learner.email, True),
        importing.PresenceRow(3, other.person.email, False),
    ]
    assert importing.import_presence(filed, rows, by=room.trainer, at=later(5)) == 2
    for one in (listed, filed):
        one.refresh_from_db()
    assert said(listed) == said(filed)
    assert (listed.state, listed.revision) == (filed.state, filed.revision)


def test_without_a_column_of_presence_whoever_is_in_the_file_was_there(room):
    meeting = a_meeting(room)
    found = send(of(room.trainer), meeting, [f"Ana;{room.learner.email}"], head="nome;email").context["preview"]
    assert [line.row.present for line in found.lines] == [True]


def test_only_who_leads_brings_a_file_and_only_their_own_preview_counts(room):
    meeting = a_meeting(room)
    for person in (room.learner, room.stranger):
        assert of(person).get(f"/encontros/{meeting.uid}/planilha/").status_code == 404
    rows = [importing.PresenceRow(2, room.learner.email, True)]
    with pytest.raises(PermissionDenied):
        importing.import_presence(meeting, rows, by=room.learner, at=later(5))
    answer = of(room.trainer).post(f"/encontros/{meeting.uid}/planilha/confirmar/", {"token": "falso"}, follow=True)
    assert "antiga demais" in answer.content.decode() or "não é sua" in answer.content.decode()
    assert not Attendance.objects.exists()


CELLS = st.none() | st.text(max_size=20) | st.integers(0, 9) | st.floats(allow_nan=True) | st.booleans()
WORDS = st.sampled_from(["e-mail", "presença", "sim", "não", "x", "a@b.org", "c@d.org", ""])


@given(st.lists(st.lists(CELLS | WORDS, max_size=5), max_size=25))
@settings(deadline=None)
def test_no_sheet_breaks_the_reading_and_nobody_is_read_twice(cells):
    rows = [SheetRow("1", number, row) for number, row in enumerate(cells, start=1)]
    sound, problems = importing.rows_as_presence(rows, "lista.csv")
    emails = [row.email for row in sound]
    assert len(set(emails)) == len(emails)
    assert all(isinstance(one.found, str) and one.expected for one in problems)
    assert {row.row for row in sound}.isdisjoint({one.row for one in problems if one.column})
