"""Lists that readers narrow by choices: each option says how many would be left with it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    count: int  # items that would be shown with it, the other filters staying
    chosen: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """One way to narrow a list: its query parameter, label and options."""

    name: str
    label: str
    options: tuple[Option, ...]

    @property
    def chosen(self) -> Option | None:
        return next((option for option in self.options if option.chosen), None)


type Choices = Mapping[str, tuple[str, Mapping[str, str]]]
"""{query parameter: (label, {value: label of the option})}"""


def narrowed[T](
    items: Sequence[T],
    asked: Mapping[str, str],
    choices: Choices,
    offers: Callable[[T], Mapping[str, Collection[str]]],
) -> tuple[list[T], list[Filter]]:
    """The items that meet every filter asked for, and the filters with their counts. Unknown values ask nothing.

    ``offers(item)`` gives, for each query parameter, the values that the item has.
    """
    offered = [offers(item) for item in items]
    chosen = {name: value for name in choices if (value := asked.get(name, "")) in choices[name][1]}

    def meets(place: int, wanted: Mapping[str, str]) -> bool:
        return all(value in offered[place][name] for name, value in wanted.items())

    def counted(name: str, value: str) -> int:
        return sum(meets(place, {**chosen, name: value}) for place in range(len(items)))

    filters = [
        Filter(
            name,
            label,
            tuple(
                Option(value, text, counted(name, value), chosen.get(name) == value) for value, text in labels.items()
            ),
        )
        for name, (label, labels) in choices.items()
    ]
    return [item for place, item in enumerate(items) if meets(place, chosen)], filters
