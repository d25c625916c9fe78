"""Units that are launched, report, and are satisfied: the stories that the specification tells, and what it forbids."""

import base64
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from tests.accounts.factories import a_person, person_with
from tests.learn.statements.programs import a_program, an_id
from trama.accounts.roles.vocabulary import Role
from trama.learn.cmi5 import rules, services
from trama.learn.cmi5.errors import AlreadyWaived, UnknownUnit
from trama.learn.cmi5.selectors import satisfied, way_through
from trama.learn.models import Cmi5Course, Cmi5Session, Statement, StatementClient, StoreDocument

from .test_structure import ID, au, block, course, parse

pytestmark = pytest.mark.django_db
_next = count(1)
CATEGORIES = {"cmi5": rules.CMI5, "moveon": rules.MOVE_ON}


class Content:
    """A unit in a browser: it reads its launch address, fetches its token, and speaks to the store."""

    def __init__(self, url: str) -> None:
        self.http = Client()
        given = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        self.actor = json.loads(given["actor"])
        self.registration, self.activity, self.given = given["registration"], given["activityId"], given
        self.fetched = self.http.post(urlsplit(given["fetch"]).path)
        token = self.fetched.json().get("auth-token", "")
        self.heads = {"Authorization": f"Basic {token}", "X-Experience-API-Version": "1.0.3"}
        place = {"activityId": self.activity, "agent": given["actor"], "registration": self.registration}
        found = self.http.get("/xapi/activities/state", {**place, "stateId": "LMS.LaunchData"}, headers=self.heads)
        self.data = found.json() if found.status_code == 200 else {}

    def statement(self, verb: str, *, defined: bool = True, **result):
        template = json.loads(json.dumps(self.data["contextTemplate"]))
        category = ["cmi5"] if defined else []
        if defined and {"success", "completion"} & result.keys():
            category.append("moveon")
        activities = {**template["contextActivities"], "category": [{"id": CATEGORIES[one]} for one in category]}
        if verb in (rules.PASSED, rules.FAILED) and "masteryScore" in self.data:
            template["extensions"][rules.MASTERY] = self.data["masteryScore"]
        return {
            "id": an_id(),
            "actor": self.actor,
            "verb": {"id": verb},
            "object": {"id": self.activity},
            "timestamp": "2026-11-22T10:00:00Z",
            "context": {**template, "contextActivities": activities, "registration": self.registration},
            **({"result": result} if result else {}),
        }

    def send(self, statement) -> int:
        body = json.dumps(statement)
        return self.http.post("/xapi/statements", body, content_type="application/json", headers=self.heads).status_code

    def say(self, verb: str, **result) -> int:
        if verb in rules.WITH_DURATION:
            result = {"duration": "PT1M", **result}
        if verb == rules.COMPLETED:
            result["completion"] = True
        if verb in (rules.PASSED, rules.FAILED):
            result["success"] = verb == rules.PASSED
        return self.send(self.statement(verb, **result))


class Room:
    """A course and its learner."""

    def __init__(self, *parts: str) -> None:
        self.author, self.learner = person_with(Role.PROGRAMME_TEAM), a_person()
        self.now = timezone.now()
        self.course = services.import_course(parse(course(*parts)), by=self.author, at=self.now)
        self.registration = services.register_learner(self.course, by=self.learner, at=self.now)

    def launch(self, unit: str = "au-1", mode: str = "Normal", at: datetime | None = None) -> Content:
        made = services.open_session(
            self.registration,
            unit,
            address="https://packages.example.org/um/index.html?tema=1",
            return_url="https://example.org/volta/",
            mode=mode,
            by=self.learner,
            at=at or self.now,
        )
        self.url = made.url
        return Content(made.url)

    def verbs(self) -> list[str]:
        bodies = [json.loads(one.body) for one in Statement.objects.order_by("pk")]
        return [one["verb"]["id"].rpartition("/")[2] for one in bodies]

    @property
    def satisfied(self) -> set[str]:
        return set(satisfied(self.registration).satisfied)


