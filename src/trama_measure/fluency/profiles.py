"""Profiles of readers: rules as data, each with its source, and the profile of each child."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np

from trama_measure.arrays import FloatArray, IntArray

from .reading import Reading

UNKNOWN: Final = -1
"""The profile of a child of whom a part that decides is missing."""

MEASURES: Final = (
    "text_rate", "text_correct_rate", "text_accuracy", "words_correct", "pseudowords_correct", "anything_read",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """A measure strictly above a number."""

    measure: str  # of ``MEASURES``
    above: float


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile and its rule: every condition, or at least one of them. A rule without conditions always holds."""

    name: str
    conditions: tuple[Condition, ...]
    every: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """Profiles in the order in which they are asked, best first."""

    code: str
    grade: int
    standing: str  # what is published and what is not confirmed
    source: str
    profiles: tuple[Profile, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the profiles, best first: the codes of ``profiles_of`` point here."""
        return tuple(profile.name for profile in self.profiles)


@cache
def all_rules() -> dict[str, Rules]:
    """All rules by code, as in ``profiles.toml``.

    Raises
    ------
    ValueError
        If a measure has an unknown name, a source is missing, or the last rule does not always hold.
    """
    text = files("trama_measure.fluency").joinpath("profiles.toml").read_text(encoding="utf-8")
    return {one.code: one for one in (_rules(entry) for entry in tomllib.loads(text)["rules"])}


def measures(
    text: Reading | None = None, words: Reading | None = None, pseudowords: Reading | None = None
) -> dict[str, FloatArray]:
    """What rules may ask, from the parts that were applied. A part that was not is missing for everyone.

    Raises
    ------
    ValueError
        If there is no part, or parts have different numbers of children.
    """
    parts = [part for part in (text, words, pseudowords) if part is not None]
    sizes = {len(part.read) for part in parts}
    if len(sizes) != 1:
        raise ValueError(f"found parts of {sorted(sizes)} children, expected at least one part, of the same children")
    missing = np.full(sizes.pop(), np.nan)
    everything = np.nansum([part.read for part in parts], axis=0)
    nothing_known = np.all([np.isnan(part.read) for part in parts], axis=0)
    some_missing = np.any([np.isnan(part.read) for part in parts], axis=0)
    read = np.where(nothing_known | (some_missing & (everything == 0)), np.nan, everything)
    accuracy = missing if text is None else np.where(text.read == 0, 0.0, text.accuracy)
    return {
        "text_rate": missing if text is None else text.rate,
        "text_correct_rate": missing if text is None else text.correct_rate,
        "text_accuracy": accuracy,
        "words_correct": missing if words is None else words.correct,
        "pseudowords_correct": missing if pseudowords is None else pseudowords.correct,
        "anything_read": read,
    }


def profiles_of(found: Mapping[str, FloatArray], rules: str = "parc-2024") -> IntArray:
    """(n,) the profile of each child, as its place in ``Rules.names``; ``UNKNOWN`` if a part that decides is missing.

    Parameters
    ----------
    found : from ``measures``. rules : code of the rules

    Raises
    ------
    ValueError
        If there are no such rules.
    """
    if rules not in all_rules():
        raise ValueError(f"no rules {rules!r}; found {', '.join(all_rules())}")
    n = len(next(iter(found.values())))
    profile = np.full(n, UNKNOWN, dtype=np.int64)
    open_ = np.ones(n, dtype=bool)  # no rule has held yet, and none was undecidable
    for place, one in enumerate(all_rules()[rules].profiles):
        holds, undecided = _truth(one, found, n)
        profile[open_ & holds] = place
        open_ &= ~holds & ~undecided
    return profile


def _truth(profile: Profile, found: Mapping[str, FloatArray], n: int) -> tuple[np.ndarray, np.ndarray]:
    """(n,) whether the rule holds, (n,) whether it cannot be said. Three-valued: a missing measure is unknown."""
    if not profile.conditions:
        return np.ones(n, dtype=bool), np.zeros(n, dtype=bool)
    met = np.array([found[one.measure] > one.above for one in profile.conditions])
    unknown = np.array([np.isnan(found[one.measure]) for one in profile.conditions])
    if profile.every:
        fails = (~met & ~unknown).any(axis=0)
        return met.all(axis=0), ~fails & unknown.any(axis=0)
    holds = met.any(axis=0)
    return holds, ~holds & unknown.any(axis=0)


def _rules(entry: dict[str, Any]) -> Rules:
    code = entry["code"]
    profiles = []
    for one in entry["profiles"]:
        every = "all" in one
        conditions = tuple(Condition(each["measure"], float(each["above"])) for each in one["all" if every else "any"])
        strange = [each.measure for each in conditions if each.measure not in MEASURES]
        if strange:
            raise ValueError(f"{code}, {one['name']}: no measure {strange[0]!r}; there are {', '.join(MEASURES)}")
        profiles.append(Profile(one["name"], conditions, every))
    if not entry["source"] or not profiles or profiles[-1].conditions:
        raise ValueError(f"{code}: rules have a source, and the last of them always holds")
    return Rules(code, entry["grade"], entry["standing"], entry["source"], tuple(profiles))
