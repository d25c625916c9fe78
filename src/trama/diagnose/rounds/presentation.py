"""How items are laid out on pages and on paper: by area, own questions last."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from .models import RoundItem


@dataclass(frozen=True, slots=True)
class AreaLines:
    """An area of the instrument, or the owner's own questions, with what stands under it."""

    dimension: str
    title: str
    lines: list[Any]


def grouped(lines: Iterable[Any]) -> list[AreaLines]:
    """Items, or lines that have an ``item``, under their areas, in order. No query if the areas were read along."""
    areas: dict[int | None, AreaLines] = {}
    for line in lines:
        item: RoundItem = getattr(line, "item", line)
        area = item.criterion.area if item.criterion is not None else None
        key = area.pk if area is not None else None
        if key not in areas:
            dimension = area.dimension.title if area is not None else _("Questions of our own")
            areas[key] = AreaLines(dimension, f"{area.code} {area.title}" if area is not None else dimension, [])
        areas[key].lines.append(line)
    return list(areas.values())
