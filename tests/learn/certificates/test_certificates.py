"""A certificate is issued exactly when earned, verified by anybody, corrected with a trail, revoked with a reason."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from tests.learn.progress.test_pages import of, text
from tests.learn.progress.world import a_class, a_pair, an_enrolment, later
from trama.learn.certificates.codes import ALPHABET, new_code, qr_svg, read_code
from trama.learn.certificates.errors import Incomplete, NotValidAnyMore
from trama.learn.certificates.pdf import certificate_pdf
from trama.learn.certificates.services import issue_for_cohort, reissue, revoke
from trama.learn.models import Attendance, Certificate, CohortMeeting, Lesson
from trama.learn.progress.services import record_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return a_class("a-rede", lessons_only=True, hours=8)


def earned(room, enrolment=None, *, at=None) -> Certificate:
    who = enrolment or room.enrolment
    record_visit(who, Lesson.objects.get(module__version=room.version), by=who.person, at=at or later(days=30))
    return Certificate.objects.get(enrolment=who)


def test_codes_cannot_be_guessed_and_are_read_as_people_type_them():
    codes = {new_code() for _number in range(200)}
    assert len(codes) == 200
    assert all(re.fullmatch(rf"([{ALPHABET}]{{4}}-){{3}}[{ALPHABET}]{{4}}", code) for code in codes)
    assert read_code(" 7k3m 9qpd-o4tx-wb2r ") == "7K3M-9QPD-04TX-WB2R"
    assert [read_code(typed) for typed in ("", "7K3M", "7K3M-9QPD-04TX-WB2U", "7K3M-9QPD-04TX-WB2RR")] == [""] * 4


def test_the_act_that_completes_the_course_issues_what_the_course_says(room):
    pair, _colleague = a_pair(room)
    assert not Certificate.objects.exists()
    made = earned(room)
    assert (made.name, made.hours, made.course_pt, made.kind) == ("Ana Souza", 8, "Conhecer a rede", "complete")
    assert (made.cohort, made.pair, made.version) == (room.cohort.name, str(pair), "1.0")
    assert made.ended_on == later(days=30).date()
    assert made.issued_at == later(days=30)
    assert made.issued_by is None
    issue_for_cohort(room.cohort, partial=False, by=room.trainer, at=later(days=31))
    assert Certificate.objects.get() == made


def test_without_a_name_no_certificate_is_printed_until_there_is_one(room):
    nameless = an_enrolment(room.cohort)
    type(nameless.person).objects.filter(pk=nameless.person_id).update(name="")
    nameless.person.refresh_from_db()
    record_visit(nameless, Lesson.objects.get(module__version=room.version), by=nameless.person, at=later())
    assert not Certificate.objects.exists()
    type(nameless.person).objects.filter(pk=nameless.person_id).update(name="Bia Lima")
    [made] = issue_for_cohort(room.cohort, partial=False, by=room.trainer, at=later(1))
    assert made.name == "Bia Lima"


def test_a_corrected_name_leaves_a_trail_and_a_revoked_one_stays_revoked(room):
    old = earned(room)
    with pytest.raises(PermissionDenied):
        reissue(old, name="X", reason="Y", by=room.learner, at=later(days=31))
    with pytest.raises(Incomplete):
        reissue(old, name=" ", reason="Y", by=room.trainer, at=later(days=31))
    new = reissue(old, name="Ana de Souza", reason="Nome completo", by=room.trainer, at=later(days=31))
    assert (new.replaces, new.hours, new.ended_on) == (old, old.hours, old.ended_on)
    assert new.code != old.code
    with pytest.raises(NotValidAnyMore):
        revoke(old, reason="Engano", by=room.trainer, at=later(days=32))
    with pytest.raises(Incomplete):
        revoke(new, reason="", by=room.trainer, at=later(days=32))
    revoke(new, reason="Matrícula de outra pessoa", by=room.trainer, at=later(days=32))
    from trama.learn.progress.services import recompute

    recompute(room.enrolment, by=room.trainer, at=later(days=33))
    assert Certificate.objects.filter(revoked_at__isnull=True, replaced_at__isnull=True).count() == 0


def test_a_name_corrected_once_is_printed_again_after_a_revocation(room):
    corrected = reissue(earned(room), name="Ana de Souza", reason="Nome completo", by=room.trainer, at=later(days=31))
    revoke(corrected, reason="Engano", by=room.trainer, at=later(days=32))
    [again] = issue_for_cohort(room.cohort, partial=False, by=room.trainer, at=later(days=33))
    assert (again.name, again.replaces) == ("Ana de Souza", None)
    revoke(again, reason="Engano", by=room.trainer, at=later(days=34))
    [third] = issue_for_cohort(room.cohort, partial=False, by=room.trainer, at=later(days=35))
    assert third.name == "Ana de Souza"
    revoke(third, reason="Engano", by=room.trainer, at=later(days=36))
    type(room.learner).objects.filter(pk=room.learner.pk).update(name="Ana Lima")  # the person's own, and newer
    [last] = issue_for_cohort(room.cohort, partial=False, by=room.trainer, at=later(days=37))
    assert last.name == "Ana Lima"


def test_hours_attended_are_certified_in_part(room):
    other = an_enrolment(room.cohort)
    for number, state in enumerate(["held", "held", "cancelled"]):
        meeting = CohortMeeting.objects.create(
            cohort=room.cohort, title="Encontro", starts_at=later(days=number), minutes=50, state=state, secret="x",
            created_at=later(), changed_at=later(), created_by=room.trainer,
        )  # fmt: skip
        for person in (room.enrolment, other) if number != 1 else (room.enrolment,):
            Attendance.objects.create(
                meeting=meeting, enrolment=person, present=True, source="list", said_at=later(), said_by=room.trainer
            )
    with pytest.raises(PermissionDenied):
        issue_for_cohort(room.cohort, partial=True, by=room.stranger, at=later(days=9))
    made = issue_for_cohort(room.cohort, partial=True, by=room.trainer, at=later(days=9))
    assert [(one.enrolment, one.hours, one.kind) for one in made] == [(room.enrolment, 1, "partial")]  # 100 and 50 min
    assert not issue_for_cohort(room.cohort, partial=True, by=room.trainer, at=later(days=10))


def test_the_paper_holds_what_the_certificate_states(room):
    made = earned(room)
    pdf = certificate_pdf(made, link=f"https://trama.example/certificados/{made.code}/")
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    assert "<path" in qr_svg("https://trama.example/")


def test_anybody_verifies_a_certificate_and_learns_nothing_else(room):
    made = earned(room)
    anyone = Client()
    page = anyone.get(f"/certificados/{made.code}/")
    body = text(page)
    for words in ("Este certificado é válido", "Ana Souza", "Conhecer a rede", room.cohort.name):
        assert words in body
    assert room.learner.email not in body
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    typed = anyone.get("/certificados/", {"codigo": made.code.lower().replace("-", " ")})
    assert typed["Location"] == f"/certificados/{made.code}/"
    assert "Nenhum certificado" in text(anyone.get("/certificados/", {"codigo": "abc"}), 404)
    assert "Nenhum certificado" in text(anyone.get(f"/certificados/{new_code()}/"), 404)
    assert "This certificate is valid" in text(anyone.get(f"/en/certificados/{made.code}/"))
    new = reissue(made, name="Ana de Souza", reason="Nome", by=room.trainer, at=later(days=31))
    assert f"/certificados/{new.code}/" in text(anyone.get(f"/certificados/{made.code}/"))
    revoke(new, reason="Engano na matrícula", by=room.trainer, at=later(days=31) + timedelta(hours=1))
    body = text(anyone.get(f"/certificados/{new.code}/"))
    assert "Este certificado foi revogado" in body
    assert "Engano na matrícula" in body


def test_pages_of_certificates_are_found_by_their_holder_and_trainers_only(room):
    made = earned(room)
    me, trainer, desk = of(room.learner), of(room.trainer), f"/turmas/{room.cohort.uid}/equipe/certificados/"
    file = f"/aprender/meus/certificados/{made.uid}.pdf"
    assert made.code in text(me.get("/aprender/meus/certificados/"))
    assert made.code in text(me.get("/aprender/a-rede/"))
    assert me.get(file).content.startswith(b"%PDF")
    assert trainer.get(file).status_code == 200
    assert made.code in text(trainer.get(desk))
    assert "Ana Souza" in text(trainer.get(f"{desk}{made.uid}/"))
    for person in (room.stranger, a_class().trainer):
        for address in (file, desk, f"{desk}{made.uid}/"):
            assert of(person).get(address).status_code == 404, address
        assert of(person).post(f"{desk}emitir/conclusao/").status_code == 404
        assert made.code not in text(of(person).get("/aprender/meus/certificados/"))
    assert me.post(f"{desk}{made.uid}/", {"revoke": "1", "reason": "x"}).status_code == 404
    assert trainer.post(f"{desk}emitir/parciais/").status_code == 302
    assert "motivo" in text(trainer.post(f"{desk}{made.uid}/", {"revoke": "1", "reason": ""})).lower()
    trainer.post(f"{desk}{made.uid}/", {"revoke": "1", "reason": "Engano"})
    made.refresh_from_db()
    assert made.revoked_by == room.trainer
