"""What a package is given when an item begins: where the learner stopped, and what its standard says of the learner.

As little as the standards allow: a number of ours instead of an identity, and the first word of the name.
"""

import copy
from collections.abc import Mapping
from typing import Any

from .cmi import time_12, time_2004

RESUMES = ("suspend", "logout")
_LEARNER_ONLY = ("session_time", "exit")


def starting_data(
    kind: str, item: Mapping[str, Any], held: Mapping[str, Any] | None, *, seconds: int, learner: tuple[str, str]
) -> dict[str, Any]:
    """The run-time data that an item begins with. ``held``: its last state; ``learner``: number and name."""
    if kind == "scorm12":
        return _of_12(item, held, seconds, learner)
    if kind == "scorm2004":
        return _of_2004(item, held, seconds, learner)
    return dict(held or {})


def _of_12(
    item: Mapping[str, Any], held: Mapping[str, Any] | None, seconds: int, learner: tuple[str, str]
) -> dict[str, Any]:
    data = copy.deepcopy(dict(held or {}))
    core = dict(data.get("core") or {})
    entry = "" if held else "ab-initio"
    if core.get("exit") in RESUMES or data.get("suspend_data") or core.get("lesson_location"):
        entry = "resume"
    for name in _LEARNER_ONLY:
        core.pop(name, None)
    core |= {
        "student_id": learner[0],
        "student_name": learner[1],
        "entry": entry,
        "credit": "credit",
        "lesson_mode": "normal",
        "total_time": time_12(seconds),
    }
    core.setdefault("lesson_status", "not attempted")
    wanted = {
        "mastery_score": "" if item.get("mastery") is None else f"{item['mastery']:g}",
        "max_time_allowed": item.get("longest") or "",
        "time_limit_action": item.get("on_time_limit") or "",
    }
    data |= {"core": core, "launch_data": item.get("data") or ""}
    data["student_data"] = {name: value for name, value in wanted.items() if value}
    return data


def _of_2004(
    item: Mapping[str, Any], held: Mapping[str, Any] | None, seconds: int, learner: tuple[str, str]
) -> dict[str, Any]:
    data = copy.deepcopy(dict(held or {}))
    entry = "" if held else "ab-initio"
    if data.get("exit") in RESUMES or data.get("suspend_data") or data.get("location"):
        entry = "resume"
    for name in _LEARNER_ONLY:
        data.pop(name, None)
    data |= {
        "learner_id": learner[0],
        "learner_name": learner[1],
        "entry": entry,
        "credit": "credit",
        "mode": "normal",
        "total_time": time_2004(seconds),
        "launch_data": item.get("data") or "",
    }
    wanted = {
        "scaled_passing_score": item.get("to_pass"),
        "completion_threshold": item.get("to_complete"),
        "max_time_allowed": item.get("longest") or None,
        "time_limit_action": item.get("on_time_limit") or None,
    }
    return data | {
        name: f"{value:g}" if isinstance(value, float) else value for name, value in wanted.items() if value is not None
    }
