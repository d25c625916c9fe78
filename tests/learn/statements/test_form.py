"""What a statement must be: one malformed property at a time, alone and inside a sub-statement, in both versions."""

import copy
import json

import pytest

from .conformance import covers
from .programs import (
    ANA,
    LESSON,
    REGISTRATION,
    RUI,
    a_program,
    a_reference,
    a_statement,
    a_substatement,
    an_activity,
    an_id,
)

GROUP = {"objectType": "Group", "member": [ANA]}
FILE = {
    "usageType": "https://example.org/usage",
    "display": {"pt-BR": "Um arquivo"},
    "contentType": "text/plain; charset=ascii",
    "length": 27,
    "sha2": "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a",
    "fileUrl": "https://example.org/file.txt",
}
NO_UUIDS = ["", "x", 12345, {"a": 1}, "AA97B177-9383-4934-8543-0F91A7A028368", "MA97B177-9383-4934-8543-0F91A7A02836"]
NO_IRIS = ["", "example.org/lesson", "should fail", 7, {"a": 1}, "//example.org/x", "http://a b"]
NO_MAPS = ["words", 7, {}, {"something": "x"}, {"en-US": None}, {"en-US": 7}, {"12345": "x"}, {"a": "x"}, ["x"]]
NO_INSTANTS = ["01/011/2015", "should fail", 7, "2008-09-15T15:53:00.601-00", "2008-09-15T15:53:00.601-0000"]
NO_INSTANTS += ["2008-09-15T15:53:00.601-00:00", "2008-13-15T15:53:00Z", "2008-02-30T15:53:00Z", ""]
NO_STRINGS = [7, {"a": 1}, None, True, ["x"]]
NO_AGENTS = [7, "x", {}, [ANA], {"name": "x"}, {"mbox": "ana@example.org"}, {"mbox": "mailto:x"}, {"mbox": 7}]
NO_AGENTS += [{"mbox_sha1sum": "x"}, {"mbox_sha1sum": 7}, {"openid": "ana"}, {"openid": 7}, {"account": "x"}]
NO_AGENTS += [{"account": {"homePage": "x", "name": "y"}}, {"account": {"name": "y"}}]
NO_AGENTS += [{"account": {"homePage": LESSON}}, {"account": {"homePage": LESSON, "name": {"a": 1}}}]
NO_AGENTS += [{**ANA, "openid": LESSON}, {**ANA, "name": 7}, {**ANA, "name": None}, {**ANA, "member": [ANA]}]
NO_AGENTS += [{**ANA, "objectType": "agent"}, {**ANA, "objectType": 7}, {**ANA, "Name": "x"}]
NO_GROUPS = [{**GROUP, "member": []}, {"objectType": "Group"}, {**GROUP, "member": ANA}, {**GROUP, "member": [7]}]
NO_GROUPS += [{**GROUP, "member": [GROUP]}, {**GROUP, **RUI, "objectType": "Group", "mbox": ANA["mbox"]}]
NO_GROUPS += [{**GROUP, "mbox": "x"}, {**GROUP, "name": 7}, {**GROUP, "objectType": "group"}]
NO_COMPONENTS = [7, {"id": "a"}, [7], ["a"], [{"description": {"en": "x"}}], [{"id": 7}], [{"id": "a"}, {"id": "a"}]]
NO_COMPONENTS += [[{"id": "a", "description": "x"}], [{"id": "a", "Id": "b"}]]
NO_EXTENSIONS = ["x", 7, [], {"no iri": 1}, {"": 1}]


def _activity(name, value, **others):
    return {"object": an_activity(**{name: value}, **others)}


def _of_result(name, values):
    return [{"result": {name: value}} for value in values]


def _of_context(name, values):
    return [{"context": {name: value}} for value in values]


def _file(name, values):
    return [{"attachments": [{**FILE, name: value}]} for value in values]


def _file_without(name):
    return {"attachments": [{key: value for key, value in FILE.items() if key != name}]}


