"""Who registers tools and platforms, what is taken, and what the programme's team sees."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from tests.accounts import factories as accounts
from tests.learn.factories import NOON
from trama.accounts.roles.vocabulary import Role
from trama.foundation.models import Event
from trama.learn.keys.services import rotate, signing_key
from trama.learn.lti.forms import PlatformForm, ToolForm
from trama.learn.lti.services import change_tool, register_platform, register_tool
from trama.learn.models import Platform, SigningKey, Tool

from .foreign_platform import KEY as JWK
from .world import KEY, TOOL, a_key, a_tool, signed_in

pytestmark = pytest.mark.django_db
FIELDS = {
    "name": "Laboratório",
    "slug": "laboratorio",
    "login_url": f"{TOOL}/login",
    "launch_url": f"{TOOL}/launch",
    "redirect_urls": f"{TOOL}/launch\r\n{TOOL}/other",
    "jwks_url": f"{TOOL}/jwks",
    "active": "on",
}
PLATFORM = {
    "name": "Moodle",
    "issuer": "https://moodle.example.org",
    "client_id": "1",
    "deployment_ids": "1",
    "auth_url": "https://moodle.example.org/auth",
    "token_url": "https://moodle.example.org/token",
    "public_key": KEY[1],
    "active": "on",
}
WEAK = a_key(1024)[1]


def test_the_programme_registers_a_tool_on_the_site_and_learns_what_to_tell_its_administrator():
    team = signed_in(accounts.person_with(Role.PROGRAMME_ADMIN))
    answer = team.post("/equipe/ferramentas/nova/", FIELDS)
    made = Tool.objects.get()
    assert answer["Location"].endswith(f"/equipe/ferramentas/{made.uid}/")
    assert made.redirects == [f"{TOOL}/launch", f"{TOOL}/other"]
    assert (made.share_name, made.share_email) == (False, False)
    page = team.get(answer["Location"]).content.decode()
    for told in (made.client_id, "/lti/autorizacao", "/lti/token", "/lti/chaves.json"):
        assert told in page
    assert made.secret not in page
    assert Event.objects.filter(verb="external tool registered").exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"login_url": "http://tool.example.org/"}, "login_url"),
        ({"launch_url": "https://user:pw@tool.example.org/"}, "launch_url"),
        ({"redirect_urls": "https://tool.example.org/ javascript:alert(1)"}, "redirect_urls"),
        ({"redirect_urls": "\n".join(f"{TOOL}/{n}" for n in range(21))}, "redirect_urls"),
        ({"jwks_url": ""}, "jwks_url"),
        ({"public_key": KEY[1]}, "jwks_url"),
        ({"jwks_url": "", "public_key": KEY[0]}, "public_key"),
        ({"jwks_url": "", "public_key": WEAK}, "public_key"),
        ({"jwks_url": "", "public_key": "{}"}, "public_key"),
        ({"jwks_url": "", "public_key": '{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}'}, "public_key"),
        ({"jwks_url": "", "public_key": "[1]"}, "public_key"),
        ({"name": ""}, "name"),
    ],
)
def test_what_is_not_in_order_is_refused_where_it_stands(changed, field):
    assert ToolForm(FIELDS).is_valid()
    form = ToolForm(FIELDS | changed)
    assert not form.is_valid()
    assert field in form.errors


def test_a_private_key_that_was_pasted_is_never_kept():
    private = JWK.export(private_key=True)
    form = PlatformForm(PLATFORM | {"public_key": private})
    assert not form.is_valid()
    assert PlatformForm(PLATFORM | {"public_key": JWK.export_public()}).is_valid()
    assert PlatformForm(PLATFORM | {"public_key": json.dumps({"keys": [json.loads(JWK.export_public())]})}).is_valid()


def test_the_short_name_of_a_tool_stays_and_the_trail_says_what_changed():
    tool, admin = a_tool(), accounts.person_with(Role.PROGRAMME_ADMIN)
    change_tool(tool, {"slug": "outra", "share_email": True, "login_url": f"{TOOL}/x"}, by=admin, at=timezone.now())
    tool.refresh_from_db()
    assert (tool.slug, tool.share_email) == ("graficos", True)
    event = Event.objects.filter(verb="external tool changed").get()
    assert event.detail == {"changed": {"share_email": True, "login_url": "…"}}


@pytest.mark.parametrize("role", [Role.NETWORK_PRINCIPAL, Role.TRAINER, Role.SCHOOL_PRINCIPAL])
def test_nobody_else_registers_anything(role):
    person = accounts.person_with(role)
    with pytest.raises(PermissionDenied):
        register_tool(FIELDS, by=person, at=NOON)
    with pytest.raises(PermissionDenied):
        register_platform(PLATFORM, by=person, at=NOON)
    with pytest.raises(PermissionDenied):
        rotate("lti", by=person, at=NOON)
    assert signed_in(person).post("/equipe/ferramentas/nova/", FIELDS).status_code == 403
    assert not Tool.objects.exists()
    assert not Platform.objects.exists()


def test_a_platform_is_registered_once_per_client_and_changed_on_its_page():
    team = signed_in(accounts.person_with(Role.PROGRAMME_ADMIN))
    assert team.post("/equipe/ferramentas/plataformas/nova/", PLATFORM).status_code == 302
    assert team.post("/equipe/ferramentas/plataformas/nova/", PLATFORM).status_code == 200
    made = Platform.objects.get()
    where = f"/equipe/ferramentas/plataformas/{made.uid}/"
    assert team.post(where, {name: value for name, value in PLATFORM.items() if name != "active"}).status_code == 302
    made.refresh_from_db()
    assert made.active is False
    assert "Moodle" in team.get("/equipe/ferramentas/").content.decode()


def test_a_new_key_is_made_on_the_page_for_what_exists():
    admin = accounts.person_with(Role.PROGRAMME_ADMIN)
    team = signed_in(admin)
    first = signing_key("lti", at=NOON)
    assert signing_key("lti", at=NOON) == first
    assert team.post("/equipe/ferramentas/chave/", {"purpose": "lti"}).status_code == 302
    assert team.post("/equipe/ferramentas/chave/", {"purpose": "other"}).status_code == 404
    assert signing_key("lti", at=NOON) != first
    assert SigningKey.objects.filter(retired_at__isnull=True).count() == 1
    assert b"PRIVATE" not in "".join(SigningKey.objects.values_list("sealed", flat=True)).encode()


def test_the_page_of_tools_asks_the_same_whatever_is_registered(django_assert_max_num_queries):
    team = signed_in(accounts.person_with(Role.PROGRAMME_ADMIN))
    for number in range(4):
        a_tool(slug=f"t-{number}")
    with django_assert_max_num_queries(16):
        assert team.get("/equipe/ferramentas/").status_code == 200
    assert Client().get("/equipe/ferramentas/").status_code == 302
