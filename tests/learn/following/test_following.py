"""Following a cohort: who is late and why, reminders in the one letter, silence that is kept, writing to many."""

import csv
import html
import io
import re
import uuid
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from tests.accounts import factories as accounts
from tests.learn.progress.world import a_class, a_pair, an_enrolment, later
from trama.foundation.models import Event
from trama.learn.assignments.services import decide, hand_in
from trama.learn.following import services
from trama.learn.following.errors import NobodyChosen, NothingToSay
from trama.learn.following.lateness import Why
from trama.learn.following.selectors import late_by_network, standings
from trama.learn.following.waiting import note_told, people_to_remind, reminders_waiting
from trama.learn.meetings.services import plan_meeting, write_list
from trama.learn.models import Assignment, AssignmentWork, Cohort, CohortMessage, Enrolment, Lesson, Nudge, NudgeMute
from trama.learn.progress.services import record_visit
from trama.plan.followup.digest import send_digests

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 9, 15, 0, tzinfo=UTC)  # a week after the enrolment


@pytest.fixture
def room():
    return a_class(assignments_rule="accepted")


def of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text(answer, status: int = 200) -> str:
    assert answer.status_code == status, answer.content[:400]
    return answer.content.decode()


def visited(room, at):
    record_visit(room.enrolment, Lesson.objects.get(module__version=room.version), by=room.learner, at=at)


def standing_of(room, at):
    (found,) = standings(room.cohort, [room.enrolment], at=at)
    return found


def whys(room, at) -> list[Why]:
    return [one.why for one in standing_of(room, at).late]


def test_reasons_follow_what_people_do(room):
    assert whys(room, MONDAY) == [Why.NEVER_CAME]
    visited(room, MONDAY - timedelta(days=2))
    assert whys(room, MONDAY) == []
    found = standing_of(room, MONDAY + timedelta(days=5))
    assert [one.why for one in found.late] == [Why.STOPPED]
    assert found.next.slug == "teste-1"  # the lesson was opened; the quiz comes next


def test_work_that_came_back_counts_for_both_of_a_pair_and_only_until_it_is_handed_in_again():
    room = a_class(assignments_rule="accepted", joint=True)
    _pair, colleague = a_pair(room)
    task = Assignment.objects.get(module__version=room.version)
    made = hand_in(room.enrolment, task, "Um", submission=uuid.uuid4(), base=0, by=room.learner, at=later(1))
    decide(made, "returned", feedback="Falta.", levels={}, by=room.trainer, at=later(days=3))
    for one in standings(room.cohort, [room.enrolment, colleague], at=MONDAY):
        assert Why.RETURNED in [reason.why for reason in one.late]
    base = AssignmentWork.objects.get().revision
    hand_in(room.enrolment, task, "Dois", submission=uuid.uuid4(), base=base, by=room.learner, at=later(days=5))
    assert Why.RETURNED not in whys(room, MONDAY)


def test_missed_meetings_are_those_held_since_one_enrolled(room):
    rows = [
        plan_meeting(
            room.cohort, {"title": f"{n}", "starts_at": later(days=n), "minutes": 60}, by=room.trainer, at=later()
        )
        for n in (-3, 1, 2)
    ]  # fmt: skip
    other = an_enrolment(room.cohort)
    for row in rows:
        write_list(row, {other.pk: True}, by=room.trainer, at=later(days=4))
    (reason,) = [one for one in standing_of(room, MONDAY).late if one.why == Why.MISSED]
    assert (reason.n, reason.of) == (2, 2)