def test_a_launch_gives_what_a_unit_needs_and_its_token_once():
    room = Room(au("um", moveOn="CompletedAndPassed", masteryScore="0.8"))
    unit = room.launch()
    parts = urlsplit(room.url)
    assert room.url.startswith("https://packages.example.org/um/index.html?tema=1&")
    assert set(unit.given) == {"tema", "endpoint", "fetch", "actor", "registration", "activityId"}
    assert unit.given["endpoint"].endswith("/xapi/")
    assert unit.activity != f"{ID}/um"
    assert room.learner.name not in room.url
    assert room.learner.email not in room.url
    assert base64.b64decode(unit.fetched.json()["auth-token"]).count(b":") == 1
    again = unit.http.post(urlsplit(unit.given["fetch"]).path)
    assert (again.status_code, again.json()["error-code"]) == (200, "1")
    assert unit.http.get(urlsplit(unit.given["fetch"]).path).status_code == 405
    assert unit.http.post("/xapi/cmi5/fetch/of-nobody").json()["error-code"] == "1"
    assert unit.data["moveOn"] == "CompletedAndPassed"
    assert unit.data["masteryScore"] == 0.8
    assert unit.data["launchMode"] == "Normal"
    assert unit.data["returnURL"] == "https://example.org/volta/"
    assert unit.data["contextTemplate"]["contextActivities"]["grouping"][0]["id"] == f"{ID}/um"
    profile = {"agent": json.dumps(unit.actor), "profileId": "cmi5LearnerPreferences"}
    preferences = unit.http.get("/xapi/agents/profile", profile, headers=unit.heads).json()
    assert preferences["languagePreference"].startswith("pt-BR")
    launched = json.loads(Statement.objects.get().body)
    extensions = launched["context"]["extensions"]
    assert extensions[rules.LAUNCH_URL] == "https://packages.example.org/um/index.html"
    assert extensions[rules.MASTERY] == 0.8
    assert parts.fragment == ""


def test_a_launch_that_waits_too_long_gives_no_token():
    room = Room(au("um"))
    assert "error-code" in room.launch(at=timezone.now() - timedelta(hours=1)).fetched.json()


STORIES = {  # moveOn, masteryScore; what the unit says; whether the course is satisfied afterwards
    "completed or passed: passed": ("CompletedOrPassed", "", [rules.PASSED], True),
    "completed or passed: completed": ("CompletedOrPassed", "", [rules.COMPLETED], True),
    "completed or passed: failed, completed": ("CompletedOrPassed", "", [rules.FAILED, rules.COMPLETED], True),
    "completed: completed": ("Completed", "", [rules.COMPLETED], True),
    "completed: passed": ("Completed", "", [rules.PASSED], False),
    "passed: passed": ("Passed", "", [rules.PASSED], True),
    "passed: completed": ("Passed", "", [rules.COMPLETED], False),
    "passed: failed": ("Passed", "", [rules.FAILED], False),
    "both: completed, passed": ("CompletedAndPassed", "", [rules.COMPLETED, rules.PASSED], True),
    "both: completed, failed": ("CompletedAndPassed", "", [rules.COMPLETED, rules.FAILED], False),
    "both: completed": ("CompletedAndPassed", "", [rules.COMPLETED], False),
    "mastery: passed": ("Passed", "0.5", [rules.PASSED], True),
    "nothing asked": ("NotApplicable", "", [], True),
}


@pytest.mark.parametrize("name", list(STORIES))
def test_stories_of_one_session(name):
    move_on, mastery, said, complete = STORIES[name]
    room = Room(au("um", moveOn=move_on, **({"masteryScore": mastery} if mastery else {})))
    unit = room.launch()
    assert unit.say(rules.INITIALIZED) == 200
    for verb in said:
        score = {"score": {"scaled": 0.5, "raw": 5, "min": 0, "max": 10}} if mastery else {}
        assert unit.say(verb, **score) == 200
    assert unit.say(rules.TERMINATED) == 200
    assert satisfied(room.registration).complete is complete
    assert room.verbs().count("satisfied") == (1 if complete else 0)
    kept = Cmi5Session.objects.get()
    assert kept.terminated_at is not None


