"""State, agent profiles, activity profiles; activities, agents and what the store says of itself."""

import hashlib
import json
from urllib.parse import urlencode

import pytest

from .conformance import covers
from .programs import ANA, LESSON, REGISTRATION, RUI, Program, a_program, a_statement, an_activity, an_id

STATE, AGENT, ACTIVITY = "activities/state", "agents/profile", "activities/profile"
DOCUMENT = {"car": "Honda", "year": {"made": 2019}}
NO_AGENTS = ["not JSON", {"name": "x"}, "true", [ANA], {"objectType": "Group", "member": [ANA]}]


@pytest.fixture(params=["1.0.3", "2.0.0"])
def either(request, db) -> Program:
    return a_program(version=request.param)


def of_state(**changed):
    return {"activityId": LESSON, "agent": ANA, "stateId": "bookmark", **changed}


def of_agent(**changed):
    return {"agent": ANA, "profileId": "preferences", **changed}


def of_activity(**changed):
    return {"activityId": LESSON, "profileId": "best", **changed}


PLACES = [(STATE, of_state), (AGENT, of_agent), (ACTIVITY, of_activity)]
each_place = pytest.mark.parametrize(("resource", "of"), PLACES)


@covers(range(187, 193), 216, 217, 230, 231, 233, 259, 269, 271, 272, 273, 274, 280, 282, 283)
@covers(range(285, 289), range(290, 294), 310, 311, 312)
@each_place
def test_a_document_is_kept_given_back_replaced_and_deleted(either, resource, of):
    assert either.ask("GET", resource, of()).status_code == 404
    assert either.ask("POST", resource, of(), DOCUMENT).status_code == 204
    got = either.ask("GET", resource, of())
    assert (got.status_code, got.json(), got["Content-Type"]) == (200, DOCUMENT, "application/json")
    put = either.ask("PUT", resource, of(), b"\x00\xff", content_type="image/png", if_match=got["ETag"])
    assert put.status_code == 204
    got = either.ask("GET", resource, of())
    assert (got.content, got["Content-Type"]) == (b"\x00\xff", "image/png")
    assert "Last-Modified" in got
    assert either.ask("DELETE", resource, of()).status_code == 204
    assert either.ask("GET", resource, of()).status_code == 404
    assert either.ask("DELETE", resource, of()).status_code == 204


@covers(range(183, 187), 234, 279, 308, 229, 232, 235, 278, 281, 284, 309, 313, 314)
@each_place
def test_json_is_joined_one_level_deep_and_nothing_else_is(either, resource, of):
    either.ask("POST", resource, of(), {"a": 1, "b": {"x": 1, "y": 2}})
    assert either.ask("POST", resource, of(), {"b": {"x": 3}, "c": None}).status_code == 204
    joined = {"a": 1, "b": {"x": 3}, "c": None}
    assert either.ask("GET", resource, of()).json() == joined
    for body, kind in ((b"{bad", "application/json"), (b"[1]", "application/json"), (b"{}", "text/plain")):
        assert either.ask("POST", resource, of(), body, content_type=kind).status_code == 400
    assert either.ask("GET", resource, of()).json() == joined
    name = "stateId" if resource == STATE else "profileId"
    text = of(**{name: "text"})
    assert either.ask("POST", resource, text, b"plain", content_type="text/plain").status_code == 204
    assert either.ask("POST", resource, text, {"a": 1}).status_code == 400
    assert either.ask("GET", resource, text).content == b"plain"


@covers(range(196, 204), range(206, 216), 224, 225, 226, 228)
def test_state_needs_its_parameters_in_their_form(either):
    for method in ("PUT", "POST", "GET", "DELETE"):
        body = DOCUMENT if method in ("PUT", "POST") else None
        wrong = [of_state(registration="x"), of_state(stateId=""), *(of_state(agent=one) for one in NO_AGENTS)]
        wrong += [of_state(activityId="x")]
        for missing in ("activityId", "agent"):
            wrong.append({name: value for name, value in of_state().items() if name != missing})
        if body:
            wrong.append({name: value for name, value in of_state().items() if name != "stateId"})
        for parameters in wrong:
            assert either.ask(method, STATE, parameters, body).status_code == 400, (method, parameters)


