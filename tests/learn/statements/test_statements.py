"""The statement resource: storing, finding, voiding; as a program sees it."""

import json
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from django.utils.http import parse_http_date

from .conformance import covers
from .programs import (
    ANA,
    ATTENDED,
    LESSON,
    REGISTRATION,
    RUI,
    VOIDED,
    Program,
    a_program,
    a_reference,
    a_statement,
    a_substatement,
    an_activity,
    an_id,
)

OTHER = "https://example.org/lessons/2"
EVA = {"objectType": "Agent", "mbox": "mailto:eva@example.org"}


@pytest.fixture(params=["1.0.3", "2.0.0"])
def either(request, db) -> Program:
    return a_program(version=request.param)


def void(program: Program, uid: str) -> str:
    return program.stored(verb={"id": VOIDED}, object=a_reference(uid))


@covers(139, 140, 143, 144, 145, 158, 156, 159)
def test_a_statement_is_put_under_its_id(either):
    uid = an_id()
    assert either.put(uid, a_statement()).status_code == 204
    assert either.one(uid)["id"] == uid
    assert either.one(uid.upper())["id"] == uid  # the case of a UUID says nothing
    assert either.ask("PUT", "statements", {}, a_statement()).status_code == 400
    assert either.put("no-uuid", a_statement()).status_code == 400
    assert either.put(an_id(), a_statement(id=an_id())).status_code == 400
    assert either.put(an_id(), [a_statement()]).status_code == 400


@covers(146, 147, 26, 29)
def test_statements_are_posted_and_their_ids_come_back_in_order(either):
    given = an_id()
    answer = either.post([a_statement(), a_statement(id=given), a_statement()])
    assert answer.status_code == 200
    ids = answer.json()
    assert len(set(ids)) == 3
    assert ids[1] == given
    assert either.found(ascending="true") == ids
    assert either.post([]).json() == []


@covers(142, 182)
def test_a_statement_that_is_kept_is_never_changed(either):
    uid = an_id()
    assert either.put(uid, a_statement()).status_code == 204
    before = either.one(uid)
    other = a_statement(id=uid, verb={"id": OTHER})
    assert either.put(uid, other).status_code == 409
    assert either.post(other).status_code == 409
    assert either.post([a_statement(), other]).status_code == 409
    assert either.one(uid) == before
    assert either.found() == [uid]  # nothing of the batch with the conflict


@covers(142)
def test_the_same_statement_sent_again_is_told_to_be_here(either):
    same = a_statement(id=an_id(), object=an_activity(name={"en": "A"}), timestamp="2026-01-01T10:00:00Z")
    assert either.post(same).status_code == 200
    again = a_statement(id=same["id"], object=an_activity(name={"pt": "Um"}), timestamp="2026-01-01T07:00:00-03:00")
    assert either.post(again).status_code == 204
    assert either.put(same["id"], again).status_code == 204
    assert either.post([again, a_statement()]).json()[0] == same["id"]
    later = {**again, "timestamp": "2026-01-02T07:00:00-03:00"}
    assert either.post(later).status_code == 409
    assert len(either.found()) == 2


@covers("2.0 batch ids", 326)
def test_a_batch_is_stored_whole_or_not_at_all(either):
    right = a_statement(id=an_id())
    assert either.post([right, a_statement(id=an_id(), verb={"id": "should fail"})]).status_code == 400
    assert either.get(statementId=right["id"]).status_code == 404
    twice = an_id()
    assert either.post([a_statement(id=twice), a_statement(id=twice)]).status_code == 400
    assert either.found() == []


@covers(154, 112, 149, 110, 113, 109)
def test_a_result_has_statements_and_more(either):
    assert either.get().json() == {"statements": [], "more": ""}
    uid = either.stored()
    answer = either.get()
    assert answer.status_code == 200
    assert [one["id"] for one in answer.json()["statements"]] == [uid]
    assert answer.json()["more"] == ""


