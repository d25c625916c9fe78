"""How statements are given back: exact, ids alone, or canonical (xAPI 1.0.3, Communication 2.1.3)."""

from collections.abc import Callable, Iterable
from typing import Any

from .definitions import definitions_of

_IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
_WORDS = ("name", "description", "display")
_LISTS = ("choices", "scale", "source", "target", "steps")

type Shape = Callable[[dict[str, Any]], dict[str, Any]]


def as_ids(statement: dict[str, Any]) -> dict[str, Any]:
    """Of agents, groups, activities and verbs only what identifies them."""
    found = _walked(statement, agent=_agent_id, activity=_activity_id)
    found["verb"] = {"id": statement["verb"]["id"]}
    return found


def as_canonical(statements: list[dict[str, Any]], languages: list[str]) -> list[dict[str, Any]]:
    """Activities as they are known here, and every language map cut to the best language. One query for all."""
    known = definitions_of({iri for one in statements for iri in _activities(one)})

    def activity(thing: dict[str, Any]) -> dict[str, Any]:
        definition = known.get(thing["id"], thing.get("definition"))
        return {**thing, "definition": _in_language(definition, languages)} if definition else thing

    found = []
    for statement in statements:
        one = _walked(statement, agent=lambda thing: thing, activity=activity)
        one["verb"] = _in_language(statement["verb"], languages)
        if "attachments" in statement:
            one["attachments"] = [_in_language(each, languages) for each in statement["attachments"]]
        found.append(one)
    return found


def languages_of(header: str) -> list[str]:
    """Language tags of an Accept-Language, the most wanted first."""
    wanted = []
    for place, part in enumerate(header.split(",")[:20]):
        tag, _, weight = part.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            quality = 0.0
        if tag.strip() and quality > 0:
            wanted.append((-quality, place, tag.strip().lower()))
    return [tag for _, _, tag in sorted(wanted)]


def _in_language(thing: dict[str, Any], languages: list[str]) -> dict[str, Any]:
    found = dict(thing)
    for name in _WORDS:
        if isinstance(found.get(name), dict):
            found[name] = _best(found[name], languages)
    for name in _LISTS:
        if isinstance(found.get(name), list):
            found[name] = [_in_language(one, languages) for one in found[name]]
    return found


def _best(words: dict[str, str], languages: list[str]) -> dict[str, str]:
    """One entry of a language map: the very tag, else one of the same language, else the first."""
    for wanted in languages:
        for tag in words:
            if tag.lower() == wanted:
                return {tag: words[tag]}
        for tag in words:
            if tag.lower().split("-")[0] == wanted.split("-")[0]:
                return {tag: words[tag]}
    return dict(list(words.items())[:1])


def _walked(statement: dict[str, Any], *, agent: Shape, activity: Shape) -> dict[str, Any]:
    """A copy with each agent, group and activity put through a function."""
    found = dict(statement)
    found["actor"] = agent(statement["actor"])
    thing = statement["object"]
    kind = thing.get("objectType", "Activity")
    if kind == "Activity":
        found["object"] = activity(thing)
    elif kind in ("Agent", "Group"):
        found["object"] = agent(thing)
    elif kind == "SubStatement":
        found["object"] = _walked(thing, agent=agent, activity=activity)
    if "authority" in statement:
        found["authority"] = agent(statement["authority"])
    if "context" in statement:
        context = found["context"] = dict(statement["context"])
        for name in ("instructor", "team"):
            if name in context:
                context[name] = agent(context[name])
        for name, of in (("contextAgents", "agent"), ("contextGroups", "group")):
            if name in context:
                context[name] = [{**one, of: agent(one[of])} for one in context[name]]
        if "contextActivities" in context:
            places = context["contextActivities"]
            context["contextActivities"] = {name: [activity(one) for one in these] for name, these in places.items()}
    return found


def _agent_id(thing: dict[str, Any]) -> dict[str, Any]:
    found = {name: thing[name] for name in ("objectType", *_IDENTIFIERS) if name in thing}
    if not any(name in thing for name in _IDENTIFIERS):
        found["member"] = [_agent_id(one) for one in thing.get("member", [])]
    return found


def _activity_id(thing: dict[str, Any]) -> dict[str, Any]:
    return {name: thing[name] for name in ("objectType", "id") if name in thing}


def _activities(statement: dict[str, Any]) -> Iterable[str]:
    found: list[str] = []

    def note(thing: dict[str, Any]) -> dict[str, Any]:
        found.append(thing["id"])
        return thing

    _walked(statement, agent=lambda thing: thing, activity=note)
    return found