@covers(255, 256, 257, 258, range(260, 268), 276, 277, range(295, 303), range(304, 308))
@pytest.mark.parametrize(("resource", "of"), PLACES[1:])
def test_profiles_need_their_parameters_in_their_form(either, resource, of):
    whose = "agent" if resource == AGENT else "activityId"
    for method in ("PUT", "POST", "GET", "DELETE"):
        body = DOCUMENT if method in ("PUT", "POST") else None
        wrong = [of(profileId=""), of(foo="bar")]
        wrong += [of(**{whose: one}) for one in (NO_AGENTS if whose == "agent" else ["x", ""])]
        wrong.append({name: value for name, value in of().items() if name != whose})
        if whose == "activityId":
            wrong.append(of(agent="not JSON"))
        if method != "GET":
            wrong.append({name: value for name, value in of().items() if name != "profileId"})
        for parameters in wrong:
            assert either.ask(method, resource, parameters, body).status_code == 400, (method, parameters)


@covers(141, 193, 195, 204, 205, 221, 222, 223, 260, 268, 270, 275, 289, 294, 295, 303)
@each_place
def test_names_of_documents_since_a_moment(either, resource, of):
    name = "stateId" if resource == STATE else "profileId"
    place = {key: value for key, value in of().items() if key != name}
    assert either.ask("GET", resource, place).json() == []
    either.ask("POST", resource, of(**{name: "a"}), DOCUMENT)
    moment = _changed_at("a")
    either.ask("POST", resource, of(**{name: "b"}), DOCUMENT)
    assert either.ask("GET", resource, place).json() == ["a", "b"]
    assert either.ask("GET", resource, {**place, "since": moment}).json() == ["b"]
    for method in ("GET", "DELETE"):
        assert either.ask(method, resource, {**place, "since": "yesterday"}).status_code == 400
    if resource == STATE:
        assert either.ask("DELETE", resource, {**of(), "since": moment}).status_code == 204


def _changed_at(name: str) -> str:
    from trama.learn.models import StoreDocument

    return StoreDocument.objects.get(name=name).changed_at.isoformat()


@covers(194, 218, 219, 220, 227)
def test_state_of_another_registration_or_agent_is_another(either):
    for parameters in (of_state(), of_state(registration=REGISTRATION), of_state(agent=RUI)):
        assert either.ask("POST", STATE, parameters, {"of": parameters["agent"]}).status_code == 204
    assert either.ask("GET", STATE, of_state(registration=REGISTRATION.upper())).status_code == 200
    assert either.ask("GET", STATE, of_state(registration=an_id())).status_code == 404
    other = of_state(registration=REGISTRATION, stateId="other")
    assert either.ask("PUT", STATE, other, DOCUMENT).status_code == 204
    place = {"activityId": LESSON, "agent": ANA}
    assert either.ask("GET", STATE, {**place, "registration": REGISTRATION}).json() == ["bookmark", "other"]
    assert either.ask("DELETE", STATE, {**place, "registration": REGISTRATION}).status_code == 204
    assert either.ask("GET", STATE, place).json() == ["bookmark"]
    assert either.ask("DELETE", STATE, place).status_code == 204
    assert either.ask("GET", STATE, place).json() == []
    assert either.ask("GET", STATE, of_state(agent=RUI)).status_code == 200


@covers(322, 182, "2.0 concurrency")
@each_place
def test_who_changes_a_document_says_which_one_they_read(either, resource, of):
    new = {"if_none_match": "*"}
    assert either.ask("PUT", resource, of(), DOCUMENT, **new).status_code == 204
    assert either.ask("PUT", resource, of(), {"b": 1}, **new).status_code == 412
    got = either.ask("GET", resource, of())
    tag = got["ETag"]
    assert tag == f'"{hashlib.sha1(got.content).hexdigest()}"'
    for method in ("PUT", "POST", "DELETE"):
        body = {"b": 1} if method != "DELETE" else None
        for wrong in ('"1111111111111111111111111111111111111111"', "1234"):
            assert either.ask(method, resource, of(), body, if_match=wrong).status_code == 412
        assert either.ask("GET", resource, of()).json() == DOCUMENT
    unseen = either.ask("PUT", resource, of(), {"b": 1})
    if resource == STATE and either.version == "1.0.3":  # there a state may be overwritten unseen
        assert unseen.status_code == 204
        assert either.ask("PUT", resource, of(), DOCUMENT).status_code == 204
    else:
        assert unseen.status_code == 409
        assert "ETag" in unseen.json()["message"]
        assert either.ask("GET", resource, of()).json() == DOCUMENT
    assert either.ask("PUT", resource, of(), {"b": 1}, if_match=tag).status_code == 204
    tag = either.ask("GET", resource, of())["ETag"]
    assert either.ask("POST", resource, of(), {"c": 1}, if_match=f'"x", {tag}').status_code == 204
    assert either.ask("GET", resource, of()).json() == {"b": 1, "c": 1}
    assert either.ask("DELETE", resource, of(), if_match="*").status_code == 204
    assert either.ask("PUT", resource, of(), DOCUMENT, if_match="*").status_code == 412


