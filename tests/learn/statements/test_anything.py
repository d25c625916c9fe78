"""Whatever comes, the store answers: never a fault of its own, and what it takes it gives back."""

import json
import string

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trama.learn.statements.checking import check_statement
from trama.learn.statements.errors import StoreError
from trama.learn.statements.parts import read_statements
from trama.learn.statements.sameness import same, signed
from trama.learn.statements.shapes import as_ids, languages_of
from trama.learn.statements.wire import Call, read_json, written

from .programs import ANA, LESSON, REGISTRATION, a_reference, a_statement, a_substatement, an_activity
from .test_form import FILE, GROUP

words = st.text(max_size=12) | st.sampled_from([LESSON, REGISTRATION, "Agent", "Group", "SubStatement", "mailto:a@b.c"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
WHOLE = a_statement(
    id=REGISTRATION,
    object=a_substatement(object=an_activity(name={"en": "x"}, interactionType="choice", choices=[{"id": "a"}])),
    result={"score": {"scaled": 1, "raw": 1, "min": 0, "max": 2}, "duration": "PT1S", "extensions": {LESSON: 1}},
    context={
        "registration": REGISTRATION,
        "instructor": ANA,
        "team": GROUP,
        "contextActivities": {"parent": [an_activity()]},
        "contextAgents": [{"objectType": "contextAgent", "agent": ANA}],
        "contextGroups": [{"objectType": "contextGroup", "group": GROUP}],
        "statement": a_reference(REGISTRATION),
        "language": "pt-BR",
    },
    attachments=[FILE],
    timestamp="2026-01-01T00:00:00Z",
)


def _places(value, path=()):
    """Every place of a value, as a path."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield from _places(one, (*path, key))


PLACES = list(_places(WHOLE))


def _with(value, path, put):
    found = json.loads(json.dumps(value))
    if not path:
        return put
    place = found
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = put
    return found


@given(st.sampled_from(PLACES), anything, st.booleans())
@settings(max_examples=1500, deadline=None)
def test_a_statement_with_anything_anywhere_is_taken_or_refused(path, put, second):
    statement = _with(WHOLE, path, put)
    try:
        check_statement(statement, second=second)
    except StoreError:
        return
    as_ids(statement)
    signed(statement)
    assert same(statement, json.loads(json.dumps(statement)))


@given(anything)
@settings(max_examples=500, deadline=None)
def test_what_is_written_is_read_again(value):
    try:
        text = written(value)
        again = read_json(text)
    except StoreError:
        return
    assert again == value


@given(st.binary(max_size=300) | st.text(string.printable, max_size=300).map(str.encode))
@settings(max_examples=1000, deadline=None)
def test_any_bytes_are_parts_or_are_refused(body):
    meta = {"CONTENT_TYPE": "multipart/mixed; boundary=ours"}
    for content in (body, b"--ours\r\n" + body + b"\r\n--ours--", b"--ours" + body + b"--ours--"):
        try:
            read_statements(Call("POST", "1.0.3", {}, meta, content))
        except StoreError:
            continue


@given(st.text(max_size=60))
def test_any_languages_are_read(header):
    assert all(isinstance(one, str) for one in languages_of(header))


@given(path=st.sampled_from(PLACES), put=anything)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_anything_sent_is_answered_and_given_back(second, path, put):
    statement = _with(WHOLE, path, put)
    if isinstance(statement, dict):
        statement.pop("id", None)
    try:
        body = json.dumps(statement).encode()
    except ValueError:
        return
    answer = second.post(body)
    assert answer.status_code in (200, 204, 400)
    if answer.status_code == 200 and isinstance(statement, dict):
        assert second.get(statementId=answer.json()[0], format="canonical").status_code == 200


@given(
    name=st.sampled_from(
        ["agent", "verb", "activity", "registration", "since", "until", "limit", "format", "statementId"]
    ),
    value=words | st.text("0123456789-:TZ+.", max_size=30) | anything.map(lambda one: json.dumps(one, allow_nan=True)),
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_parameter_is_answered(program, name, value):
    assert program.ask("GET", "statements", {name: value}).status_code in (200, 400, 404)
