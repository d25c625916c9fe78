"""What the invented self-diagnoses say, read from the content. Errors name the file and the key."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

FILE = Path(settings.CONTENT_DIR) / "demonstration" / "self_diagnosis.toml"
LEVELS = range(-1, 5)  # the codes of Answer.level


class BrokenDemonstration(ValueError):
    """The content of the demonstration does not fit itself or the instruments. Says where, and what was expected."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is said about one criterion: the agreed level, by person where it differs, and the reason of the team."""

    agreed: int
    by: Mapping[str, int]
    reason: str
    comments: Mapping[str, str]  # by person

    def of(self, person: str) -> int:
        return self.by.get(person, self.agreed)


@dataclass(frozen=True, slots=True)
class Script:
    """One round: its title (``{year}`` to be filled in), who takes part as what, and what they say, by criterion."""

    title: str
    people: Mapping[str, str]  # key of a person to the key of a kind of respondent; "" asks everything
    criteria: Mapping[str, Said]
    reason: str = ""  # of an agreement that needs one and has none of its own: people may be missing


@dataclass(frozen=True, slots=True)
class Ranking:
    """Scores of gravity, urgency and trend, and what the team chooses."""

    people: tuple[str, ...]
    usual: tuple[int, ...]
    leaning: Mapping[str, tuple[int, ...]]
    scores: Mapping[str, tuple[int, ...]]
    chosen: tuple[str, ...]
    reasons: Mapping[str, str]  # "other" for what is not named

    def score(self, person: str, criterion: str) -> tuple[int, ...]:
        base, lean = self.scores.get(criterion, self.usual), self.leaning.get(person, (0, 0, 0))
        return tuple(min(5, max(1, one + more)) for one, more in zip(base, lean, strict=True))

    def reason(self, criterion: str) -> str:
        return self.reasons.get(criterion, self.reasons["other"])


@dataclass(frozen=True, slots=True)
class Scripts:
    """Everything that the file says."""

    label: str
    earlier: Script
    current: Script
    answering: Script
    school: Script
    ranking: Ranking

    def title(self, script: Script, year: int) -> str:
        return f"{self.label}: {script.title.format(year=year)}"


@cache
def scripts() -> Scripts:
    """The content of the demonstration. Raises ``BrokenDemonstration``."""
    return read_scripts(FILE)


def read_scripts(path: Path) -> Scripts:
    """The content of one file. Raises ``BrokenDemonstration`` naming it."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        kinds = raw["people"]
        return Scripts(
            label=raw["label"],
            earlier=_levels_only(raw["earlier"], {key: kinds[key] for key in raw["earlier"]["people"]}),
            current=_script(raw["current"], {key: kinds[key] for key in raw["current"]["people"]}),
            answering=_levels_only(raw["answering"], {"state": ""}),
            school=_script(raw["school"], raw["school"]["people"]),
            ranking=_ranking(raw["priorities"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BrokenDemonstration(f"{path.name}: {error!r}") from error


def _script(raw: Mapping[str, Any], people: Mapping[str, str]) -> Script:
    criteria = {}
    comments = raw.get("comment", [])
    for key, one in raw["criteria"].items():
        told = {comment["by"]: comment["text"] for comment in comments if comment["criterion"] == key}
        said = Said(one["agreed"], one.get("said", {}), one.get("reason", ""), told)
        strangers = ({*said.by, *told}) - set(people)
        if strangers or not {said.agreed, *said.by.values()} <= set(LEVELS):
            raise ValueError(f"{key}: {one} (people: {sorted(people)}, levels: -1 to 4)")
        criteria[key] = said
    lost = {comment["criterion"] for comment in comments} - criteria.keys()
    if lost:
        raise ValueError(f"comments on criteria without a level: {sorted(lost)}")
    return Script(raw["title"], people, criteria, raw.get("reason", ""))


def _levels_only(raw: Mapping[str, Any], people: Mapping[str, str]) -> Script:
    """Everybody says the same; comments, if any, are of the only person."""
    comments = [{**comment, "by": next(iter(people))} for comment in raw.get("comment", [])]
    levels = {key: {"agreed": level} for key, level in raw["levels"].items()}
    return _script({"title": raw["title"], "criteria": levels, "comment": comments}, people)


def _ranking(raw: Mapping[str, Any]) -> Ranking:
    return Ranking(
        tuple(raw["people"]),
        tuple(raw["usual"]),
        {person: tuple(lean) for person, lean in raw["leaning"].items()},
        {key: tuple(scores) for key, scores in raw["scores"].items()},
        tuple(raw["chosen"]),
        dict(raw["reasons"]),
    )