@covers(108, 111, 114, 173, "2.0 more")
def test_more_leads_from_page_to_page(either):
    ids = [either.stored() for _ in range(5)]
    answer = either.get(limit="2", verb=ATTENDED, ascending="true")
    seen = [one["id"] for one in answer.json()["statements"]]
    pages = 1
    while more := answer.json()["more"]:
        parts = urlsplit(more)
        assert parts.path.startswith("/xapi/")
        answer = either.http.get(
            more, headers={"Authorization": either.basic, "X-Experience-API-Version": either.version}
        )
        seen += [one["id"] for one in answer.json()["statements"]]
        pages += 1
    assert (seen, pages) == (ids, 3)
    assert either.found(limit="0") == ids[::-1]


@covers(166, 174, 175, 164, 12)
def test_time_and_order_are_those_of_storing(either):
    first, second, third = (either.stored() for _ in range(3))
    moment = either.one(second)["stored"]
    assert either.found(since=moment) == [third]
    assert either.found(until=moment) == [second, first]
    assert either.found(ascending="true") == [first, second, third]
    assert either.found(since=moment, until=moment) == []
    for wrong in ({"since": "yesterday"}, {"until": "2026-13-01T00:00:00Z"}, {"limit": "-1"}, {"limit": "x"}):
        assert either.get(**wrong).status_code == 400


@covers(164, 178, 179, 180, 181, 12)
def test_filters_find_who_did_what_where(either):
    mine = either.stored(context={"registration": REGISTRATION})
    theirs = either.stored(actor=RUI, verb={"id": OTHER}, object=an_activity(OTHER))
    about = either.stored(actor=EVA, object=ANA)
    group = either.stored(actor={"objectType": "Group", "member": [RUI, EVA]})
    assert either.found(agent=ANA) == [about, mine]
    assert either.found(agent=RUI) == [group, theirs]
    assert either.found(verb=OTHER) == [theirs]
    assert either.found(activity=LESSON) == [group, mine]
    assert either.found(registration=REGISTRATION.upper()) == [mine]
    assert either.found(agent=RUI, activity=LESSON) == [group]
    assert either.found(agent={"mbox": ANA["mbox"], "name": "Another name"}) == [about, mine]
    wrong = [{"agent": "not JSON"}, {"agent": {"name": "x"}}, {"verb": "x"}, {"activity": "x"}, {"registration": "x"}]
    for one in wrong:
        assert either.get(**one).status_code == 400


@covers(176, "2.0 contextAgents")
def test_related_agents_stand_anywhere_in_a_statement(program, second):
    team = {"objectType": "Group", "mbox": "mailto:team@example.org"}
    uid = program.stored(
        actor=RUI,
        object=a_substatement(actor=EVA, context={"instructor": ANA}),
        context={"team": team, "instructor": {"mbox": "mailto:teacher@example.org"}},
    )
    for agent in (EVA, ANA, team, {"mbox": "mailto:teacher@example.org"}):
        assert program.found(agent=agent) == []
        assert program.found(agent=agent, related_agents="true") == [uid]
    people = {"contextAgents": [{"objectType": "contextAgent", "agent": {"openid": LESSON}}]}
    later = second.stored(context=people)
    assert second.found(agent={"openid": LESSON}) == []
    assert second.found(agent={"openid": LESSON}, related_agents="true") == [later]
    authority = program.one(uid)["authority"]
    assert program.found(agent=authority, related_agents="true") == [uid]
    unknown = {"account": {"homePage": authority["account"]["homePage"], "name": "program-x"}}
    assert program.found(agent=unknown, related_agents="true") == []
    assert program.get(related_agents="yes").status_code == 400


@covers(177)
def test_related_activities_stand_in_context_and_sub_statements(either):
    parent, inside = an_activity("https://example.org/course"), an_activity("https://example.org/inside")
    uid = either.stored(context={"contextActivities": {"parent": parent}})
    sub = either.stored(object=a_substatement(object=inside))
    assert either.found(activity=parent["id"]) == []
    assert either.found(activity=parent["id"], related_activities="true") == [uid]
    assert either.found(activity=inside["id"], related_activities="true") == [sub]
    assert either.found(activity=LESSON, related_activities="true") == [uid]


