"""Panels: a later phase on an earlier page, escaped unless marked safe, and told when it changes."""

import pytest
from django.template import Context, Template
from django.urls import reverse
from django.utils.safestring import mark_safe

from trama.foundation import navigation, panels
from trama.foundation.policies import ANY, PUBLIC, Policy


@pytest.fixture(autouse=True)
def empty(monkeypatch):
    monkeypatch.setattr(panels, "_panels", {})
    monkeypatch.setattr(panels, "_states", {})


def shown(place: str, subject: object) -> str:
    template = Template('{% load panels %}{% panels "' + place + '" subject %}')
    return template.render(Context({"subject": subject}))


def test_panels_show_in_order_and_only_at_their_place():
    panels.register_panel("network", lambda request, subject: mark_safe(f"<p>{subject}</p>"), lambda: "1")
    panels.register_panel("network", lambda request, subject: mark_safe("<p>b</p>"), lambda: "2")
    panels.register_panel("place", lambda request, subject: mark_safe("<p>c</p>"), lambda: "3")
    assert shown("network", "a") == "<p>a</p>\n<p>b</p>"
    assert shown("nowhere", "a") == ""


def test_a_panel_with_nothing_to_say_leaves_no_trace():
    panels.register_panel("network", lambda request, subject: "", lambda: "")
    assert shown("network", "a") == ""


def test_a_panel_that_is_not_marked_safe_is_escaped():
    panels.register_panel("network", lambda request, subject: "<script>", lambda: "")
    assert shown("network", "a") == "&lt;script&gt;"


def test_registering_twice_shows_once():
    def panel(request: object, subject: object) -> str:
        return "x"

    def state() -> str:
        return "1"

    panels.register_panel("network", panel, state)
    panels.register_panel("network", panel, state)
    assert shown("network", "a") == "x"
    assert panels.panels_state("network") == "1"


def test_the_state_of_a_place_changes_with_any_of_its_panels():
    now = {"a": "1", "b": "1"}
    panels.register_panel("network", lambda request, subject: "a", lambda: now["a"])
    panels.register_panel("network", lambda request, subject: "b", lambda: now["b"])
    before = panels.panels_state("network")
    now["b"] = "2"
    assert panels.panels_state("network") != before
    assert panels.panels_state("elsewhere") == ""


def test_the_account_menu_shows_each_person_what_concerns_them_in_groups(monkeypatch):
    monkeypatch.setattr(navigation, "_entries", {})
    closed = Policy("t.closed", "route", {"programme_admin": ANY})
    public = Policy("t.public", "route", PUBLIC)
    for order, label, view_name, told in (
        (1, "This week", "foundation:components", {}),
        (2, "Plans", "know:country", {"group": "Plan", "policy": public}),
        (3, "Rounds", "know:groups", {"group": "Diagnose", "shown_to": lambda user: True}),
        (4, "Adoptions", "know:indicators", {"group": "Plan"}),
        (5, "Not their role", "know:releases", {"group": "Plan", "policy": closed}),
        (6, "Nothing there for them", "know:releases", {"shown_to": lambda user: False}),
        (7, "No such page", "nowhere:at_all", {}),
    ):
        navigation.register_entry(navigation.ACCOUNT, order=order, label=label, view_name=view_name, **told)
    groups = navigation.work_of(None, "/")
    assert [(group.label, [line.label for line in group.lines]) for group in groups] == [
        ("", ["This week"]),
        ("Plan", ["Plans", "Adoptions"]),
        ("Diagnose", ["Rounds"]),
    ]


def test_one_line_of_the_account_menu_is_current_the_closest(monkeypatch):
    monkeypatch.setattr(navigation, "_entries", {})
    for order, view_name in ((1, "plan:plans"), (2, "plan:week")):
        navigation.register_entry(navigation.ACCOUNT, order=order, label=view_name, view_name=view_name)

    def current(path: str) -> list[str]:
        return [line.label for group in navigation.work_of(None, path) for line in group.lines if line.is_current]

    assert current(reverse("plan:week")) == ["plan:week"]
    assert current(f"{reverse('plan:plans')}x/") == ["plan:plans"]
    assert current("/sobre/") == []