@covers(250, 251, 252, 253, 254)
def test_an_activity_is_told_with_all_that_is_known(either):
    assert either.ask("GET", "activities").status_code == 400
    assert either.ask("GET", "activities", {"activityId": "x"}).status_code == 400
    assert either.ask("GET", "activities", {"activityId": LESSON}).json() == an_activity()
    either.post(a_statement(object=an_activity(name={"en": "Lesson"}, extensions={LESSON: 1})))
    either.post(a_statement(context={"contextActivities": {"other": an_activity(name={"pt": "Aula"})}}))
    found = either.ask("GET", "activities", {"activityId": LESSON}).json()
    assert found == an_activity(name={"en": "Lesson", "pt": "Aula"}, extensions={LESSON: 1})


@covers("2.0 IRIs")
def test_iris_are_compared_letter_by_letter(either):
    dotted = "https://example.org/path/../a"
    either.stored(object=an_activity(dotted, name={"en": "x"}))
    assert either.ask("GET", "activities", {"activityId": dotted}).json()["definition"] == {"name": {"en": "x"}}
    assert either.found(activity="https://example.org/a") == []


@covers(range(236, 250))
def test_a_person_has_what_is_known_of_an_agent(either):
    identified = [
        ANA,
        RUI,
        {"mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"},
        {"openid": "http://ana.openid.example.org/"},
    ]
    for agent in identified:
        found = either.ask("GET", "agents", {"agent": agent})
        assert found.status_code == 200
        wanted = {name: [value] for name, value in agent.items() if name != "objectType"}
        assert found.json() == {"objectType": "Person", **wanted}
    either.post(a_statement(actor={**ANA, "name": "Ana Maria"}))
    asked = {**ANA, "name": "Ana"}
    assert either.ask("GET", "agents", {"agent": asked}).json()["name"] == ["Ana", "Ana Maria"]
    for wrong in NO_AGENTS:
        assert either.ask("GET", "agents", {"agent": wrong}).status_code == 400
    assert either.ask("GET", "agents").status_code == 400


@covers(range(315, 322), "2.0 about")
def test_the_store_says_which_versions_it_speaks(program):
    for version in ("1.0.3", None, "2.0.0"):
        found = program.ask("GET", "about", x_experience_api_version=version, authorization=None)
        assert found.status_code == 200
        known = ["1.0.0", "1.0.1", "1.0.2", "1.0.3"] + ([] if version == "1.0.3" else ["2.0.0"])
        assert found.json() == {"version": known, "extensions": {}}


def test_a_document_is_limited(program):
    assert program.ask("PUT", STATE, of_state(), b"x" * 1024 * 1024, content_type="text/plain").status_code == 204
    assert (
        program.ask("PUT", STATE, of_state(), b"x" * 1024 * 1024 + b"x", content_type="text/plain").status_code == 413
    )
    assert program.ask("PUT", STATE, of_state(stateId="x" * 501), DOCUMENT).status_code == 400
    assert program.ask("PUT", STATE, of_state(stateId="a\x00b"), DOCUMENT).status_code == 400


def test_the_type_of_a_document_can_bring_no_head_of_its_own(program):
    for kind in ("text/plain\r\nSet-Cookie: a=b", "text/plain; a=b\nX: y", "nothing", "text/html;\x00"):
        form = {"activityId": LESSON, "agent": json.dumps(ANA), "stateId": "x", "content": "a", "Content-Type": kind}
        answer = program.http.post(
            "/xapi/activities/state?method=PUT",
            urlencode(form),
            content_type="application/x-www-form-urlencoded",
            headers=program.heads,
        )
        assert answer.status_code == 400, kind
    form["Content-Type"] = 'text/plain; charset="utf-8"'
    kind = "application/x-www-form-urlencoded"
    sent = program.http.post(
        "/xapi/activities/state?method=PUT", urlencode(form), content_type=kind, headers=program.heads
    )
    assert sent.status_code == 204
    assert program.ask("GET", STATE, of_state(stateId="x"))["Content-Type"] == 'text/plain; charset="utf-8"'
