"""Whatever another server says is read or refused, never a fault (Hypothesis)."""

import json

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trama.learn.courses.checks.problem import Known
from trama.learn.courses.checks.tools import check_tool
from trama.learn.lti.errors import LtiError
from trama.learn.lti.grades import read_score
from trama.learn.lti.receiving import _choice, _place, begin_login
from trama.learn.lti.trust import read_keys, read_signed
from trama.learn.models import Tool

from .foreign_platform import CHOICE, CLAIM

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
GOOD = {
    "userId": "x", "activityProgress": "Completed", "gradingProgress": "FullyGraded", "scoreGiven": 1,
    "scoreMaximum": 2, "timestamp": "2026-01-01T00:00:00Z", "comment": "",
}  # fmt: skip


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(GOOD)), ANY, max_size=3))
def test_a_score_is_read_or_refused(changed):
    try:
        read = read_score(GOOD | changed, at=timezone.now())
    except LtiError:
        return
    assert read.given is None or read.given >= 0
    assert read.maximum is None or read.maximum > 0
    assert read.told_at.tzinfo is not None


@pytest.mark.parametrize(
    "changed",
    [
        {"scoreGiven": -1}, {"scoreGiven": True}, {"scoreGiven": "NaN"}, {"scoreGiven": 1e300}, {"scoreMaximum": 0},
        {"scoreMaximum": None}, {"timestamp": "2026-01-01T00:00:00"}, {"timestamp": "ontem"}, {"timestamp": 5},
        {"timestamp": "2099-01-01T00:00:00Z"}, {"activityProgress": "Done"}, {"gradingProgress": None},
        {"userId": ""}, {"userId": 7}, {"comment": "x" * 5000}, {"comment": "a\x00b"},
    ],
)  # fmt: skip
def test_a_score_that_says_nothing_that_can_be_kept_is_refused(changed):
    assert read_score(GOOD, at=timezone.now()).given == 1
    with pytest.raises(LtiError):
        read_score(GOOD | changed, at=timezone.now())


@settings(deadline=None)
@given(ANY)
def test_a_score_that_is_no_object_is_refused_or_read(told):
    with pytest.raises(LtiError):
        read_score(told, at=timezone.now())


@settings(deadline=None)
@given(st.text(max_size=200) | st.builds(json.dumps, ANY))
def test_keys_are_read_or_refused(text):
    try:
        found = read_keys(text)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return
    assert found


@settings(deadline=None)
@given(st.text(max_size=100) | st.lists(st.text("abcXYZ019-_=", max_size=30), min_size=3, max_size=3).map(".".join))
def test_a_token_is_trusted_or_not(token):
    with pytest.raises(LtiError):
        read_signed(Tool(public_key="{}"), token, audience="a", issuer="b")


@pytest.mark.django_db
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANY, ANY, ANY)
def test_a_message_leads_to_a_course_or_nowhere(custom, target, settings_of_choice):
    claims = {CLAIM + "custom": custom, CLAIM + "target_link_uri": target, CHOICE: settings_of_choice}
    assert _place(claims) == ("", "")
    with pytest.raises(LtiError):
        _choice(None, claims | {CLAIM + "deployment_id": "1"}, timezone.now())  # type: ignore[arg-type]


@pytest.mark.django_db
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["iss", "login_hint", "target_link_uri", "client_id"]), st.text(max_size=30)))
def test_a_login_of_nobody_is_refused(told):
    with pytest.raises(LtiError):
        begin_login(told)
    assert Client().get("/lti/login", told).status_code in (400, 403)


PART = {
    "slug": "a", "tool": "graficos", "target": "", "custom": "", "asks": "open", "pass_percent": 70,
    "text_pt": "Papel.", "text_en": "Paper.",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({}, []),
        ({"tool": "nenhuma"}, ["tool"]),
        ({"asks": "all"}, ["asks"]),
        ({"pass_percent": 101}, ["pass_percent"]),
        ({"target": "http://x.org"}, ["target"]),
        ({"target": "https://x.org/a"}, []),
        ({"custom": "a=1\nb c=2"}, ["custom"]),
        ({"text_pt": "[aqui está](http://x.org)"}, ["text_pt, linha 1"]),
    ],
)
def test_the_list_before_publishing_names_what_a_tool_part_lacks(changed, fields):
    found = list(check_tool(PART | changed, Known(tools=frozenset({"graficos"}))))
    assert [one.field for one in found if one.blocks] == fields
