"""What every section of a page is written from: the findings, the subject, the words and the writer of figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..conclusions import Bearing, Code, Conclusion
from ..findings import Findings
from .parts import Subject
from .words import Language, PeriodKind, Words, Writer, decimals_for

OF_LITTLE_WEIGHT_BY_LOT = frozenset({Code.TRENDS_UNSEEN, Code.TRENDS_UNINFORMATIVE, Code.FRAGILE})
"""Doubts about the past of the groups: a lot makes them comparable whatever their past."""


@dataclass(frozen=True, slots=True)
class Context:
    """All that sections need; ``say`` is the usual way to a text."""

    findings: Findings
    subject: Subject
    words: Words
    write: Writer
    periods: PeriodKind

    @classmethod
    def of(cls, findings: Findings, subject: Subject, language: Language) -> Context:
        """Choose how figures are written: decimals by the headline's error, years or editions by their distance."""
        words = Words.of(language)
        overall = findings.overall
        ends = (overall["low"], overall["high"]) if findings.seen else ()
        yearly = bool((np.diff(findings.periods) == 1).all())
        periods = subject.periods or (PeriodKind.YEAR if yearly else PeriodKind.EDITION)
        return cls(findings, subject, words, Writer(words, subject.unit, decimals_for(overall["se"], ends)), periods)

    def say(self, section: str, key: str, **fields: Any) -> str:
        """A text with its fields, the forms of the nouns and what many sentences name."""
        usual = {
            "programme": self.subject.programme,
            "outcome": self.subject.outcome,
            "confidence": self.write.percent(1 - self.findings.alpha),
            "first": self.write.period(self.findings.periods[0]),
            "last": self.write.period(self.findings.periods[-1]),
        }
        usual |= self.words.of_programme(self.subject.programme, self.subject.article)
        return self.words(section, key, **(self.words.grammar(self.subject.units, self.periods) | usual | fields))

    @property
    def doubts(self) -> list[Conclusion]:
        """The conclusions that weaken the result; by lot, those that count for little left out."""
        light = OF_LITTLE_WEIGHT_BY_LOT if self.findings.drawn_by_lot else frozenset()
        found = self.findings.conclusions
        return [each for each in found if each.bearing is Bearing.WEAKENS and each.code not in light]

    @property
    def verdict(self) -> str:
        """seen_lot, seen_sound, seen_doubt or not_seen: on which the short answer and the advice stand."""
        if not self.findings.seen:
            return "not_seen"
        if self.doubts:
            return "seen_doubt"
        return "seen_lot" if self.findings.drawn_by_lot else "seen_sound"

    @property
    def headline(self) -> dict[str, Any]:
        """Fields that describe the overall estimate: estimate without sign, direction, signed, interval."""
        overall = self.findings.overall
        return {
            "estimate": self.write.amount(abs(overall["estimate"])),
            "direction": self.say("direction", "above" if overall["estimate"] > 0 else "below"),
            "signed": self.write.amount(overall["estimate"]),
            "interval": self.write.between(overall["low"], overall["high"]),
        }
