"""Two hundred people from a spreadsheet, seven of them wrong."""

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.accounts import factories as make
from trama.accounts.roles.vocabulary import Role
from trama.learn.models import CohortInvitation, Enrolment

from .factories import a_cohort, leader_of

pytestmark = pytest.mark.django_db


def a_file(lines: list[str]) -> SimpleUploadedFile:
    return SimpleUploadedFile("pessoas.csv", ("nome;e-mail;escola\n" + "\n".join(lines)).encode(), "text/csv")


def preview(client: Client, cohort, lines: list[str]):
    return client.post(reverse("learn:import_people", args=[cohort.uid]), {"file": a_file(lines)})


def confirm(client: Client, cohort, token: str):
    return client.post(reverse("learn:confirm_people", args=[cohort.uid]), {"token": token})


def test_two_hundred_rows_with_seven_wrong_ones(django_capture_on_commit_callbacks):
    cohort = a_cohort(roles=[Role.SCHOOL_PRINCIPAL], places=2)
    school, other = make.a_school(), make.a_school()
    principals = [make.person_with(Role.SCHOOL_PRINCIPAL, make.a_school()) for _ in range(3)]
    own, teacher = make.person_with(Role.SCHOOL_PRINCIPAL, school), make.person_with(Role.TEACHER, school)
    lines = [f"Nova {n};nova{n}@exemplo.org;" for n in range(189)]
    lines += [f";{one.email.upper()};" for one in principals] + [f";{own.email};{school.pk}"]
    lines[10:10] = [
        "Sem arroba;sem-arroba;",
        "Vazio;;12345678",
        "Nova 3;NOVA3@exemplo.org;",
        "Código curto;curto@exemplo.org;123",
        "Código letra;letra@exemplo.org;2600000X",
        f"Professora;{teacher.email};",
    ]
    extra = make.person_with(Role.SCHOOL_PRINCIPAL, make.a_school())
    lines.append(f"Outra escola;{extra.email};{other.pk}")
    assert len(lines) == 200
    client = Client()
    client.force_login(leader_of(cohort))
    shown = preview(client, cohort, lines)
    problems = shown.context["problems"]
    assert [one.row for one in problems] == [12, 13, 14, 15, 16, 17, 201]
    assert {one.column for one in problems} == {"e-mail", "escola"}
    assert problems[0].found == "sem-arroba"
    assert str(school.network) not in shown.content.decode()
    assert (Enrolment.objects.count(), CohortInvitation.objects.count()) == (0, 0)
    with django_capture_on_commit_callbacks(execute=True):
        assert confirm(client, cohort, shown.context["token"]).status_code == 302
    states = Enrolment.objects.order_by("asked_at", "pk").values_list("state", flat=True)
    assert list(states) == ["enrolled", "enrolled", "waiting", "waiting"]
    assert CohortInvitation.objects.count() == 189
    assert len(mail.outbox) == 193
    again = preview(client, cohort, lines)
    assert again.context["token"] == ""
    assert {line.standing for line in again.context["preview"].lines} == {"already"}


def test_a_row_does_what_the_screen_does():
    cohort = a_cohort()
    by_screen, by_file = make.a_person(), make.a_person()
    screen, desk = Client(), Client()
    screen.force_login(by_screen)
    desk.force_login(leader_of(cohort))
    screen.post(reverse("learn:cohort", args=[cohort.uid]))
    shown = preview(desk, cohort, [f";{by_file.email};"])
    confirm(desk, cohort, shown.context["token"])
    one, two = (Enrolment.objects.get(person=person) for person in (by_screen, by_file))
    assert (one.state, one.role, one.network) == (two.state, two.role, two.network)
    assert (one.participations.count(), one.changes.count()) == (two.participations.count(), two.changes.count())


def test_the_preview_of_another_person_confirms_nothing():
    cohort = a_cohort()
    first, second = Client(), Client()
    first.force_login(leader_of(cohort))
    second.force_login(make.person_with(Role.PROGRAMME_TEAM))
    token = preview(first, cohort, [";alguem@exemplo.org;"]).context["token"]
    assert confirm(second, cohort, token).status_code == 302
    assert confirm(first, cohort, token + "x").status_code == 302
    assert not CohortInvitation.objects.exists()


def test_a_file_without_the_column_says_what_was_expected():
    cohort = a_cohort()
    client = Client()
    client.force_login(leader_of(cohort))
    file = SimpleUploadedFile("x.csv", b"nome;telefone\nAna;1\n", "text/csv")
    shown = client.post(reverse("learn:import_people", args=[cohort.uid]), {"file": file})
    assert "e-mail" in shown.context["problems"][0].expected
    assert shown.context["token"] == ""


def report(client: Client, cohort, token: str):
    return client.post(reverse("learn:report_people", args=[cohort.uid]), {"report": token})


def test_the_report_says_of_every_row_what_the_screen_says():
    cohort = a_cohort()
    known = make.a_person(name="=Ana")
    client, other = Client(), Client()
    client.force_login(leader_of(cohort))
    shown = preview(client, cohort, ["Sem;sem-arroba;", f"Ana;{known.email};", "Nova;nova@exemplo.org;"])
    answer = report(client, cohort, shown.context["report"])
    assert answer["Content-Disposition"].startswith("attachment")
    rows = [line.split(";") for line in answer.content.decode("utf-8-sig").splitlines()]
    assert [row[0] for row in rows[1:]] == ["2", "3", "4"]
    assert [row[4:6] for row in rows[1:]] == [["e-mail", "sem-arroba"], ["", ""], ["", ""]]
    assert rows[2][1:3] == [known.email, "'=Ana"]
    told = [line.told for line in shown.context["preview"].lines]
    assert [row[3] for row in rows[2:]] == told
    assert Enrolment.objects.count() == 0
    other.force_login(make.person_with(Role.PROGRAMME_TEAM, make.the_programme()))
    assert report(other, cohort, shown.context["report"]).status_code == 302  # another's report
    assert report(client, cohort, "x").status_code == 302
    assert report(client, a_cohort(by=leader_of(cohort)), shown.context["report"]).status_code == 302