SCORES = [{"max": "one hundred"}, {"max": "100"}, {"max": True}, {"min": 5, "max": 4}, {"min": 5, "max": 5}]
SCORES += [{"min": "1"}, {"raw": "1"}, {"raw": 11, "max": 10}, {"raw": 0, "min": 1}, {"scaled": 1.001}]
SCORES += [{"scaled": -1.001}, {"scaled": "0.5"}, {}, 7, {"Raw": 1}]
CORE = [  # (requirements, what is changed): refused in a statement and in a sub-statement
    (3, {"actor": ...}),
    (4, {"verb": ...}),
    (5, {"object": ...}),
    *(((31, 32, 33, 34, 38, 39, 40, 41, 42, 43), {"actor": one}) for one in NO_AGENTS),
    *(((35, 36, 37), {"actor": one}) for one in NO_GROUPS),
    *((44, {"verb": {"id": one}}) for one in NO_IRIS),
    (44, {"verb": {"display": {"en": "x"}}}),
    *((45, {"verb": {"id": LESSON, "display": one}}) for one in NO_MAPS),
    *((46, {"object": {**an_activity(), "objectType": one}}) for one in ("activity", "Verb", 7, None, "")),
    *((47, {"object": an_activity(one)}) for one in NO_IRIS),
    (47, {"object": {"objectType": "Activity"}}),
    *((48, {"object": {**an_activity(), "definition": one}}) for one in ("x", 7, [], {}, {"Type": LESSON})),
    *((49, _activity("interactionType", one)) for one in ("True-false", "x", 7, {"a": 1}, LESSON)),
    *((50, _activity("correctResponsesPattern", one, interactionType="choice")) for one in ("a", {"a": 1}, [7], [{}])),
    *((51, _activity("steps", one, interactionType="performance")) for one in NO_COMPONENTS),
    *((52, _activity("target", one, interactionType="matching")) for one in NO_COMPONENTS),
    *((53, _activity("source", one, interactionType="matching")) for one in NO_COMPONENTS),
    *((54, _activity("scale", one, interactionType="likert")) for one in NO_COMPONENTS),
    *(((55, 58, 62, 63), _activity("choices", one, interactionType="choice")) for one in NO_COMPONENTS),
    *((56, _activity("name", one)) for one in NO_MAPS),
    *((57, _activity("extensions", one)) for one in NO_EXTENSIONS),
    *((59, _activity("description", one)) for one in NO_MAPS),
    *((60, _activity("type", one)) for one in NO_IRIS),
    *((61, _activity("moreInfo", one)) for one in NO_IRIS),
    (64, _activity("correctResponsesPattern", ["a"])),
    (65, {"object": {"mbox": ANA["mbox"]}}),
    (65, {"object": {"member": [ANA]}}),
    *((72, {"object": a_reference(one)}) for one in NO_UUIDS),
    (72, {"object": {"objectType": "StatementRef"}}),
    (73, {"object": {"id": REGISTRATION}}),
    *((74, one) for one in _of_result("success", ["true", 1, None, "We regret"])),
    *((75, one) for one in _of_result("completion", ["false", 0, {}])),
    *((76, one) for one in _of_result("response", NO_STRINGS)),
    *(((77, 124), one) for one in _of_result("duration", ["x", 7, {"a": 1}, "PA1H0M0S", "P4W1D", "P", "PT", "P1"])),
    *((78, one) for one in _of_result("extensions", NO_EXTENSIONS)),
    *(((79, 80, 81, 82, 83, 6), one) for one in _of_result("score", SCORES)),
    (84, {"object": ANA, "context": {"revision": "1"}}),
    (84, {"object": {**GROUP}, "context": {"revision": "1"}}),
    (85, {"object": ANA, "context": {"platform": "1"}}),
    (85, {"object": a_reference(REGISTRATION), "context": {"platform": "1"}}),
    *(((86, 95), one) for one in _of_context("contextActivities", ["x", 7, [], {}])),
    *((87, one) for one in _of_context("registration", NO_UUIDS)),
    *((87, one) for one in _of_context("instructor", NO_AGENTS)),
    *((88, one) for one in _of_context("team", [ANA, *NO_GROUPS])),
    *((89, one) for one in _of_context("revision", NO_STRINGS)),
    *((90, one) for one in _of_context("platform", NO_STRINGS)),
    *((91, one) for one in _of_context("language", [7, {"en": "x"}, "", "something", "en_US"])),
    *((92, one) for one in _of_context("statement", [a_substatement(), {"id": REGISTRATION}, a_reference("x"), 7])),
    (93, {"context": {"contextActivities": {"Parent": an_activity()}}}),
    (93, {"context": {"contextActivities": {"mother": an_activity()}}}),
    *((94, {"context": {"contextActivities": {"parent": one}}}) for one in (7, {}, [7], a_substatement(), ANA)),
    *((78, one) for one in _of_context("extensions", NO_EXTENSIONS)),
    *((25, {"attachments": one}) for one in (FILE, 7, [7], ["x"], [{}])),
    *((102, one) for one in [*_file("length", ["27", 27.5, -1, True, None]), _file_without("length")]),
    *((103, one) for one in [*_file("sha2", [7, "x", ""]), _file_without("sha2")]),
    *((104, one) for one in _file("fileUrl", NO_IRIS)),
    *((105, one) for one in [*_file("contentType", [7, "text", ""]), _file_without("contentType")]),
    *((106, one) for one in [*_file("display", NO_MAPS), _file_without("display"), *_file("description", NO_MAPS)]),
    *((107, one) for one in [*_file("usageType", NO_IRIS), _file_without("usageType")]),
    *((22, {"timestamp": one}) for one in NO_INSTANTS),
    *((1, one) for one in ({"result": None}, {"context": None}, {"timestamp": None}, {"attachments": None})),
    *((1, one) for one in ({"result": {}}, {"context": {}}, {"verb": {}}, {"object": {}}, {"actor": {}})),
    *((8, one) for one in ({"Actor": ANA}, {"Result": {"success": True}}, {"result": {"Success": True}})),
    *((10, one) for one in ({"mood": "good"}, {"verb": {"id": LESSON, "mood": 1}}, {"context": {"mood": 1}})),
]
WHOLE = [  # refused in a statement; a sub-statement has no such property at all
    *(((27, 28, 29, 30), {"id": one}) for one in NO_UUIDS),
    *((23, {"stored": one}) for one in NO_INSTANTS),
    *((24, {"authority": one}) for one in NO_AGENTS),
    (98, {"authority": GROUP}),
    (100, {"authority": {"objectType": "Group", "member": [ANA, RUI, {"openid": LESSON}]}}),
    (98, {"authority": {**RUI, "objectType": "Group", "member": [ANA, RUI]}}),
    *((101, {"version": one}) for one in ("0.9.9", "1.1.0", "1", "1.0.x", 1.0, "", "3.0.0", "1.0.0.1")),
    *((17, {"verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}, "object": one}) for one in (an_activity(), ANA)),
    *((67, {"object": a_substatement(authority=ANA)}) for _ in (1,)),
    (68, {"object": a_substatement(version="1.0.0")}),
    (69, {"object": a_substatement(stored="2013-05-18T05:32:34.804Z")}),
    (70, {"object": a_substatement(id=REGISTRATION)}),
    (71, {"object": a_substatement(object=a_substatement())}),
    (66, {"object": {key: value for key, value in a_substatement().items() if key != "objectType"}}),
]


@pytest.fixture(params=["1.0.3", "2.0.0"])
def either(request, db):
    return a_program(version=request.param)


@covers(1, range(3, 12), 17, range(22, 26), range(27, 96), 98, range(100, 108), 118, 120, 121, 123, 124)
def test_what_is_malformed_is_refused_alone_and_inside(either):
    taken = []
    for _, changed in CORE:
        for statement in (a_statement(**changed), a_statement(object=a_substatement(**changed))):
            answer = either.post(statement)
            if answer.status_code != 400 or not answer.json()["message"]:
                taken.append((answer.status_code, statement))
    for _, changed in WHOLE:
        if either.post(a_statement(**changed)).status_code != 400:
            taken.append((200, changed))
    assert taken == []
    assert either.found() == []  # nothing was kept of it


def test_each_requirement_of_the_table_is_one_that_the_test_covers():
    listed = {one for numbers, _ in [*CORE, *WHOLE] for one in (numbers if isinstance(numbers, tuple) else (numbers,))}
    ours = set(range(3, 12)) | set(range(22, 26)) | set(range(27, 108)) | {1, 17, 98, 100, 124}
    assert listed <= ours


INTERACTIONS = {
    "true-false": {},
    "choice": {"choices": [{"id": "a", "description": {"en": "A", "pt-BR": "Á"}}, {"id": "b"}]},
    "fill-in": {},
    "long-fill-in": {},
    "matching": {"source": [{"id": "a"}], "target": [{"id": "a"}]},
    "performance": {"steps": [{"id": "a"}]},
    "sequencing": {"choices": [{"id": "a"}]},
    "likert": {"scale": [{"id": "a"}]},
    "numeric": {},
    "other": {},
}
WELL_FORMED = [
    {"actor": RUI},
    {"actor": {"mbox_sha1sum": "ebd31e95054c018b10727ccffd2ef2ec3a016ee9", "name": "Ana"}},
    {"actor": {"openid": "http://ana.openid.example.org/"}},
    {"actor": GROUP},
    {"actor": {**RUI, "objectType": "Group"}},
    {"actor": {**ANA, "objectType": "Group", "member": [RUI]}},
    {"verb": {"id": LESSON}},
    {"object": an_activity("urn:isbn:0451450523")},
    {"object": {"id": LESSON}},
    {"object": ANA},
    {"object": GROUP},
    {"object": a_reference(REGISTRATION)},
    {"object": a_substatement(context={"registration": REGISTRATION}, result={"success": True})},
    *(
        {"object": an_activity(interactionType=kind, correctResponsesPattern=["a[,]b"], **lists)}
        for kind, lists in INTERACTIONS.items()
    ),
    {"object": an_activity(name={"en": "x", "zh-Hant-TW": "x", "sr-Latn": "x", "x-ours": "x", "es-419": "x"})},
    {"result": {"score": {"scaled": -1, "raw": 5, "min": 0, "max": 10}, "duration": "P3Y1M29DT4H35M59.14S"}},
    *({"result": {"duration": one}} for one in ("PT1H0M0.1S", "PT16559.14S", "P3Y", "P4W", "PT0S", "P1DT12H")),
    {"context": {"revision": "1", "platform": "Trama", "language": "pt-BR", "statement": a_reference(REGISTRATION)}},
    {"context": {"instructor": GROUP, "team": {**GROUP, "name": "Rede"}}},
    {"attachments": [FILE]},
    {"authority": {"objectType": "Group", "member": [ANA, RUI]}},
    {"version": "1.0"},
    {"version": "1.0.9"},
    {"id": "AA97B177-9383-4934-8543-0F91A7A02836"},
    *({"timestamp": one} for one in ("2008-09-15 15:53:00.601+00:00", "2015-01-01T00:00:00.123456789Z")),
    *({"timestamp": one} for one in ("20150918T120000Z", "2015-09-18T12:00:00+0330", "2015-09-18T12:00:00-03")),
]
EMPTY = {"https://example.org/ex": None, "https://example.org/s": "", "https://example.org/o": {}}


@covers(13, 14, 15, 36, 46, 49, 119, 124)
def test_what_is_well_formed_is_taken(either):
    refused = []
    extended = [{"extensions": one} for one in (EMPTY, {})]
    wide = [{"object": an_activity(**one)} for one in extended]
    wide += [{"result": one} for one in extended] + [{"context": one} for one in extended]
    for changed in [*WELL_FORMED, *wide]:
        answer = either.post(a_statement(**changed))
        if answer.status_code != 200:
            refused.append((changed, answer.content))
        inside = {name: value for name, value in changed.items() if name not in ("id", "authority", "version")}
        if inside and inside.get("object", {}).get("objectType") != "SubStatement":
            answer = either.put(uid := an_id(), {"id": uid, **a_statement(object=a_substatement(**inside))})
            if answer.status_code != 204:
                refused.append((inside, answer.content))
    assert refused == []


@covers(2, 122, 26, 23, 97, 99, 332, 330)
def test_what_the_store_sets_and_what_it_leaves(either):
    moment, number = "2026-11-22T10:20:30.123456-03:00", 0.333333333333333
    uid = either.stored(timestamp=moment, stored="2001-01-01T00:00:00Z", result={"score": {"scaled": number}})
    kept = either.one(uid)
    assert kept["timestamp"] == moment
    assert kept["result"]["score"]["scaled"] == number
    assert kept["stored"] > "2026"
    assert kept["authority"]["account"]["name"] == f"program-{either.row.uid.hex}"
    assert kept["version"] == ("1.0.0" if either.version == "1.0.3" else "2.0.0")
    assert either.one(either.stored(version="1.0.1"))["version"] == "1.0.1"
    plain = a_statement()
    assert {name: either.one(either.stored())[name] for name in plain} == plain


@covers(21, 14, 15)
@pytest.mark.parametrize(
    "body",
    [
        b'{"actor":1,"actor":2}',
        b"",
        b"{",
        b"7",
        b"[7]",
        b'"x"',
        b"\xff\xfe",
        b'{"x":NaN}',
        b'{"x":1e999}',
        b'{"actor":{"mbox":"mailto:a@b.c","name":"\\ud800"}}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_json_is_refused(program, body):
    assert program.post(body).status_code == 400


@covers(21)
def test_a_property_given_twice_is_refused_where_the_rest_is_right(program):
    right = json.dumps(a_statement())
    assert program.post(right.encode()).status_code == 200
    assert program.post((right[:-1] + ', "verb": {"id": "' + LESSON + '"}}').encode()).status_code == 400


@covers(96)
def test_one_context_activity_comes_back_in_a_list(either):
    place = an_activity("https://example.org/course")
    uid = either.stored(context={"contextActivities": {"parent": place}})
    assert either.one(uid)["context"]["contextActivities"] == {"parent": [place]}


SECOND = [
    {"contextAgents": [{"objectType": "contextAgent", "agent": ANA, "relevantTypes": [LESSON]}]},
    {"contextGroups": [{"objectType": "contextGroup", "group": GROUP}]},
]


@covers("2.0 contextAgents", "2.0 contextGroups")
def test_context_agents_and_groups_belong_to_the_second_version(program, second):
    for context in SECOND:
        assert program.post(a_statement(context=context)).status_code == 400
        assert second.post(a_statement(context=context)).status_code == 200
        assert second.post(a_statement(object=a_substatement(context=context))).status_code == 200
    for kind, of in (("contextAgent", "agent"), ("contextGroup", "group")):
        right = {"objectType": kind, of: ANA if of == "agent" else GROUP}
        for wrong in (
            {"objectType": "x"},
            {of: {"key": "x"}},
            {"relevantTypes": []},
            {"relevantTypes": ["abc"]},
            {"x": 1},
        ):
            context = {f"{kind}s": [{**copy.deepcopy(right), **wrong}]}
            assert second.post(a_statement(context=context)).status_code == 400
            assert second.post(a_statement(object=a_substatement(context=context))).status_code == 400
        assert second.post(a_statement(context={f"{kind}s": right})).status_code == 400


@covers("2.0 version", 101)
def test_the_version_of_a_statement_follows_that_of_the_request(program, second):
    assert program.post(a_statement(version="2.0.0")).status_code == 400
    assert second.one(second.stored(version="2.0.0"))["version"] == "2.0.0"
    assert second.one(second.stored(version="1.0.3"))["version"] == "1.0.3"
