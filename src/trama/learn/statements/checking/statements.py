"""A statement as a whole: its parts, and the rules that join them (xAPI 1.0.3, Data 2; IEEE 9274.1.1, 4.2)."""

from typing import Any

from .activities import check_activity
from .actors import check_actor, check_agent, check_authority, check_group
from .attachments import check_attachments
from .facts import Facts, Role, agent_key, key_of
from .formats import (
    an_object,
    boolean,
    duration,
    extensions,
    fail,
    instant,
    iri,
    language,
    language_map,
    number,
    text,
    uuid,
)

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
_SHARED = {"actor", "verb", "object", "result", "context", "timestamp", "attachments"}
_STATEMENT = frozenset(_SHARED | {"id", "stored", "authority", "version"})
_SUBSTATEMENT = frozenset(_SHARED | {"objectType"})
_VERB = frozenset({"id", "display"})
_REFERENCE = frozenset({"objectType", "id"})
_RESULT = frozenset({"score", "success", "completion", "response", "duration", "extensions"})
_SCORE = frozenset({"scaled", "raw", "min", "max"})
_CONTEXT = frozenset(
    {
        "registration",
        "instructor",
        "team",
        "contextActivities",
        "revision",
        "platform",
        "language",
        "statement",
        "extensions",
    }
)
_CONTEXT_2 = _CONTEXT | {"contextAgents", "contextGroups"}
_PLACES = frozenset({"parent", "grouping", "category", "other"})


def check_statement(value: Any, *, second: bool) -> Facts:
    """Check a statement; give what it may be found by. ``second``: by the rules of 2.0, else of 1.0.3.

    Single context activities become lists, as the store must give them back. Raises ``Malformed``.
    """
    statement = an_object(value, "statement", _STATEMENT)
    facts = Facts()
    if "id" in statement:
        statement["id"] = uuid(statement["id"], "id")
    for name in ("timestamp", "stored"):
        if name in statement:
            instant(statement[name], name)
    if "version" in statement:
        _check_version(statement["version"], second=second)
    if "authority" in statement:
        check_authority(statement["authority"])
    _check_core(statement, facts, second=second, related=False)
    facts.verb = key_of(statement["verb"]["id"])
    if statement["verb"]["id"] == VOIDED:
        if not facts.refers_to:
            fail("object", "a voiding statement needs the StatementRef of what it voids")
        facts.voids = facts.refers_to
    return facts


def _check_version(value: Any, *, second: bool) -> None:
    parts = text(value, "version").split(".")
    first = parts[:2] == ["1", "0"] or (second and parts[:2] == ["2", "0"])
    if not first or len(parts) > 3 or not all(part.isdigit() for part in parts[2:]):
        fail("version", "a version of 1.0 or, for 2.0, of 2.0 is expected")


def _check_core(statement: dict[str, Any], facts: Facts, *, second: bool, related: bool) -> None:
    """What a statement and a sub-statement share. ``related``: of a sub-statement."""
    actor = check_actor(statement.get("actor"), "actor")
    if related:
        facts.agent(actor, Role.RELATED_AGENT)
    else:
        facts.actor = agent_key(actor)
        if "member" in actor:
            facts.agent({"member": actor["member"]}, Role.AGENT)
    verb = an_object(statement.get("verb"), "verb", _VERB)
    iri(verb.get("id"), "verb.id")
    if "display" in verb:
        language_map(verb["display"], "verb.display")
    _check_object(statement.get("object"), facts, second=second, related=related)
    if "result" in statement:
        _check_result(statement["result"])
    if "context" in statement:
        kind = statement["object"].get("objectType", "Activity")
        _check_context(statement["context"], facts, second=second, related=related, of_activity=kind == "Activity")
    if "attachments" in statement:
        check_attachments(statement["attachments"], facts)


def _check_object(value: Any, facts: Facts, *, second: bool, related: bool) -> None:
    if not isinstance(value, dict):
        fail("object", "an object is expected")
    kind = value.get("objectType", "Activity")
    if kind == "Activity":
        activity = check_activity(value, "object")
        if related:
            facts.about(activity, Role.RELATED_ACTIVITY)
        else:
            facts.activity = key_of(activity["id"])
            facts.define(activity)
    elif kind in ("Agent", "Group"):
        facts.agent(check_actor(value, "object"), Role.RELATED_AGENT if related else Role.AGENT)
    elif kind == "StatementRef":
        found = _check_reference(value, "object")
        if not related:
            facts.refers_to = found
    elif kind == "SubStatement" and not related:
        _check_substatement(value, facts, second=second)
    else:
        fail("object.objectType", "Activity, Agent, Group, StatementRef or SubStatement is expected")


