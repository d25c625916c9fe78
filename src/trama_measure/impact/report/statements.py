"""Each conclusion in words: what can be said, why, and what would change it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ..conclusions import Code, Conclusion
from ..sensitivity import LARGEST
from .context import OF_LITTLE_WEIGHT_BY_LOT, Context
from .parts import Statement
from .words import Writer

AMOUNTS: Final = ("effect", "first", "last", "visible_bias", "yardstick", "twfe")
SHARES: Final = ("power", "forbidden_weight")


def statement(context: Context, conclusion: Conclusion) -> Statement:
    """The words of a conclusion with its figures."""
    fields = _fields(context, conclusion)
    fields["measure"] = context.say("why", "measure_seen" if context.findings.seen else "measure_not_seen")
    key = conclusion.code.value
    if conclusion.code is Code.FRAGILE and round(conclusion.figures["times"], 1) == 0:
        key = "fragile_from_zero"
    if conclusion.code is Code.CHOSEN_NOT_DRAWN and not context.findings.seen:
        key = "chosen_not_drawn_not_seen"
    why = context.say("why", key, **fields)
    if context.findings.drawn_by_lot and conclusion.code in OF_LITTLE_WEIGHT_BY_LOT:
        why = f"{why} {context.say('why', 'by_lot')}"
    said, change = context.say("said", key, **fields), context.say("change", key, **fields)
    return Statement(conclusion.code, conclusion.bearing, said, why, change)


def _fields(context: Context, conclusion: Conclusion) -> dict[str, Any]:
    """The figures of a conclusion as texts."""
    write, figures = context.write, conclusion.figures
    fields: dict[str, Any] = {name: write.amount(figures[name]) for name in AMOUNTS if name in figures}
    fields |= {name: write.percent(figures[name]) for name in SHARES if name in figures}
    if "p_value" in figures:
        fields["p_value"] = write.p_value(figures["p_value"])
    if "low" in figures:
        fields["interval"] = write.between(figures["low"], figures["high"])
    if "estimate" in figures:
        fields["estimate"] = write.amount(abs(figures["estimate"]))
        fields["signed"] = write.amount(figures["estimate"])
    if "units" in figures:
        fields["count"] = write.count(figures["units"])
        fields["counted"] = write.counted(figures["units"], context.subject.units)
    if "times" in figures:
        fields["times"] = _times(conclusion.code, write)(figures["times"])
    return fields


def _times(code: Code, write: Writer) -> Callable[[float], str]:
    """How often for groups, how many times as large for violations."""
    if code in (Code.HOLDS_UP_TO, Code.FRAGILE):
        return lambda value: write.times(value, LARGEST)
    return write.count