def test_completed_in_one_session_and_passed_in_another():
    room = Room(au("um", moveOn="CompletedAndPassed"))
    first = room.launch()
    assert [first.say(one) for one in (rules.INITIALIZED, rules.COMPLETED, rules.FAILED, rules.TERMINATED)] == [200] * 4
    assert room.satisfied == set()
    second = room.launch()
    assert second.activity == first.activity
    assert second.say(rules.INITIALIZED) == 200
    assert second.say(rules.COMPLETED) == 403  # once in a registration
    assert second.say(rules.PASSED, score={"scaled": 0.9}) == 200
    assert second.say(rules.FAILED) == 403
    assert room.satisfied == {"au-1", "course"}
    assert satisfied(room.registration).scores == {"au-1": 0.9}
    third = room.launch()
    third.say(rules.INITIALIZED)
    assert third.say(rules.FAILED) == 403  # who passed cannot fail
    assert third.say(rules.PASSED) == 403
    assert room.verbs().count("satisfied") == 1


def test_blocks_are_satisfied_with_all_their_units_and_the_course_last():
    room = Room(
        au("um", moveOn="Completed"),
        block("b", au("dois", moveOn="Completed"), block("c", au("tres", moveOn="Passed"))),
    )
    heard = []
    services.register_satisfied_listener(lambda registration, at: heard.append(satisfied(registration).complete))
    for key, verb in (("au-3", rules.PASSED), ("au-2", rules.COMPLETED), ("au-1", rules.COMPLETED)):
        unit = room.launch(key)
        unit.say(rules.INITIALIZED)
        unit.say(verb)
    services._listeners.pop()
    told = [json.loads(one.body) for one in Statement.objects.order_by("pk") if "verbs/satisfied" in one.body]
    assert [one["object"]["id"].rpartition("/")[2] for one in told] == ["block-2", "block-1", "course"]
    assert [one["object"]["definition"]["type"].rpartition("/")[2] for one in told] == ["block", "block", "course"]
    assert heard == [False, False, True]
    assert room.satisfied == {"au-1", "au-2", "au-3", "block-1", "block-2", "course"}


def broken(unit: Content) -> Iterator[tuple[str, dict]]:
    """Statements that a unit which was just initialized may not send."""

    def changed(verb: str, change, **result) -> dict:
        statement = unit.statement(verb, **result)
        change(statement)
        return statement

    def drop(path: str):
        def change(statement):
            place = statement
            *way, last = path.split(".")
            for key in way:
                place = place[key]
            place.pop(last)

        return change

    done = {"completion": True, "duration": "PT1M"}
    other = {"objectType": "Agent", "mbox": "mailto:other@example.org"}
    yield "another actor", changed(rules.COMPLETED, lambda s: s.update(actor=other), **done)
    yield "another registration", changed(rules.COMPLETED, lambda s: s["context"].update(registration=an_id()), **done)
    yield "no registration", changed(rules.COMPLETED, drop("context.registration"), **done)
    yield "no session", changed(rules.COMPLETED, drop("context.extensions"), **done)
    yield "no id", changed(rules.COMPLETED, drop("id"), **done)
    yield "the publisher's id", changed(rules.COMPLETED, lambda s: s["object"].update(id=f"{ID}/um"), **done)
    yield "no grouping", changed(rules.COMPLETED, drop("context.contextActivities.grouping"), **done)
    yield "no duration", unit.statement(rules.COMPLETED, completion=True)
    yield "no completion", unit.statement(rules.COMPLETED, duration="PT1M")
    yield "a score", unit.statement(rules.COMPLETED, score={"scaled": 1}, **done)
    yield "success of completed", unit.statement(rules.COMPLETED, success=True, **done)
    yield "no moveon", changed(rules.COMPLETED, lambda s: s["context"]["contextActivities"]["category"].pop(), **done)
    yield "local time", changed(rules.COMPLETED, lambda s: s.update(timestamp="2026-11-22T10:00:00-03:00"), **done)
    yield "passed below mastery", unit.statement(rules.PASSED, success=True, duration="PT1M", score={"scaled": 0.79})
    yield "failed at mastery", unit.statement(rules.FAILED, success=False, duration="PT1M", score={"scaled": 0.8})
    raw = {"scaled": 0.9, "raw": 9}
    yield "raw alone", unit.statement(rules.PASSED, success=True, duration="PT1M", score=raw)
    right = {"success": True, "duration": "PT1M", "score": {"scaled": 0.9}}
    yield "no mastery", changed(rules.PASSED, lambda s: s["context"]["extensions"].pop(rules.MASTERY), **right)
    yield "initialized again", unit.statement(rules.INITIALIZED)
    yield "a verb of the platform", unit.statement(rules.SATISFIED)
    yield "waived by itself", unit.statement(rules.WAIVED, success=True, completion=True)
    void = unit.statement(rules.VOIDED, defined=False)
    void["object"] = {"objectType": "StatementRef", "id": an_id()}
    yield "voiding", void


