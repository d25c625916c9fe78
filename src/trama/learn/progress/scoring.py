"""How an answer to a question scores: pure functions, exact fractions from 0 to 1. Rules: docs/methods/quizzes.md.

What a learner gives is plain data, kept as it came (``Given``): the option chosen; several options; the options in an
order; option → option whose pair was chosen; or the text as typed. Options are known by their numbers.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from fractions import Fraction
from itertools import pairwise

type Given = int | str | list[int] | dict[int, int]
CHOICES = ("single", "true_false")
LONGEST = 200  # characters of a typed answer
MOST_DIGITS = 20


class AnswerUnreadable(ValueError):
    """What was given is no answer to this kind of question. ``problem`` is a code that the page puts into words."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class Key:
    """What is right in one question.

    ``options``: numbers of all options, in their right order; ``right``: those that are right, for choices; ``pairs``:
    option → text of its pair; ``accepted``: short answers in the reader's language.
    """

    kind: str
    options: tuple[int, ...] = ()
    right: frozenset[int] = frozenset()
    pairs: Mapping[int, str] | None = None
    number: Decimal | None = None
    tolerance: Decimal = Decimal(0)
    accepted: tuple[str, ...] = ()


# --- reading ------------------------------------------------------------------------------------------------------


def read_given(key: Key, given: object, language: str = "pt") -> Given:
    """The answer in its plain form. Raises ``AnswerUnreadable`` for what is empty, foreign or incomplete."""
    match key.kind:
        case "single" | "true_false":
            return _option(key, given)
        case "multiple":
            chosen = _options(key, given)
            if not chosen:
                raise AnswerUnreadable("nothing")
            return sorted(set(chosen))
        case "order":
            ordered = _options(key, given)
            if sorted(ordered) != sorted(key.options):
                raise AnswerUnreadable("not every place once")
            return ordered
        case "match":
            if not isinstance(given, Mapping):
                raise AnswerUnreadable("nothing")
            matched = {_option(key, left): _option(key, right) for left, right in given.items()}
            if set(matched) != set(key.options):
                raise AnswerUnreadable("not every pair")
            return matched
    text = given.strip() if isinstance(given, str) else ""
    if not text:
        raise AnswerUnreadable("nothing")
    if len(text) > LONGEST:
        raise AnswerUnreadable("too long")
    if key.kind == "number":
        read_number(text, language)
    return text


def _option(key: Key, given: object) -> int:
    text = str(given)
    if not text.isdecimal() or len(text) > MOST_DIGITS:
        raise AnswerUnreadable("nothing")
    if int(text) not in key.options:
        raise AnswerUnreadable("foreign")
    return int(text)


def _options(key: Key, given: object) -> list[int]:
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise AnswerUnreadable("nothing")
    return [_option(key, one) for one in given]


def read_number(text: str, language: str = "pt") -> Decimal:
    """A number as people write it: "1.234,5" and "1,234.5", "12 %", "-3".

    The last of two different separators is the decimal one. A single separator stands for thousands only where exactly
    three digits follow and the language writes thousands with it. Raises ``AnswerUnreadable``.
    """
    plain = re.sub(r"[\s\u00a0\u202f]", "", text).removesuffix("%").replace("\u2212", "-")
    thousands = "." if language.startswith("pt") else ","
    match = re.fullmatch(r"([+-]?)(\d[\d.,]*)", plain)
    if match is None or len(plain) > MOST_DIGITS + 8:
        raise AnswerUnreadable("no number")
    sign, digits = match.groups()
    kinds = [one for one in digits if one in ".,"]
    if len(set(kinds)) == 2:
        decimal = kinds[-1]
    elif len(kinds) == 1 and not (kinds[0] == thousands and re.fullmatch(r"\d{1,3}[.,]\d{3}", digits)):
        decimal = kinds[0]
    else:
        decimal = ""
    whole, _mark, part = digits.partition(decimal) if decimal else (digits, "", "")
    grouped = re.fullmatch(r"\d+|\d{1,3}([.,]\d{3})+", whole)
    if grouped is None or (decimal and not part.isdecimal()):
        raise AnswerUnreadable("no number")
    try:
        return Decimal(f"{sign}{re.sub('[.,]', '', whole)}.{part or 0}")
    except InvalidOperation as error:  # other scripts' digits that Decimal does not know
        raise AnswerUnreadable("no number") from error


def folded(text: str) -> str:
    """A short answer as it is compared: without case, accents, outer punctuation or doubled spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", bare).casefold().strip(" .,;:!?\"'“”‘’()")


# --- scoring ------------------------------------------------------------------------------------------------------


def score(key: Key, given: Given, language: str = "pt") -> Fraction:
    """What an answer that ``read_given`` read is worth, from 0 to 1.

    One right answer, true or false, a number, a short answer: all or nothing. Several right answers: those found less
    those wrongly chosen, over all that are right, never below 0. An order: how many options are followed directly by
    the one that should follow, over all such steps. Pairs: the share that is right.
    """
    match key.kind, given:
        case (("single" | "true_false"), int()):
            return Fraction(given in key.right)
        case "multiple", list():
            found, wrong = len(key.right & set(given)), len(set(given) - key.right)
            return max(Fraction(0), Fraction(found - wrong, len(key.right))) if key.right else Fraction(0)
        case "order", list():
            return _order(key.options, given)
        case "match", dict():
            pairs = key.pairs or {}
            right = sum(folded(pairs[left]) == folded(pairs[chosen]) for left, chosen in given.items())
            return Fraction(right, len(key.options))
        case "number", str():
            if key.number is None:
                return Fraction(0)
            return Fraction(abs(read_number(given, language) - key.number) <= key.tolerance)
        case "short", str():
            return Fraction(folded(given) in {folded(one) for one in key.accepted})
    raise AnswerUnreadable("nothing")


def _order(right: Sequence[int], given: Sequence[int]) -> Fraction:
    if len(right) < 2:
        return Fraction(1)
    steps = set(pairwise(right))
    kept = sum(step in steps for step in pairwise(given))
    return Fraction(kept, len(right) - 1)


def percent(scores: Iterable[Fraction], questions: int) -> Fraction:
    """Per cent of an attempt with ``questions`` questions, each worth the same; unanswered ones are worth nothing."""
    return 100 * sum(scores, Fraction(0)) / questions if questions else Fraction(0)


def shown(value: Fraction) -> Decimal:
    """A per cent with two decimals, rounded down: 69.996 must not read 70."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.01"), ROUND_DOWN)


# --- drawing ------------------------------------------------------------------------------------------------------


def shuffled(numbers: Iterable[int], seed: int) -> list[int]:
    """The numbers in an order that depends on the seed alone, the same on every machine and for ever."""
    return sorted(numbers, key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).digest())


def drawn(questions: Iterable[int], draw: int | None, seed: int) -> list[int]:
    """The questions of an attempt, in its order: ``draw`` of them, or all."""
    order = shuffled(questions, seed)
    return order[:draw] if draw else order
