"""Z0: the register is complete. Nothing is reachable undeclared, nothing is declared in vain."""

import re

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path, reverse

from trama.foundation import policies
from trama.foundation.jobs.services import _declared as declared_jobs

from .targets import TARGETS
from .things import guessed
from .walk import own_commands, route_policies, routes, undeclared, uses_of
from .world import a_world


def test_every_address_has_a_policy():
    assert undeclared() == []


def _dummy(request):
    return HttpResponse("reached")


urlpatterns = [path("dummy/", _dummy, name="dummy")]  # the negative control: nobody declared it


def test_an_address_that_nobody_declared_is_found_and_refused(db):
    assert undeclared(urlpatterns) == ["dummy/"]
    with override_settings(ROOT_URLCONF=__name__), pytest.raises(ImproperlyConfigured, match="dummy"):
        Client().get("/dummy/")


def test_every_named_external_route_exists():
    known = {route.name for route in routes()}
    assert set(policies.external_routes()) - known == set()


def test_every_route_policy_is_on_some_address():
    on_addresses = {policy.name for policy in route_policies()}
    declared = {policy.name for policy in policies.all_policies() if policy.kind == "route"}
    assert sorted(declared - on_addresses) == []


def _is_done_by_a_command(policy) -> bool:
    """Nobody on the site may do it, and its reason names the command that does."""
    named = re.search(r"trama (\w+)", policy.reason)
    return not policy.allow and named is not None and named.group(1) in own_commands()


def test_every_operation_and_file_policy_is_asked_somewhere():
    """Exports and files may stand on an address; operations are asked by services."""
    on_addresses = {policy.name for policy in route_policies()}
    idle = [
        policy.name
        for policy in policies.all_policies()
        if policy.kind in ("operation", "export", "file")
        and policy.name not in on_addresses
        and uses_of(policy) == 0
        and not _is_done_by_a_command(policy)
    ]
    assert not idle, idle


def test_every_job_policy_has_its_job():
    declared = {policy.name for policy in policies.all_policies() if policy.kind == "job"}
    assert declared - set(declared_jobs) == set()


def test_every_command_has_a_policy_and_every_command_policy_its_command():
    held = {name: getattr(command, "policy", None) for name, command in own_commands().items()}
    assert [name for name, policy in held.items() if policy is None] == []
    declared = {policy.name for policy in policies.all_policies() if policy.kind == "command"}
    assert declared - {policy.name for policy in held.values() if policy is not None} == set()


def test_every_address_has_a_name_and_its_arguments_are_known(db):
    world, missing = a_world(), []
    for route in routes():
        wanted = set(re.findall(r"<(?:\w+:)?(\w+)>", route.path))
        if not route.name:
            missing.append(f"{route.path} has no name")
        elif route.name not in TARGETS and wanted - set(guessed(route.path, world)):
            missing.append(route.name)
    assert not missing, f"add them to tests/policies/targets.py, TARGETS: {missing}"


def test_the_register_page_lists_every_policy(db):
    from tests.accounts.factories import person_with
    from trama.accounts.roles.vocabulary import Role

    client = Client()
    client.force_login(person_with(Role.PROGRAMME_TEAM))
    page = client.get(reverse("accounts:policy_register")).content.decode()
    assert [policy.name for policy in policies.all_policies() if f"<code>{policy.name}</code>" not in page] == []
