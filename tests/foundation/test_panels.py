"""Panels: a later phase on an earlier page, escaped unless marked safe, and told when it changes."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory
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


def test_a_line_of_the_account_menu_is_shown_to_who_may_enter_its_page(monkeypatch):
    monkeypatch.setattr(navigation, "_entries", {})
    closed = Policy("t.closed", "route", {"programme_admin": ANY})
    for order, policy in ((1, None), (2, Policy("t.public", "route", PUBLIC)), (3, closed)):
        navigation.register_entry(navigation.ACCOUNT, order=order, label="x", view_name=f"v{order}", policy=policy)
    request = RequestFactory().get("/")
    request.user = None  # type: ignore[assignment]
    lines = navigation.navigation(request)["navigation"][navigation.ACCOUNT]()
    assert [line.view_name for line in lines] == ["v1", "v2"]