def test_what_breaks_a_rule_is_refused_and_leaves_nothing():
    room = Room(au("um", moveOn="CompletedAndPassed", masteryScore="0.8"))
    unit = room.launch()
    first = unit.statement("https://example.org/verbs/read", defined=False)
    assert unit.send(first) == 403  # initialized comes first
    assert unit.say(rules.COMPLETED) == 403
    assert unit.say(rules.INITIALIZED) == 200
    before = room.verbs()
    answered = {name: unit.send(statement) for name, statement in broken(unit)}
    assert {name: status for name, status in answered.items() if status not in (400, 403)} == {}
    assert room.verbs() == before
    assert room.satisfied == set()
    assert unit.send(unit.statement("https://example.org/verbs/read", defined=False)) == 200
    assert unit.say(rules.PASSED, score={"scaled": 0.8}) == 200


def test_a_session_is_said_in_one_request_in_order():
    room = Room(au("um", moveOn="Completed"))
    unit = room.launch()
    done = unit.statement(rules.COMPLETED, completion=True, duration="PT1M")
    assert unit.send([done, unit.statement(rules.INITIALIZED)]) == 403
    assert room.satisfied == set()
    assert unit.send([unit.statement(rules.INITIALIZED), done]) == 200
    assert "course" in room.satisfied
    assert unit.send(done) == 204  # sent again: nothing is counted twice


def test_only_reading_in_browse_and_review():
    for mode in ("Browse", "Review"):
        room = Room(au("um", moveOn="Completed"))
        unit = room.launch(mode=mode)
        assert unit.data["launchMode"] == mode
        assert unit.say(rules.INITIALIZED) == 200
        assert unit.say(rules.COMPLETED) == 403
        assert unit.say(rules.TERMINATED) == 200


def test_a_session_left_open_is_abandoned_by_the_next_and_its_token_ends():
    room = Room(au("um", moveOn="Completed"))
    unit = room.launch()
    unit.say(rules.INITIALIZED)
    later = room.launch()
    assert room.verbs() == ["launched", "initialized", "abandoned", "launched"]
    abandoned = next(json.loads(one.body) for one in Statement.objects.all() if "verbs/abandoned" in one.body)
    assert abandoned["result"]["duration"].startswith("PT")
    assert unit.say(rules.COMPLETED) == 401
    assert later.say(rules.INITIALIZED) == 200
    assert services.close_sessions(room.registration, at=timezone.now()) == 1
    assert services.close_sessions(room.registration, at=timezone.now()) == 0
    never = room.launch()
    services.close_sessions(room.registration, at=timezone.now())
    assert never.say(rules.INITIALIZED) == 401
    assert room.verbs().count("abandoned") == 2  # of one that never began there is nothing to say


def test_after_terminated_nothing_is_taken():
    room = Room(au("um", moveOn="Completed"))
    unit = room.launch()
    unit.say(rules.INITIALIZED)
    unit.say(rules.TERMINATED)
    Cmi5Session.objects.update(terminated_at=timezone.now() - timedelta(minutes=1))
    assert unit.say(rules.COMPLETED) == 403


def test_a_unit_that_is_waived_counts_once_with_its_reason():
    room = Room(au("um", moveOn="CompletedAndPassed"), au("dois", moveOn="Completed"))
    waive = {"by": room.author, "at": room.now}
    services.waive(room.registration, "au-1", "Equivalente", **waive)
    with pytest.raises(AlreadyWaived):
        services.waive(room.registration, "au-1", "Equivalente", **waive)
    with pytest.raises(UnknownUnit):
        services.waive(room.registration, "au-9", "Equivalente", **waive)
    with pytest.raises(PermissionDenied):
        services.waive(room.registration, "au-2", "x", by=room.learner, at=room.now)
    found = satisfied(room.registration)
    assert (found.satisfied, found.waived, found.units) == (frozenset({"au-1"}), frozenset({"au-1"}), 2)
    said = next(json.loads(one.body) for one in Statement.objects.all() if "verbs/waived" in one.body)
    assert said["result"] == {"success": True, "completion": True, "extensions": {rules.REASON: "Equivalente"}}


