"""The rules for statements of a session. Nothing here reads the database or the clock.

Source: cmi5 specification (quartz), sections 7.1.2, 9.3 to 9.6, and 9.7.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..statements.errors import Malformed, StoreError

ADL = "http://adlnet.gov/expapi/verbs"
W3 = "https://w3id.org/xapi/adl/verbs"
INITIALIZED, LAUNCHED, TERMINATED = f"{ADL}/initialized", f"{ADL}/launched", f"{ADL}/terminated"
COMPLETED, PASSED, FAILED = f"{ADL}/completed", f"{ADL}/passed", f"{ADL}/failed"
ABANDONED, WAIVED, SATISFIED = f"{W3}/abandoned", f"{W3}/waived", f"{W3}/satisfied"
VOIDED = f"{ADL}/voided"
OF_UNITS = frozenset({INITIALIZED, TERMINATED, COMPLETED, PASSED, FAILED})
WITH_DURATION = frozenset({TERMINATED, COMPLETED, PASSED, FAILED})

CONTEXT = "https://w3id.org/xapi/cmi5/context"
CMI5, MOVE_ON = f"{CONTEXT}/categories/cmi5", f"{CONTEXT}/categories/moveon"
SESSION_ID = f"{CONTEXT}/extensions/sessionid"
MASTERY = f"{CONTEXT}/extensions/masteryscore"
LAUNCH_MODE, LAUNCH_URL = f"{CONTEXT}/extensions/launchmode", f"{CONTEXT}/extensions/launchurl"
MOVE_ON_EXTENSION = f"{CONTEXT}/extensions/moveon"
LAUNCH_PARAMETERS = f"{CONTEXT}/extensions/launchparameters"
REASON = "https://w3id.org/xapi/cmi5/result/extensions/reason"
NORMAL = "Normal"


class RuleBroken(StoreError):
    """A statement that cmi5 forbids, at this moment or to this session."""

    status = 403


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a session and its unit when a statement comes. ``done``: verbs of the unit, in this
    registration; ``said``: verbs of the unit in this session.
    """

    session: str  # its id
    activity: str  # the id of the unit, as it was launched
    publisher_id: str
    launch_mode: str
    mastery_score: float | None
    said: frozenset[str]
    done: frozenset[str]
    ended: bool


def is_defined(statement: Mapping[str, Any]) -> bool:
    """Whether a statement is "cmi5 defined": it has the category, so all the rules hold for it."""
    return CMI5 in _ids(statement, "category")


def check(statement: Mapping[str, Any], standing: Standing) -> None:
    """Raises ``RuleBroken`` or ``Malformed`` for a statement that a unit may not send in its session now."""
    verb = statement["verb"]["id"]
    if verb == VOIDED:
        raise RuleBroken("A session may not void statements.")
    if standing.ended:
        raise RuleBroken("The session is over.")
    extensions = statement.get("context", {}).get("extensions", {})
    if extensions.get(SESSION_ID) != standing.session:
        raise Malformed("context.extensions", "sessionid must be that of the launch")
    if not is_defined(statement):
        if INITIALIZED not in standing.said:
            raise RuleBroken("The first statement of a session must be initialized.")
        if MOVE_ON in _ids(statement, "category"):
            raise Malformed("context.contextActivities", "moveon needs the category cmi5 beside it")
        return
    _check_order(verb, standing)
    _check_parts(statement, verb, standing)
    _check_result(statement.get("result", {}), verb, standing)


def _check_order(verb: str, standing: Standing) -> None:
    if verb not in OF_UNITS:
        raise RuleBroken("This verb of cmi5 is not one of a unit.")
    if verb in standing.said:
        raise RuleBroken("This verb was used in this session already.")
    if (verb == INITIALIZED) == (INITIALIZED in standing.said):
        raise RuleBroken("The first statement of a session must be initialized.")
    if verb in (COMPLETED, PASSED, FAILED) and standing.launch_mode != NORMAL:
        raise RuleBroken("In this launch mode only initialized and terminated are taken.")
    if verb in (COMPLETED, PASSED) and verb in standing.done:
        raise RuleBroken("This verb was used in this registration already.")
    if verb == FAILED and PASSED in standing.done:
        raise RuleBroken("Who passed cannot fail.")
    if verb in (PASSED, FAILED) and {PASSED, FAILED} & standing.said:
        raise RuleBroken("A session has one of passed and failed.")


def _check_parts(statement: Mapping[str, Any], verb: str, standing: Standing) -> None:
    if statement["object"].get("id") != standing.activity:
        raise Malformed("object.id", "it must be the activityId of the launch")
    if statement["actor"].get("objectType", "Agent") != "Agent":
        raise Malformed("actor", "it must be the agent of the launch")
    if standing.publisher_id not in _ids(statement, "grouping"):
        raise Malformed("context.contextActivities", "grouping must hold the id that the publisher gave the unit")
    result = statement.get("result", {})
    says = "success" in result or "completion" in result
    if says != (MOVE_ON in _ids(statement, "category")):
        raise Malformed(
            "context.contextActivities", "moveon stands where success or completion is said, and only there"
        )
    if "timestamp" in statement and not statement["timestamp"].upper().endswith(("Z", "+00:00")):
        raise Malformed("timestamp", "it must be in UTC")
    if verb in (PASSED, FAILED) and standing.mastery_score is not None and "score" in result:
        given = statement.get("context", {}).get("extensions", {}).get(MASTERY)
        if given != standing.mastery_score:
            raise Malformed("context.extensions", "masteryscore must be that of the launch")


def _check_result(result: Mapping[str, Any], verb: str, standing: Standing) -> None:
    if verb in WITH_DURATION and "duration" not in result:
        raise Malformed("result.duration", "this verb needs it")
    if "score" in result and verb not in (PASSED, FAILED):
        raise Malformed("result.score", "only passed and failed have one")
    wanted = {PASSED: True, FAILED: False}.get(verb)
    if result.get("success") is not wanted:
        raise Malformed("result.success", "true for passed, false for failed, absent elsewhere")
    if result.get("completion") is not (True if verb == COMPLETED else None):
        raise Malformed("result.completion", "true for completed, absent elsewhere")
    score = result.get("score", {})
    if "raw" in score and not ("min" in score and "max" in score):
        raise Malformed("result.score", "raw needs min and max")
    scaled, mastery = score.get("scaled"), standing.mastery_score
    if scaled is not None and mastery is not None and (scaled >= mastery) is not (verb == PASSED):
        raise Malformed("result.score.scaled", "passed is from masteryScore on, failed below it")


def meets(move_on: str, done: frozenset[str]) -> bool:
    """Whether a unit is satisfied by what its learner did; waived counts as all of it."""
    if WAIVED in done:
        return True
    completed, passed = COMPLETED in done, PASSED in done
    return {
        "NotApplicable": True,
        "Completed": completed,
        "Passed": passed,
        "CompletedAndPassed": completed and passed,
        "CompletedOrPassed": completed or passed,
    }[move_on]


def _ids(statement: Mapping[str, Any], place: str) -> set[str]:
    listed = statement.get("context", {}).get("contextActivities", {}).get(place, [])
    return {one["id"] for one in listed}