def _check_substatement(value: Any, facts: Facts, *, second: bool) -> None:
    """Without an id, a version, an authority, and without a sub-statement of its own (Data 2.4.4.3)."""
    sub = an_object(value, "object", _SUBSTATEMENT)
    if "timestamp" in sub:
        instant(sub["timestamp"], "object.timestamp")
    _check_core(sub, facts, second=second, related=True)


def _check_reference(value: Any, where: str) -> str:
    reference = an_object(value, where, _REFERENCE)
    if reference.get("objectType") != "StatementRef":
        fail(where, "objectType must be StatementRef")
    reference["id"] = uuid(reference.get("id"), f"{where}.id")
    return str(reference["id"])


def _check_result(value: Any) -> None:
    result = an_object(value, "result", _RESULT)
    if "score" in result:
        _check_score(result["score"])
    for name in ("success", "completion"):
        if name in result:
            boolean(result[name], f"result.{name}")
    if "response" in result:
        text(result["response"], "result.response")
    if "duration" in result:
        duration(result["duration"], "result.duration")
    if "extensions" in result:
        extensions(result["extensions"], "result.extensions")


def _check_score(value: Any) -> None:
    score = an_object(value, "result.score", _SCORE)
    for one in score.values():
        number(one, "result.score")
    if not -1 <= score.get("scaled", 0) <= 1:
        fail("result.score.scaled", "a number from -1 to 1 is expected")
    low, high, raw = score.get("min"), score.get("max"), score.get("raw")
    if low is not None and high is not None and low >= high:
        fail("result.score", "min must be less than max")
    if raw is not None and ((low is not None and raw < low) or (high is not None and raw > high)):
        fail("result.score.raw", "a number from min to max is expected")


def _check_context(value: Any, facts: Facts, *, second: bool, related: bool, of_activity: bool) -> None:
    context = an_object(value, "context", _CONTEXT_2 if second else _CONTEXT)
    if "registration" in context:
        found = context["registration"] = uuid(context["registration"], "context.registration")
        if not related:
            facts.registration = found
    if "instructor" in context:
        facts.agent(check_actor(context["instructor"], "context.instructor"), Role.RELATED_AGENT)
    if "team" in context:
        facts.agent(check_group(context["team"], "context.team"), Role.RELATED_AGENT)
    if "contextActivities" in context:
        _check_context_activities(context["contextActivities"], facts)
    for name in ("revision", "platform"):
        if name in context:
            text(context[name], f"context.{name}")
            if not of_activity:
                fail(f"context.{name}", "allowed only where the object is an activity")
    if "language" in context:
        language(context["language"], "context.language")
    if "statement" in context:
        _check_reference(context["statement"], "context.statement")
    if "extensions" in context:
        extensions(context["extensions"], "context.extensions")
    if "contextAgents" in context:
        for one in _check_context_people(context["contextAgents"], "contextAgent", "agent"):
            facts.agent(check_agent(one, "context.contextAgents"), Role.RELATED_AGENT)
    if "contextGroups" in context:
        for one in _check_context_people(context["contextGroups"], "contextGroup", "group"):
            facts.agent(check_group(one, "context.contextGroups"), Role.RELATED_AGENT)


def _check_context_activities(value: Any, facts: Facts) -> None:
    places = an_object(value, "context.contextActivities", _PLACES)
    for name, found in places.items():
        listed = found if isinstance(found, list) else [found]
        places[name] = listed
        for one in listed:
            facts.about(check_activity(one, f"context.contextActivities.{name}"), Role.RELATED_ACTIVITY)


def _check_context_people(value: Any, kind: str, of: str) -> list[Any]:
    """The agents or groups of a context by the rules of 2.0 (IEEE 9274.1.1, 4.2.2.5)."""
    where = f"context.{kind}s"
    if not isinstance(value, list):
        fail(where, "an array is expected")
    for one in value:
        person = an_object(one, where, frozenset({"objectType", of, "relevantTypes"}))
        if person.get("objectType") != kind:
            fail(where, f"objectType must be {kind}")
        if "relevantTypes" in person:
            kinds = person["relevantTypes"]
            if not isinstance(kinds, list) or not kinds:
                fail(where, "relevantTypes must be an array of IRIs that is not empty")
            for each in kinds:
                iri(each, where)
    return [one.get(of) for one in value]