def test_a_session_reaches_its_own_learner_alone():
    room = Room(au("um", moveOn="Completed"))
    foreign = a_program().stored()
    other = Room(au("um", moveOn="Completed")).launch()
    other.say(rules.INITIALIZED)
    first = room.launch()
    first.say(rules.INITIALIZED)
    unit = room.launch()
    unit.say(rules.INITIALIZED)
    seen = [one["verb"]["id"] for one in unit.http.get("/xapi/statements", headers=unit.heads).json()["statements"]]
    assert len(seen) == 5  # of this registration: launched, initialized, abandoned, launched, initialized
    assert unit.http.get("/xapi/statements", {"statementId": foreign}, headers=unit.heads).status_code == 404
    place = {"activityId": other.activity, "agent": json.dumps(other.actor), "stateId": "LMS.LaunchData"}
    for registration in (other.registration, unit.registration):
        asked = {**place, "registration": registration}
        assert unit.http.get("/xapi/activities/state", asked, headers=unit.heads).status_code == 403
    mine = {"activityId": unit.activity, "agent": json.dumps(unit.actor), "registration": unit.registration}
    address = f"/xapi/activities/state?{urlencode(mine)}&stateId=LMS.LaunchData"
    for method in ("put", "post", "delete"):
        answer = getattr(unit.http, method)(address, "{}", content_type="application/json", headers=unit.heads)
        assert answer.status_code == 403
    assert unit.http.delete(address.replace("&stateId=LMS.LaunchData", ""), headers=unit.heads).status_code == 204
    assert StoreDocument.objects.filter(name="LMS.LaunchData", registration=unit.registration).count() == 1
    assert StatementClient.objects.filter(kind="session").exclude(scopes__contains="all").count() == 3


def test_who_may_do_what():
    room = Room(au("um"))
    stranger = a_person()
    launch = {"address": "https://x.example.org/", "return_url": "", "at": room.now}
    with pytest.raises(PermissionDenied):
        services.open_session(room.registration, "au-1", by=stranger, **launch)
    with pytest.raises(UnknownUnit):
        services.open_session(room.registration, "au-2", by=room.learner, **launch)
    with pytest.raises(PermissionDenied):
        services.import_course(parse(course(au("um"))), by=stranger, at=room.now)
    with pytest.raises(DatabaseError), transaction.atomic():
        Cmi5Course.objects.update(publisher_id="x")


def test_who_begins_again_has_another_registration_and_nothing_of_the_first():
    room = Room(au("um", moveOn="Completed"))
    unit = room.launch()
    unit.say(rules.INITIALIZED)
    unit.say(rules.COMPLETED)
    first = way_through(room.course, room.registration).units["au-1"]
    assert (first.begun, first.completed, first.satisfied, first.passed) == (True, True, True, None)
    again = services.register_learner(room.course, by=room.learner, at=room.now)
    assert again.uid != room.registration.uid
    second = way_through(room.course, again).units["au-1"]
    assert (second.begun, second.completed, second.satisfied) == (False, False, False)
    room.registration = again
    unit = room.launch()
    assert unit.registration == str(again.uid)
    assert [unit.say(rules.INITIALIZED), unit.say(rules.COMPLETED)] == [200, 200]


def test_the_way_through_a_course_says_how_each_unit_stands():
    room = Room(au("um", moveOn="Passed", masteryScore="0.6"), au("dois", moveOn="Completed"), au("tres"))
    nowhere = way_through(room.course, None)
    assert [one.begun for one in nowhere.units.values()] == [False, False, False]
    assert (nowhere.latest, nowhere.seconds) == ("", 0)
    unit = room.launch(at=timezone.now() - timedelta(minutes=5))
    unit.say(rules.INITIALIZED)
    unit.say(rules.FAILED, score={"scaled": 0.4})
    room.launch("au-2")
    way = way_through(room.course, room.registration)
    one, two, three = way.units.values()
    assert (one.begun, one.passed, one.scaled, one.satisfied) == (True, False, 0.4, False)
    assert (two.begun, two.satisfied) == (False, False), "it was launched and has said nothing"
    assert (three.begun, three.satisfied) == (False, True), "it asks for nothing"
    assert way.latest == "au-2"
    assert 299 <= way.seconds <= 320