@covers("1.0.3 filters by StatementRef")
def test_what_refers_to_a_statement_is_found_with_it(either):
    target = either.stored(actor=EVA, object=an_activity(OTHER))
    refers = either.stored(actor=RUI, object=a_reference(target))
    again = either.stored(object=a_reference(refers))
    either.stored(actor=RUI)
    assert either.found(agent=EVA) == [again, refers, target]
    assert either.found(agent=EVA, activity=OTHER) == [again, refers, target]
    assert either.found(agent=EVA, verb=OTHER) == []
    since = either.one(target)["stored"]
    assert either.found(agent=EVA, since=since) == [again, refers]  # time is asked of who refers


def test_statements_that_refer_to_each_other_are_found_and_end(program):
    first, second = an_id(), an_id()
    program.post([a_statement(id=first, object=a_reference(second)), a_statement(id=second, object=a_reference(first))])
    assert set(program.found(agent=ANA)) == {first, second}


@covers(16, 18, 19, 20, 155, 157, 162, 163)
def test_a_voided_statement_is_found_by_its_id_alone(either):
    uid = either.stored(actor=EVA)
    refers = either.stored(actor=RUI, object=a_reference(uid))
    voiding = void(either, uid)
    assert either.get(statementId=uid).status_code == 404
    assert either.get(voidedStatementId=uid).json()["id"] == uid
    assert either.found() == [voiding, refers]
    assert either.found(agent=EVA) == [voiding, refers]  # they refer to it, and are not void
    assert either.get(voidedStatementId=refers).status_code == 404
    again = void(either, voiding)  # who voids cannot be voided
    assert either.one(voiding)["id"] == voiding
    assert either.found()[0] == again
    assert either.get(statementId=uid).status_code == 404


def test_a_statement_that_comes_after_what_voids_it_is_void(program):
    uid = an_id()
    void(program, uid)
    program.put(uid, a_statement())
    assert program.get(statementId=uid).status_code == 404


@covers(150, 151)
def test_one_statement_is_asked_without_filters(either):
    uid = either.stored()
    for name in ("statementId", "voidedStatementId"):
        filters = {"agent": ANA, "verb": ATTENDED, "activity": LESSON, "registration": REGISTRATION, "limit": "1"}
        filters |= {"since": "2020-01-01T00:00:00Z", "until": "2020-01-01T00:00:00Z", "ascending": "true"}
        filters |= {"related_agents": "true", "related_activities": "true"}
        for other, value in filters.items():
            assert either.get(**{name: uid, other: value}).status_code == 400
    assert either.get(statementId=uid, voidedStatementId=uid).status_code == 400
    assert either.get(statementId=uid, format="ids", attachments="false").status_code == 200
    assert either.get(statementId="x").status_code == 400
    assert either.get(statementId=an_id()).status_code == 404


@covers(168, 170, 171)
def test_ids_alone_identify_and_say_no_more(either):
    group = {"objectType": "Group", "name": "Rede", "member": [{**ANA, "name": "Ana"}]}
    uid = either.stored(actor=group, object=an_activity(name={"en": "A"}), context={"instructor": {**RUI, "name": "R"}})
    kept = either.one(uid, format="ids")
    assert kept["actor"] == {"objectType": "Group", "member": [ANA]}
    assert kept["verb"] == {"id": ATTENDED}
    assert kept["object"] == an_activity()
    assert kept["context"]["instructor"] == RUI
    assert either.one(uid, format="exact")["actor"] == group
    assert either.one(uid) == either.one(uid, format="exact")
    assert either.get(format="Exact").status_code == 400


