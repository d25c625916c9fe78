"""Activities and their definitions, interactions too (xAPI 1.0.3, Data 2.4.4.1)."""

from typing import Any

from .formats import an_object, extensions, fail, iri, language_map, one_of, text

_ACTIVITY = frozenset({"objectType", "id", "definition"})
_LISTS = ("choices", "scale", "source", "target", "steps")
_DEFINITION = frozenset(
    {"name", "description", "type", "moreInfo", "extensions", "interactionType", "correctResponsesPattern", *_LISTS}
)
_INTERACTION = frozenset({"correctResponsesPattern", *_LISTS})
_COMPONENT = frozenset({"id", "description"})
_KINDS = {  # what each kind of interaction may list
    "true-false": frozenset[str](),
    "choice": frozenset({"choices"}),
    "fill-in": frozenset[str](),
    "long-fill-in": frozenset[str](),
    "matching": frozenset({"source", "target"}),
    "performance": frozenset({"steps"}),
    "sequencing": frozenset({"choices"}),
    "likert": frozenset({"scale"}),
    "numeric": frozenset[str](),
    "other": frozenset[str](),
}


def check_activity(value: Any, where: str) -> dict[str, Any]:
    activity = an_object(value, where, _ACTIVITY)
    if activity.get("objectType", "Activity") != "Activity":
        fail(where, "objectType must be Activity")
    iri(activity.get("id"), f"{where}.id")
    if "definition" in activity:
        check_definition(activity["definition"], f"{where}.definition")
    return activity


def check_definition(value: Any, where: str) -> None:
    definition = an_object(value, where, _DEFINITION)
    for name in ("name", "description"):
        if name in definition:
            language_map(definition[name], where)
    for name in ("type", "moreInfo"):
        if name in definition:
            iri(definition[name], where)
    if "extensions" in definition:
        extensions(definition["extensions"], where)
    if "interactionType" in definition or definition.keys() & _INTERACTION:
        _check_interaction(definition, where)


def _check_interaction(definition: dict[str, Any], where: str) -> None:
    kind = one_of(definition.get("interactionType"), f"{where}.interactionType", _KINDS)
    if "correctResponsesPattern" in definition:
        pattern = definition["correctResponsesPattern"]
        if not isinstance(pattern, list) or not all(isinstance(one, str) for one in pattern):
            fail(where, "correctResponsesPattern must be an array of strings")
    for name in _LISTS:
        if name in definition:
            if name not in _KINDS[kind]:
                fail(where, f"an interaction of kind {kind} has no {name}")
            _check_components(definition[name], f"{where}.{name}")


def _check_components(value: Any, where: str) -> None:
    if not isinstance(value, list):
        fail(where, "an array of components is expected")
    seen = set()
    for one in value:
        component = an_object(one, where, _COMPONENT)
        name = text(component.get("id"), where)
        if not name or name in seen:
            fail(where, "each component needs an id of its own")
        seen.add(name)
        if "description" in component:
            language_map(component["description"], where)
