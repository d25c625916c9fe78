"""The new director of education shows the act; the programme decides."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from tests.accounts.factories import a_network, a_person, a_state_network, person_with
from trama.accounts.roles import errors
from trama.accounts.roles.models import RenewalRequest
from trama.accounts.roles.renewals import MAX_DOCUMENT_BYTES, ask_renewal, decide_renewal
from trama.accounts.roles.retention import forget_old
from trama.accounts.roles.selectors import standings_of
from trama.accounts.roles.vocabulary import Role

pytestmark = pytest.mark.django_db
NOW = datetime(2029, 1, 5, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


def _pdf(content=b"%PDF-1.7\nact"):
    return SimpleUploadedFile("../../etc/ato.pdf", content, content_type="application/pdf")


def _ask(network, by, document=None):
    return ask_renewal(
        network, act_number="1/2029", act_date=date(2029, 1, 2), document=document or _pdf(), by=by, at=NOW
    )


def test_an_approved_director_becomes_principal_user_until_the_next_elections():
    network = a_network(35)
    before = person_with(Role.NETWORK_PRINCIPAL, network, start=date(2028, 12, 1), end=date(2033, 1, 1))
    ana, admin = a_person(), person_with(Role.PROGRAMME_ADMIN)
    request = _ask(network, ana)
    with pytest.raises(PermissionDenied):
        decide_renewal(request, approve=True, by=person_with(Role.PROGRAMME_TEAM), at=NOW)
    decide_renewal(request, approve=True, by=admin, at=NOW)
    (standing,) = standings_of(ana)
    assert (standing.role, standing.profile.end) == (Role.NETWORK_PRINCIPAL, date(2033, 1, 1))
    assert standings_of(before) == []
    with pytest.raises(errors.RequestAlreadyDecided):
        decide_renewal(request, approve=False, by=admin, at=NOW)


def test_a_state_renews_its_own_principal_user():
    ana = a_person()
    decide_renewal(_ask(a_state_network(), ana), approve=True, by=person_with(Role.PROGRAMME_ADMIN), at=NOW)
    assert [standing.role for standing in standings_of(ana)] == [Role.STATE_PRINCIPAL]


def test_a_refused_request_gives_nothing_and_says_why(mailoutbox, django_capture_on_commit_callbacks):
    ana = a_person()
    request = _ask(a_network(), ana)
    with django_capture_on_commit_callbacks(execute=True):
        decide_renewal(
            request, approve=False, reason="O ato é de outro município.", by=person_with(Role.PROGRAMME_ADMIN), at=NOW
        )
    assert standings_of(ana) == []
    assert "O ato é de outro município." in mailoutbox[-1].body


def test_one_request_waits_at_a_time_and_the_refused_file_is_not_kept(settings):
    network, ana = a_network(), a_person()
    kept = _ask(network, ana)
    folder = kept.document.storage.path("appointments")
    with pytest.raises(errors.RequestAlreadyWaiting):
        _ask(network, ana)
    assert Path(kept.document.name).name in [path.name for path in Path(folder).iterdir()]
    assert RenewalRequest.objects.count() == 1


@pytest.mark.parametrize("content", [b"", b"<html>", b"MZ\x90", b" %PDF-1.7", b"%PDF-1.7" + b"0" * MAX_DOCUMENT_BYTES])
def test_what_is_no_small_pdf_is_refused(content):
    with pytest.raises(errors.DocumentNotAccepted):
        _ask(a_network(), a_person(), SimpleUploadedFile("a.pdf", content, content_type="application/pdf"))
    assert not RenewalRequest.objects.exists()


def test_the_name_that_came_with_the_file_is_not_used():
    name = _ask(a_network(), a_person()).document.name
    assert name.startswith("appointments/")
    assert "ato" not in name
    assert ".." not in name


def test_documents_are_forgotten_ninety_days_after_the_decision(django_capture_on_commit_callbacks):
    request = _ask(a_network(), a_person())
    decide_renewal(request, approve=True, by=person_with(Role.PROGRAMME_ADMIN), at=NOW)
    storage, name = request.document.storage, request.document.name
    assert forget_old(at=NOW + timedelta(days=89), apply=True)["documents"] == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert forget_old(at=NOW + timedelta(days=91), apply=True)["documents"] == 1
    assert not storage.exists(name)
    assert not RenewalRequest.objects.get().document
    call_command("tidy_accounts")
