"""Pages of roles: what they show, and that a bigger team does not cost more queries."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.accounts.factories import a_network, a_person, a_school, give_profile, person_with
from trama.accounts.models import Invitation, Profile, RenewalRequest, ToolGrant
from trama.accounts.roles.vocabulary import Role

pytestmark = pytest.mark.django_db


def _as(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


@pytest.mark.parametrize("path", ["/conta/equipe/", "/conta/equipe/?ver=ferramentas", "/conta/"])
def test_a_team_of_thirty_costs_as_many_queries_as_a_team_of_three(path):
    network = a_network()
    client = _as(person_with(Role.NETWORK_PRINCIPAL, network))
    for _ in range(3):
        give_profile(a_person(), Role.NETWORK_TEAM, network, tools={"team": "view"})
    client.get(path)
    few = _queries(client, path)
    for _ in range(27):
        give_profile(a_person(), Role.NETWORK_TEAM, network, tools={"team": "view", "calls": "edit"})
    assert _queries(client, path) == few
    assert few <= 9


def test_the_team_of_a_network_shows_nobody_else():
    ours = a_network()
    client = _as(person_with(Role.NETWORK_PRINCIPAL, ours))
    give_profile(a_person(name="Nossa Ana"), Role.NETWORK_TEAM, ours)
    give_profile(a_person(name="Nossa Bia"), Role.TEACHER, a_school(ours))
    give_profile(a_person(name="Vizinha Cida"), Role.NETWORK_TEAM, a_network())
    for path in ("/conta/equipe/", "/en/conta/equipe/"):
        page = client.get(path).content.decode()
        assert "Nossa Ana" in page
        assert "Nossa Bia" in page
        assert "Vizinha Cida" not in page


def test_inviting_changing_and_ending_by_the_pages(django_capture_on_commit_callbacks, mailoutbox):
    network = a_network()
    client = _as(person_with(Role.NETWORK_PRINCIPAL, network))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            "/conta/equipe/convidar/", {"email": "ana@exemplo.org", "role": "network_team", "tool_team": "view"}
        )
    invitation = Invitation.objects.get()
    link = next(word for word in mailoutbox[-1].body.split() if "/conta/convite/" in word)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/conta/equipe/convites/{invitation.pk}/reenviar/")
    assert Client().get(link.removeprefix("http://testserver")).status_code == 404  # replaced by the newer letter
    link = next(word for word in mailoutbox[-1].body.split() if "/conta/convite/" in word)
    path = link.removeprefix("http://testserver")
    assert "ana@exemplo.org" not in Client().get(path).content.decode()
    ana = a_person(email="ana@exemplo.org")
    assert _as(ana).post(f"{path}aceitar/").status_code == 302
    profile = Profile.objects.get(user=ana)
    client.post(f"/conta/equipe/perfis/{profile.pk}/ferramentas/", {"tool_team": "edit", "tool_calls": "view"})
    assert dict(ToolGrant.objects.values_list("tool", "access")) == {"team": "edit", "calls": "view"}
    client.post(f"/conta/equipe/perfis/{profile.pk}/encerrar/")
    profile.refresh_from_db()
    assert profile.revoked_at is not None


def test_a_school_outside_the_network_is_refused_on_the_form():
    client = _as(person_with(Role.NETWORK_PRINCIPAL))
    other = a_school()
    answer = client.post(
        "/conta/equipe/convidar/", {"email": "ana@exemplo.org", "role": "teacher", "school": str(other.pk)}
    )
    assert answer.status_code == 200
    assert "school" in answer.context["form"].errors
    assert not Invitation.objects.exists()


def test_renewal_by_the_pages():
    network = a_network()
    ana = a_person()
    act = SimpleUploadedFile("ato.pdf", b"%PDF-1.7 act", content_type="application/pdf")
    asked = _as(ana).post(
        f"/conta/renovacao/?rede={network.pk}", {"act_number": "1/2029", "act_date": "2026-01-02", "document": act}
    )
    assert asked.status_code == 302
    request = RenewalRequest.objects.get()
    admin = _as(person_with(Role.PROGRAMME_ADMIN))
    document = admin.get(f"/conta/programa/renovacoes/{request.pk}/ato/")
    assert document["Content-Disposition"].startswith("attachment")
    assert b"".join(document.streaming_content) == b"%PDF-1.7 act"
    assert _as(ana).get(f"/conta/programa/renovacoes/{request.pk}/ato/").status_code == 403
    refused_without_reason = admin.post(f"/conta/programa/renovacoes/{request.pk}/", {"approve": "0"})
    assert refused_without_reason.status_code == 200
    admin.post(f"/conta/programa/renovacoes/{request.pk}/", {"approve": "1"})
    assert Profile.objects.get(user=ana).role == Role.NETWORK_PRINCIPAL


def test_the_programme_finds_a_network_by_name_or_code_and_invites():
    network = a_network()
    network.place.search_name = "sao joao da trama"
    network.place.save()
    admin = _as(person_with(Role.PROGRAMME_ADMIN))
    for query in ("São João", str(network.place_id)):
        assert network.name in admin.get("/conta/programa/", {"q": query}).content.decode()
    admin.post(f"/conta/programa/convidar/network_principal/{network.pk}/", {"email": "ana@exemplo.org"})
    assert Invitation.objects.get().network == network
    assert admin.get("/conta/programa/convidar/network_team/1/").status_code == 404