@covers(169, 172, 254)
def test_canonical_gives_what_is_known_in_one_language(either):
    first = either.stored(object=an_activity(name={"en-US": "Lesson"}, description={"en-US": "The first"}))
    either.stored(object=an_activity(name={"pt-BR": "Aula"}, type="https://example.org/lesson"))

    def asked(languages: str) -> dict:
        parameters = {"statementId": first, "format": "canonical"}
        return either.ask("GET", "statements", parameters, accept_language=languages).json()

    definition = asked("pt;q=0.9, en;q=0.1")["object"]["definition"]
    assert definition["name"] == {"pt-BR": "Aula"}
    assert definition["type"] == "https://example.org/lesson"
    assert definition["description"] == {"en-US": "The first"}
    assert asked("en-US")["object"]["definition"]["name"] == {"en-US": "Lesson"}
    assert len(asked("fr")["object"]["definition"]["name"]) == 1
    assert asked("x;q=y,,")["verb"] == {"id": ATTENDED, "display": {"en-US": "attended"}}
    whole = either.ask("GET", "activities", {"activityId": LESSON}).json()
    assert whole["definition"]["name"] == {"en-US": "Lesson", "pt-BR": "Aula"}


@covers(125, 126)
def test_head_says_what_get_says_without_a_body(either):
    uid = either.stored()
    for resource, parameters in (
        ("statements", {}),
        ("statements", {"statementId": uid}),
        ("statements", {"statementId": an_id()}),
        ("about", {}),
        ("agents", {"agent": ANA}),
        ("activities", {"activityId": LESSON}),
        ("agents/profile", {"agent": ANA}),
    ):
        got, head = either.ask("GET", resource, parameters), either.ask("HEAD", resource, parameters)
        assert head.status_code == got.status_code
        assert head.content == b""
        assert head["Content-Length"] == str(len(got.content))
        assert head["Content-Type"] == got["Content-Type"]


@covers(153, 160, 165, "2.0 Last-Modified")
def test_answers_say_what_they_are_and_until_when_all_is_here(either):
    uid = either.stored()
    for answer in (either.get(), either.get(statementId=uid), either.get(statementId=an_id()), either.get(foo="bar")):
        moment = datetime.fromisoformat(answer["X-Experience-API-Consistent-Through"])
        assert timedelta(0) < timezone.now() - moment < timedelta(seconds=10)
        assert answer["Content-Type"] == "application/json"
    one = either.get(statementId=uid)
    stored = datetime.fromisoformat(one.json()["stored"])
    assert parse_http_date(one["Last-Modified"]) == int(stored.timestamp())


@covers(323, 324, 325)
def test_unknown_parameters_are_refused_in_whatever_case(either):
    for name in ("foo", "StatementId", "VoidedStatementId", "Agent", "Verb", "Activity", "Registration", "Limit"):
        assert either.get(**{name: "x"}).status_code == 400
    assert either.ask("PUT", "statements", {"StatementId": an_id()}, a_statement()).status_code == 400
    assert either.ask("POST", "statements", {"statementId": an_id()}, a_statement()).status_code == 400
    for resource in ("activities", "agents", "agents/profile", "activities/profile", "activities/state", "about"):
        assert either.ask("GET", resource, {"foo": "bar"}).status_code == 400
    assert (
        either.http.get("/xapi/statements?verb=a:b&verb=a:c", headers={"X-Experience-API-Version": "1.0.3"}).status_code
        == 400
    )


def test_pages_of_statements_take_the_same_few_queries(program, django_assert_num_queries):
    program.post([a_statement(object=an_activity(f"https://example.org/{n}", name={"en": "x"})) for n in range(30)])
    program.get()
    for limit in ("1", "30"):
        with django_assert_num_queries(2):  # the token, and the statements
            assert len(program.found(limit=limit)) == int(limit)
        with django_assert_num_queries(3):  # and what is known of the activities
            program.get(limit=limit, format="canonical")


def test_a_plain_statement_is_written_with_its_token_in_four_statements_of_sql(program, django_assert_max_num_queries):
    program.stored()
    with django_assert_max_num_queries(4):  # the token, begin, the statement, commit
        program.stored()


def test_a_kept_statement_reads_as_it_was_written_to_the_letter(program):
    text = json.dumps(a_statement(result={"response": "Ação é “tudo” \u0000 \u2028 😀"}))
    uid = program.post(text.encode()).json()[0]
    assert program.one(uid)["result"] == json.loads(text)["result"]
