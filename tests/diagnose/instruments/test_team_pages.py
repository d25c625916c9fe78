"""The programme's team: from a form to a published version, by pages alone; who may, and what two people do at once."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tests.accounts.factories import a_network, person_with, the_programme
from tests.diagnose.factories import NOON
from tests.know import factories as know
from trama.diagnose.instruments import services
from trama.diagnose.instruments.errors import LabelTaken, NotADraft
from trama.diagnose.instruments.selectors import version_data
from trama.diagnose.instruments.storage import make_current, store_version
from trama.diagnose.instruments.xlsform import write_xlsform
from trama.diagnose.models import Criterion, Instrument, InstrumentVersion
from trama.foundation.audit.models import Event

from .worlds import a_criterion, a_version

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def indicators():
    know.indicator("approval_rate")


@pytest.fixture
def admin():
    return person_with("programme_admin", the_programme())


@pytest.fixture
def admin_client(client: Client, admin) -> Client:
    client.force_login(admin)
    return client


def address(name, *args):
    with translation.override("en"):
        return reverse(f"diagnose:{name}", args=args)


def form(content: bytes, name: str = "form.xlsx", **fields):
    return {"file": SimpleUploadedFile(name, content), "instrument": "", "version": "", **fields}


def published():
    version, _ = store_version(a_version(), by=None, at=NOON)
    make_current(version, by=None, at=NOON)
    return version


def test_from_a_form_to_a_published_version(admin_client):
    published()
    second = a_version(a_criterion(weight=3), version="1.1")
    answer = admin_client.post(address("import_instrument"), form(write_xlsform(second)), follow=True)
    text = answer.content.decode()
    assert "Nothing has been kept yet" in text
    assert "What changes from version 1.0" in text
    assert InstrumentVersion.objects.count() == 1  # a preview keeps nothing
    preview = answer.redirect_chain[-1][0]
    answer = admin_client.post(preview, follow=True)
    draft = InstrumentVersion.objects.get(version="1.1")
    assert (draft.state, version_data(draft)) == ("draft", second)
    assert "1 was removed" in answer.content.decode()
    assert admin_client.get(preview).status_code == 404  # kept once
    assert admin_client.get(address("publish_instrument", draft.pk)).status_code == 200
    admin_client.post(address("publish_instrument", draft.pk))
    assert dict(InstrumentVersion.objects.values_list("version", "state")) == {"1.0": "retired", "1.1": "published"}
    assert Event.objects.filter(verb="instrument version published", target_id=str(draft.pk)).exists()
    assert admin_client.get(address("instrument_draft", draft.pk)).status_code == 404


def test_a_label_given_by_hand_counts_instead_of_the_file_s(admin_client):
    published()
    sent = form(write_xlsform(a_version(a_criterion(weight=3))), version="3.0")
    preview = admin_client.post(address("import_instrument"), sent)["Location"]
    admin_client.post(preview)
    assert InstrumentVersion.objects.get(state="draft").version == "3.0"


def test_a_published_label_is_refused_when_it_is_kept(admin_client):
    published()
    sent = form(write_xlsform(a_version(a_criterion(weight=3))))
    answer = admin_client.post(admin_client.post(address("import_instrument"), sent)["Location"])
    assert "Raise the version" in answer.content.decode()
    assert InstrumentVersion.objects.count() == 1


def test_what_is_wrong_in_a_form_stands_in_a_table_and_nothing_is_kept(admin_client):
    book = openpyxl.load_workbook(io.BytesIO(write_xlsform(a_version())))
    sheet = book["survey"]
    place = next(cell.column for cell in sheet[1] if cell.value == "trama_weight")
    line = next(cell.row for cell in sheet["B"] if cell.value == "c_access")
    sheet.cell(line, place).value = 7
    buffer = io.BytesIO()
    book.save(buffer)
    answer = admin_client.post(address("import_instrument"), form(buffer.getvalue()))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "1 problem" in text
    for said in ("survey", f'<td class="number">{line}</td>', "trama_weight", "<td>7</td>", "1, 2 or 3"):
        assert said in text, said
    assert not InstrumentVersion.objects.exists()


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [(b"a;b", "form.csv", "save it as .xlsx"), (b"x" * (5 * 1024 * 1024 + 1), "form.xlsx", "at most 5 MB")],
)
def test_a_file_of_the_wrong_kind_or_size_is_refused_before_it_is_read(admin_client, content, name, said):
    assert said in admin_client.post(address("import_instrument"), form(content, name)).content.decode()


def test_a_preview_belongs_to_who_sent_the_file(admin_client):
    preview = admin_client.post(address("import_instrument"), form(write_xlsform(a_version())))["Location"]
    other = Client()
    other.force_login(person_with("programme_admin", the_programme()))
    assert other.get(preview).status_code == 404
    assert other.post(preview).status_code == 404
    assert not InstrumentVersion.objects.exists()


def test_a_draft_can_be_taken_away_as_a_form_and_be_discarded(admin_client, admin):
    draft = services.keep_draft(a_version(), by=admin, at=NOON)
    assert admin_client.get(address("draft_xlsform", draft.pk, "completo")).content.startswith(b"PK")
    assert admin_client.get(address("draft_xlsform", draft.pk, "outro")).status_code == 404
    assert admin_client.get(address("discard_instrument", draft.pk)).status_code == 200
    admin_client.post(address("discard_instrument", draft.pk))
    assert not Criterion.objects.exists()
    assert not Instrument.objects.exists()  # nothing else was left of it
    assert Event.objects.filter(verb="instrument draft discarded").exists()


def test_who_comes_second_is_told_that_the_draft_is_gone(admin):
    draft = services.keep_draft(a_version(), by=admin, at=NOON)
    services.publish_draft(draft, by=admin, at=NOON)
    for act in (services.publish_draft, services.discard_draft):
        with pytest.raises(NotADraft):
            act(draft, by=admin, at=NOON)
    assert InstrumentVersion.objects.get().state == "published"


def test_the_same_form_twice_gives_the_same_draft_and_another_under_its_label_is_refused(admin):
    first = services.keep_draft(a_version(), by=admin, at=NOON)
    assert services.keep_draft(a_version(), by=admin, at=NOON) == first
    with pytest.raises(LabelTaken, match=r"1\.0"):
        services.keep_draft(a_version(a_criterion()), by=admin, at=NOON)


def test_the_team_prepares_and_does_not_publish(client, admin):
    draft = services.keep_draft(a_version(), by=admin, at=NOON)
    client.force_login(person_with("programme_team", the_programme()))
    assert "Publish the version" not in client.get(address("instrument_draft", draft.pk)).content.decode()
    assert client.post(address("publish_instrument", draft.pk)).status_code == 403
    assert client.get(address("team_instruments")).status_code == 200


@pytest.mark.parametrize("role", ["network_principal", "trainer", "teacher", "group_coordinator"])
@pytest.mark.parametrize("name", ["team_instruments", "import_instrument"])
def test_other_roles_do_not_enter(client, role, name):
    client.force_login(person_with(role))
    assert client.get(address(name)).status_code == 403


def test_the_services_ask_too(admin):
    from django.core.exceptions import PermissionDenied

    director = person_with("network_principal", a_network())
    draft = services.keep_draft(a_version(), by=admin, at=NOON)
    for act in (
        lambda: services.keep_draft(a_version(version="2.0"), by=director, at=NOON),
        lambda: services.publish_draft(draft, by=person_with("programme_team", the_programme()), at=NOON),
        lambda: services.discard_draft(draft, by=director, at=NOON),
    ):
        with pytest.raises(PermissionDenied):
            act()
