"""Run-time data of SCORM and results of H5P as a package gives them: checked, and read as a result. No database.

The names are those of the standards: SCORM 1.2 Run-Time Environment (ADL 2001), section 3.4; SCORM 2004 4th Edition
Run-Time Environment (ADL 2009), section 4. What a browser sends can be forged by whoever sits at it; here it is only
kept within bounds (decision 0183).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import Any

LONGEST_STATE = 256 * 1024  # bytes of JSON: all run-time data of one item
SUSPEND_DATA = {"scorm12": 4_096, "scorm2004": 64_000, "h5p": 64_000, "cmi5": 64_000}  # characters
LOCATION = {"scorm12": 255, "scorm2004": 1_000}
LONGEST_TEXT, MOST_KEYS, DEEPEST = 64_000, 5_000, 12
MOST_SECONDS = 24 * 3600  # of one launch
_TIME_12 = re.compile(r"(\d{2,4}):(\d\d):(\d\d)(\.\d{1,2})?\Z")
_TIME_2004 = re.compile(
    r"P(?:(?P<y>\d+)Y)?(?:(?P<mo>\d+)M)?(?:(?P<d>\d+)D)?"
    r"(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+(?:\.\d{1,2})?)S)?)?\Z"
)
_DAYS = {"y": 365, "mo": 30, "d": 1}


class NotKept(Exception):
    """Something that the standard does not allow; ``where`` names the element."""

    def __init__(self, where: str) -> None:
        self.where = where
        super().__init__(where)


@dataclass(frozen=True, slots=True)
class Result:
    """What a state says of the learner's result. ``passed`` None: nothing. ``percent``: 0 to 100."""

    completed: bool = False
    passed: bool | None = None
    percent: Decimal | None = None
    seconds: int = 0  # of this launch


def checked(kind: str, data: Any) -> dict[str, Any]:
    """Run-time data within the bounds of their standard. Raises ``NotKept``."""
    if not isinstance(data, dict):
        raise NotKept("cmi")
    if len(json.dumps(data, ensure_ascii=False).encode()) > LONGEST_STATE:
        raise NotKept("cmi")
    for count, (path, value) in enumerate(_leaves(data)):
        if count > MOST_KEYS or not isinstance(value, str | int | float | bool | None):
            raise NotKept(path)
        if isinstance(value, str) and (len(value) > LONGEST_TEXT or "\x00" in value):
            raise NotKept(path)
    if len(_text(data, "suspend_data")) > SUSPEND_DATA[kind]:
        raise NotKept("cmi.suspend_data")
    place = ("core", "lesson_location") if kind == "scorm12" else ("location",)
    if len(_text(data, *place)) > LOCATION.get(kind, LONGEST_TEXT):
        raise NotKept("cmi." + ".".join(place))
    return data


def _leaves(data: Any, path: str = "cmi", depth: int = 0) -> Iterator[tuple[str, Any]]:
    if depth > DEEPEST:
        raise NotKept(path)
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _leaves(value, f"{path}.{key}"[:200], depth + 1)
    elif isinstance(data, list):
        for value in data:
            yield from _leaves(value, path, depth + 1)
    else:
        yield path, data


def result_of(kind: str, data: Mapping[str, Any], item: Mapping[str, Any]) -> Result:
    """What a state says. ``item``: the item as the manifest has it (``manifests.Item``)."""
    if kind == "scorm12":
        return _of_12(data, item)
    return _of_2004(data, item)


def _of_12(data: Mapping[str, Any], item: Mapping[str, Any]) -> Result:
    """One word says completion and success; where the manifest has a score to pass, the score decides."""
    status = _text(data, "core", "lesson_status")
    least, most = _number(data, "core", "score", "min"), _number(data, "core", "score", "max")
    percent = _share(_number(data, "core", "score", "raw"), least, most)
    passed = {"passed": True, "failed": False}.get(status)
    if item.get("mastery") is not None and percent is not None:
        passed = percent >= Decimal(str(item["mastery"]))
    completed = status in ("completed", "passed", "failed")
    return Result(completed, passed, percent, seconds_of_12(_text(data, "core", "session_time")))


def _of_2004(data: Mapping[str, Any], item: Mapping[str, Any]) -> Result:
    """Completion and success apart; thresholds of the manifest decide where a measure was given."""
    scaled = _number(data, "score", "scaled")
    if scaled is not None and not -1 <= scaled <= 1:
        scaled = None
    percent = _share(_number(data, "score", "raw"), _number(data, "score", "min"), _number(data, "score", "max"))
    if scaled is not None:
        percent = _down(max(scaled, Decimal(0)) * 100)
    passed = {"passed": True, "failed": False}.get(_text(data, "success_status"))
    if item.get("to_pass") is not None and scaled is not None:
        passed = scaled >= Decimal(str(item["to_pass"]))
    completed = _text(data, "completion_status") == "completed"
    measure = _number(data, "progress_measure")
    if item.get("to_complete") is not None and measure is not None:
        completed = measure >= Decimal(str(item["to_complete"]))
    return Result(completed, passed, percent, seconds_of_2004(_text(data, "session_time")))


def _text(data: Mapping[str, Any], *path: str) -> str:
    value: Any = data
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return str(value) if isinstance(value, str | int | float) else ""


def _number(data: Mapping[str, Any], *path: str) -> Decimal | None:
    """A number; None for what is none: a score that cannot be read counts as not given."""
    text = _text(data, *path).strip()[:40]
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) <= 10**9 else None


def _share(raw: Decimal | None, least: Decimal | None, most: Decimal | None) -> Decimal | None:
    """Per cent of a score, None for one outside its bounds. Without bounds of its own a score is one of 0 to 100."""
    if raw is None:
        return None
    low, high = least if least is not None else Decimal(0), most if most is not None else Decimal(100)
    if high <= low:
        low, high = Decimal(0), Decimal(100)
    return _down((raw - low) * 100 / (high - low)) if low <= raw <= high else None


def _down(percent: Decimal) -> Decimal:
    """To hundredths, downwards, so that comparing with a whole number of per cent is exact."""
    return percent.quantize(Decimal("0.01"), ROUND_DOWN)


# --- time ---------------------------------------------------------------------------------------------------------


def seconds_of_12(text: str) -> int:
    """ "0000:10:05.5" in seconds, at most a day; 0 for what is no time."""
    found = _TIME_12.match(text)
    if found is None:
        return 0
    return min(int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3]), MOST_SECONDS)


def seconds_of_2004(text: str) -> int:
    """ "PT1H30M5S" in seconds, at most a day; 0 for what is no duration."""
    found = _TIME_2004.match(text[:60])
    if found is None:
        return 0
    days = sum(int(found[key] or 0) * factor for key, factor in _DAYS.items())
    total = days * 86400 + int(found["h"] or 0) * 3600 + int(found["m"] or 0) * 60 + int(float(found["s"] or 0))
    return min(total, MOST_SECONDS)


def time_12(seconds: int) -> str:
    """Seconds as "HHHH:MM:SS"."""
    return f"{seconds // 3600:04d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def time_2004(seconds: int) -> str:
    """Seconds as "PT1H30M5S"."""
    return f"PT{seconds // 3600}H{seconds // 60 % 60}M{seconds % 60}S"
