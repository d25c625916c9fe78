"""The words of the page, read from ``en.toml`` and ``pt_BR.toml``, and numbers as each language writes them."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

TIGHT: Final = "\N{NO-BREAK SPACE}"  # between a number and its unit
MINUS: Final = "\N{MINUS SIGN}"
DECIMALS: Final = 6  # no figure is written with more
SMALLEST_P: Final = 0.001  # written as "below"


class Language(StrEnum):
    """In which the page is written."""

    PORTUGUESE = "pt-BR"
    ENGLISH = "en"


class UnitKind(StrEnum):
    """What a unit of the panel is."""

    NETWORKS = "networks"
    SCHOOLS = "schools"
    MUNICIPALITIES = "municipalities"
    UNITS = "units"


class PeriodKind(StrEnum):
    """What a period of the panel is."""

    YEAR = "year"
    EDITION = "edition"


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of a language, by section and key."""

    language: Language
    texts: dict[str, Any]

    @classmethod
    @cache
    def of(cls, language: Language) -> Words:
        """The words of a language."""
        name = language.value.replace("-", "_") + ".toml"
        return cls(language, tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8")))

    def __call__(self, section: str, key: str, /, **fields: Any) -> str:
        """The text with its fields filled in."""
        text: str = self.texts[section][key]
        return text.format(**fields)

    def grammar(self, units: UnitKind, periods: PeriodKind) -> dict[str, str]:
        """The fields that any sentence may use: forms of the nouns for units and periods."""
        own, times = self.texts["units"][units.value], self.texts["periods"][periods.value]
        return {
            "units": own["many"],
            "one_unit": own["one"],
            "of_units": own["of"],
            "those_units": own["those"],
            "ending": own["ending"],
            "period": times["one"],
            "periods": times["many"],
            "last_before": times["last_before"],
            "first_with": times["first_with"],
            "last_seen": times["last_seen"],
            "to_next": times["to_next"],
        }

    def of_programme(self, name: str, article: str) -> dict[str, str]:
        """The fields with the programme's name after a preposition or at the beginning of a sentence."""
        forms = self.texts["programme"][article or "none"]
        keys = {"in_programme": "in", "of_programme": "of", "The_programme": "the"}
        found = {field: str(forms[key]).format(programme=name) for field, key in keys.items()}
        return found | {"The_programme": found["The_programme"][:1].upper() + found["The_programme"][1:]}

    def of_language(self, key: str, /, **fields: Any) -> str:
        """A text of the section ``language``."""
        return self("language", key, **fields)

    def of_period(self, periods: PeriodKind, key: str) -> str:
        """A text about periods of a kind."""
        text: str = self.texts["periods"][periods.value][key]
        return text

    def listing(self, names: Sequence[str]) -> str:
        """``a, b and c``."""
        if len(names) < 2:
            return "".join(names)
        return self.of_language("listing", head=", ".join(names[:-1]), tail=names[-1])


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes figures: in the outcome's unit, with as many decimals as the standard error bears."""

    words: Words
    unit: tuple[str, str]  # one, many
    decimals: int

    def number(self, value: float, decimals: int | None = None) -> str:
        """A number; the dash of the language where there is none."""
        if not math.isfinite(value):
            return self.words.of_language("none")
        text = f"{abs(value):,.{self.decimals if decimals is None else decimals}f}"
        marks = {",": self.words.of_language("thousands"), ".": self.words.of_language("decimal")}
        sign = MINUS if value < 0 and text.strip("0.,") else ""
        return sign + "".join(marks.get(mark, mark) for mark in text)

    def count(self, value: float) -> str:
        """A whole number."""
        return self.number(value, 0)

    def counted(self, value: float, units: UnitKind) -> str:
        """A whole number of units with their noun."""
        return f"{self.count(value)}{TIGHT}{self.words.texts['units'][units.value]['one' if value == 1 else 'many']}"

    def period(self, value: float) -> str:
        """A year or edition as people write it; ``never`` for infinity."""
        return self.words.of_language("never") if math.isinf(value) else f"{value:g}"

    def amount(self, value: float) -> str:
        """A number with the unit of the outcome."""
        return f"{self.number(value)}{TIGHT}{self._unit(value)}" if math.isfinite(value) else self.number(value)

    def between(self, low: float, high: float, *, unit: bool = True) -> str:
        """``from low to high``, the unit once, at the end; without the unit, for a cell, it stays on one line."""
        if unit:
            return self.words.of_language("interval", low=self.number(low), high=self.amount(high))
        return self.words.of_language("interval", low=self.number(low), high=self.number(high)).replace(" ", TIGHT)

    def percent(self, share: float, decimals: int = 0) -> str:
        """A share, 0 to 1, as a percentage."""
        return self.words.of_language("percent", number=self.number(100 * share, decimals))

    def p_number(self, value: float) -> str:
        """``0.03``; ``< 0.001`` below that."""
        if value < SMALLEST_P:
            return f"< {self.number(SMALLEST_P, 3)}"
        return self.number(value, 3 if value < 0.1 else 2)

    def p_value(self, value: float) -> str:
        """``p = 0.03``; ``p < 0.001`` below that."""
        return f"p {'' if value < SMALLEST_P else '= '}{self.p_number(value)}"

    def times(self, value: float, beyond: float) -> str:
        """``1.5 times``; ``more than 16 times`` for infinity."""
        if math.isinf(value):
            return self.words.of_language("times_beyond", number=self.number(beyond, 0))
        key = "times_one" if self._is_one(round(value, 1), 1) else "times_many"
        return self.words.of_language(key, number=self.number(value, 1))

    def _unit(self, value: float) -> str:
        return self.unit[0] if self._is_one(round(abs(value), self.decimals), self.decimals) else self.unit[1]

    def _is_one(self, shown: float, decimals: int) -> bool:
        """Whether a figure takes the singular: in Portuguese everything below 2, in English 1 without decimals."""
        below: float = self.words.texts["language"]["singular_below"]
        return shown < below or (shown == 1 and not decimals)


def decimals_for(se: float, ends: Sequence[float] = ()) -> int:
    """As many decimals as show the error with one figure, two if it begins with 1 or 2.

    Parameters
    ----------
    ends : figures, none of them zero, that must not be rounded to zero
    """
    if not math.isfinite(se) or se <= 0:
        return 2
    power = math.floor(math.log10(se))
    needed = -power + (se / 10.0**power < 3)
    for end in ends:
        while needed < DECIMALS and end != 0 and round(end, max(needed, 0)) == 0:
            needed += 1
    return min(max(needed, 0), DECIMALS)