def test_the_list_shows_networks_first_and_the_export_says_what_the_screen_says(room):
    school = accounts.a_school()
    for name in ("=Bia", "Caio & Lu"):
        an_enrolment(room.cohort, accounts.a_person(name=name), school=school, network=school.network)
    trainer = of(room.trainer)
    page = text(trainer.get(f"/turmas/{room.cohort.uid}/equipe/atrasos/"))
    shown = []
    for table in re.findall(r'<table class="table table-compact late-people">(.*?)</table>', page, re.DOTALL):
        network = re.search(r"<caption[^>]*>(.*?)</caption>", table, re.DOTALL)[1]
        for row in re.findall(r"<tr>(.*?)</tr>", table.partition("<tbody>")[2], re.DOTALL):
            name = re.search(r"<input[^>]*> (.*?)</label>", row, re.DOTALL)[1]
            cells = re.findall(r"<td>(.*?)</td>", row, re.DOTALL)
            shown.append([html.unescape(one) for one in (network, name, *cells)])
    assert len(shown) == 3
    body = trainer.get(f"/turmas/{room.cohort.uid}/equipe/atrasos.csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(body), delimiter=";"))[1:]
    without = [[network or "Sem rede", name.removeprefix("'"), *rest] for network, name, _mail, *rest in rows]
    assert without == shown
    book = openpyxl.load_workbook(io.BytesIO(trainer.get(f"/turmas/{room.cohort.uid}/equipe/atrasos.xlsx").content))
    sheet = [["" if cell is None else cell for cell in row] for row in book.active.iter_rows(values_only=True)][1:]
    assert [[network or "Sem rede", name, *rest] for network, name, _mail, *rest in sheet] == shown


def test_who_does_not_lead_the_cohort_finds_nothing(room):
    for person in (room.learner, room.stranger):
        for path in ("atrasos/", "atrasos.csv"):
            assert of(person).get(f"/turmas/{room.cohort.uid}/equipe/{path}").status_code == 404
        form = {"person": str(room.enrolment.uid), "step": "send", "text": "Oi", "submission": str(uuid.uuid4())}
        assert of(person).post(f"/turmas/{room.cohort.uid}/equipe/atrasos/mensagem/", form).status_code == 404
        with pytest.raises(PermissionDenied):
            services.write_to(
                room.cohort, {room.enrolment.uid}, "Oi", submission=uuid.uuid4(), by=person, at=MONDAY
            )  # fmt: skip
    assert not CohortMessage.objects.exists()


def test_the_queries_do_not_grow_with_the_people(room):
    def queries(path: str) -> int:
        client = of(room.trainer)
        client.get(path)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    paths = [f"/turmas/{room.cohort.uid}/equipe/atrasos/", f"/turmas/{room.cohort.uid}/equipe/"]
    before = [queries(path) for path in paths]
    for _n in range(6):
        an_enrolment(room.cohort)
    assert [queries(path) for path in paths] == before
    assert before[0] <= 40


# --- reminders ----------------------------------------------------------------------------------------------------


def letters_of(person, capture, at) -> list[str]:
    """The letters that the digests of a day bring a person."""
    mail.outbox.clear()
    with capture(execute=True):
        send_digests(at=at, apply=True)
    return [one.body for one in mail.outbox if person.email in one.to]


def test_a_reminder_stands_in_the_one_letter_once_for_each_step(room, django_capture_on_commit_callbacks):
    visited(room, MONDAY - timedelta(days=4))  # Thursday
    assert room.learner.pk in set(people_to_remind(MONDAY))
    (line,) = reminders_waiting(room.learner, MONDAY, None)
    assert line.what == f"{room.cohort.name}: 4 dias sem atividade. O seu próximo passo é “O que ficou”."
    assert line.address == f"/aprender/{room.slug}/testes/teste-1/"
    assert (line.urgent, line.silent) == (True, False)
    (letter,) = letters_of(room.learner, django_capture_on_commit_callbacks, MONDAY)
    assert "O seu próximo passo é “O que ficou”" in letter
    assert line.pause in letter
    assert [(one.step, one.kind) for one in Nudge.objects.filter(enrolment=room.enrolment)] == [(3, "idle")]
    assert letters_of(room.learner, django_capture_on_commit_callbacks, MONDAY + timedelta(days=1)) == []
    (line,) = reminders_waiting(room.learner, MONDAY + timedelta(days=1), None)
    assert line.silent  # the page still shows it
    with pytest.raises(DatabaseError), transaction.atomic():
        Nudge.objects.update(step=1)


def test_no_reminder_on_a_weekend_after_the_end_or_after_completion(room):
    saturday = MONDAY + timedelta(days=5)
    assert all(line.silent for line in reminders_waiting(room.learner, saturday, None))
    Enrolment.objects.filter(pk=room.enrolment.pk).update(completed_at=later(days=1))
    assert reminders_waiting(room.learner, MONDAY, None) == []
    Enrolment.objects.filter(pk=room.enrolment.pk).update(completed_at=None)
    Cohort.objects.filter(pk=room.cohort.pk).update(ends_on=(MONDAY - timedelta(days=1)).date())
    assert reminders_waiting(room.learner, MONDAY, None) == []
    assert room.learner.pk not in set(people_to_remind(MONDAY))


def test_silence_is_kept_by_letters_and_one_click_gives_it(room, django_capture_on_commit_callbacks):
    (line,) = reminders_waiting(room.learner, MONDAY, None)
    anyone = Client(enforce_csrf_checks=True)  # who clicks in a letter is not signed in
    assert "Não quero lembretes desta turma" in text(anyone.get(line.pause))
    assert anyone.post(line.pause, {"what": "cohort"}).status_code == 302
    assert NudgeMute.objects.get().cohort == room.cohort
    (line,) = reminders_waiting(room.learner, MONDAY, None)
    assert line.silent
    assert not reminders_waiting(room.stranger, MONDAY, None)[0].silent  # nobody else's
    assert letters_of(room.learner, django_capture_on_commit_callbacks, MONDAY) == []
    anyone.post(line.pause, {"what": "cohort_again"})
    assert not reminders_waiting(room.learner, MONDAY, None)[0].silent
    anyone.post(line.pause, {"what": "all"})
    assert reminders_waiting(room.learner, MONDAY, None)[0].silent
    assert NudgeMute.objects.get().cohort is None
    for token in ("x", line.pause.rstrip("/").rpartition("/")[2][:-2] + "zz"):
        assert anyone.get(f"/lembretes/{token}/").status_code == 404
    assert anyone.post(line.pause, {"what": "everything"}).status_code == 404


def test_only_ones_own_reminders_are_noted(room):
    (line,) = reminders_waiting(room.learner, MONDAY, None)
    note_told(room.stranger, [line], MONDAY)
    assert not Nudge.objects.exists()


# --- writing to many ----------------------------------------------------------------------------------------------


def test_a_trainer_writes_to_the_people_marked_after_seeing_the_letter(room, django_capture_on_commit_callbacks):
    other = an_enrolment(room.cohort)
    services.set_mute(other.person, room.cohort, True, at=later())
    trainer, address = of(room.trainer), f"/turmas/{room.cohort.uid}/equipe/atrasos/mensagem/"
    marked = [str(room.enrolment.uid), str(other.uid)]
    page = text(trainer.post(address, {"person": marked}))
    assert "1 pessoa não quer e-mails" in page
    once = str(uuid.uuid4())
    page = text(
        trainer.post(address, {"person": marked, "step": "preview", "text": "Vamos juntos?", "submission": once})
    )
    assert "Vamos juntos?" in page
    assert "O seu próximo passo: Ler o mapa" in page
    assert not CohortMessage.objects.exists()
    form = {"person": marked, "step": "send", "text": "Vamos juntos?", "submission": once}
    for _twice in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            assert trainer.post(address, form).status_code == 302
    assert [one.to for one in mail.outbox] == [[room.learner.email]]  # once, and not to who silenced reminders
    assert "/lembretes/" in mail.outbox[0].body
    assert f"/aprender/{room.slug}/aulas/aula-1/" in mail.outbox[0].body
    for enrolment in (room.enrolment, other):
        assert "Vamos juntos?" in text(of(enrolment.person).get(f"/matriculas/{enrolment.uid}/"))
    event = Event.objects.filter(verb="message to people of cohort").get()
    assert event.detail == {"people": 2, "letters": 1}


def test_a_message_needs_words_and_people_of_the_cohort(room):
    told = {"submission": uuid.uuid4(), "by": room.trainer, "at": MONDAY}
    with pytest.raises(NothingToSay):
        services.write_to(room.cohort, {room.enrolment.uid}, "  ", **told)
    elsewhere = Enrolment.objects.get(person=room.stranger)
    with pytest.raises(NobodyChosen):
        services.write_to(room.cohort, {elsewhere.uid}, "Oi", **told)
    assert not CohortMessage.objects.exists()


def test_nobody_is_late_in_a_cohort_without_people(room):
    room.cohort.enrolments.update(state="withdrawn", withdrawn_at=later())
    assert late_by_network(room.cohort, at=timezone.now()) == []
    assert "Ninguém está atrasado." in text(of(room.trainer).get(f"/turmas/{room.cohort.uid}/equipe/atrasos/"))


def test_one_click_marks_a_network_or_everybody_who_is_late(room):
    school = accounts.a_school()
    for name in ("Bia", "Caio"):
        an_enrolment(room.cohort, accounts.a_person(name=name), school=school, network=school.network)
    trainer = of(room.trainer)
    page = text(trainer.get(f"/turmas/{room.cohort.uid}/equipe/atrasos/"))
    names = re.findall(r'name="network" value="([^"]*)" data-marks', page)
    assert sorted(html.unescape(one) for one in names) == ["", str(school.network)]
    address = f"/turmas/{room.cohort.uid}/equipe/atrasos/mensagem/"
    for marks, people in (
        ({"network": str(school.network)}, {"Bia", "Caio"}),
        ({"network": ""}, {"Ana Souza"}),
        ({"all": "on"}, {"Ana Souza", "Bia", "Caio"}),
        ({"network": "another"}, set()),
    ):
        shown = text(trainer.post(address, marks, follow=True))
        lead = re.search(r'<p class="lead">(.*?)</p>', shown)[1]
        assert {one for one in ("Ana Souza", "Bia", "Caio") if one in lead} == people


def said_of(room) -> str:
    """What the list of a person's cohorts says of how far they are, before the meetings."""
    page = text(of(room.learner).get(reverse("learn:my_cohorts")))
    return " ".join(page.split())


def test_my_cohorts_say_how_far_one_is_and_what_comes_next(room):
    assert "0 de 3 concluídos. A seguir: “" in said_of(room)
    visited(room, timezone.now())
    standing = standing_of(room, timezone.now())
    assert (standing.met, standing.asked, standing.next.slug) == (1, 3, "teste-1")
    day = date_format(standing.next_on, "SHORT_DATE_FORMAT")
    assert f"1 de 3 concluídos. A seguir: “{standing.next.title}”, previsto até {day}." in said_of(room)
    Cohort.objects.filter(pk=room.cohort.pk).update(ends_on=None, self_paced=True)
    assert f"1 de 3 concluídos. A seguir: “{standing.next.title}”." in said_of(room)
    Enrolment.objects.filter(pk=room.enrolment.pk).update(completed_at=later(days=1))
    assert "Você concluiu este curso." in said_of(room)
    Cohort.objects.filter(pk=room.cohort.pk).update(state="ended")
    assert "Você concluiu" not in said_of(room)  # nothing goes on there any more
