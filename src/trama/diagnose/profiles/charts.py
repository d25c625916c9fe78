"""Profiles drawn: each chart with the same numbers as a table."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from trama.foundation.charts import Figure, Range, Stack, range_chart, stack_chart

from .publication import Shares
from .reading import DimensionReading, Group
from .wording import band_words, level_signs, reached_words


def profile_chart(name: str, dimension: DimensionReading) -> Figure:
    """How the criteria of each area of a dimension are spread over the levels."""
    groups = dimension.areas or (dimension.whole,)
    title = _("%(name)s: criteria at each level") % {"name": group_title(dimension.whole)}
    stacks = [_stack(group) for group in groups]
    return _stacked(name, title, stacks)


def whole_chart(name: str, dimensions: Sequence[DimensionReading]) -> Figure:
    """The same, dimension by dimension."""
    return _stacked(name, _("Criteria at each level, by dimension"), [_stack(one.whole) for one in dimensions])


def _stacked(name: str, title: str, stacks: list[Stack]) -> Figure:
    signs = level_signs()
    told = [
        f"{stack.label}: " + ", ".join(f"{n} {words}" for n, (_s, words) in zip(stack.counts, signs, strict=True) if n)
        for stack in stacks
        if sum(stack.counts)
    ]
    return stack_chart(name, title, "; ".join(told), stacks, signs, row_label=_("Area"))


def _stack(group: Group) -> Stack:
    return Stack(group_title(group), group.counts)


def group_title(group: Group) -> str:
    """The name of an area or a dimension."""
    return f"{group.source.code} {group.source.title}" if group.source is not None else _("Questions of our own")


def shares_chart(name: str, title: str, shares: Shares, *, own: int = 0) -> Figure:
    """Where many networks stand: three nested shares in bands; ``own``: the level that the reader's has reached."""
    ranges = [
        Range(label, band.low, band.high, band_words(band), marked=own >= level)
        for level, (label, band) in enumerate(zip(reached_words(), shares.bands, strict=True), start=2)
    ]
    told = "; ".join(f"{one.label}: {one.words}" for one in ranges)
    return range_chart(name, title, told, ranges, columns=(_("Networks that are"), _("Share of them")))


def source_of(thing: Any) -> str:
    """Code and title of an area or a criterion."""
    return f"{thing.code} {thing.title}"
