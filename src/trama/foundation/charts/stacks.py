"""How many things stand on each step of an ordered scale: one row per group, a box per thing counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from .figure import WIDTH, Figure, Key, open_svg, text

ROW = 50
LINE = 15
LETTERS = 58  # of a label in one line of the chart's width
GAP = 3


@dataclass(frozen=True, slots=True)
class Stack:
    """One row. ``counts``: things on each step, lowest step first."""

    label: str
    counts: tuple[int, ...]


def stack_chart(
    name: str,
    title: str,
    description: str,
    stacks: Sequence[Stack],
    steps: Sequence[tuple[str, str]],
    *,
    row_label: str,
) -> Figure:
    """Rows of boxes in the order of the steps, each as wide as its count; all rows share one unit of width.

    Parameters
    ----------
    steps : (one letter or sign, words) of each step, lowest first; the letter stands in every box beside the count, so
        that colour is never the only difference. The box of step k has the class ``p-step-k``, k from 1.
    """
    largest = max((sum(stack.counts) for stack in stacks), default=0)
    if largest == 0:
        return Figure("", title, (), ())
    unit = (WIDTH - 2) / max(largest, 4)
    labels = [wrap(stack.label, LETTERS) or [""] for stack in stacks]
    height = sum(ROW + LINE * (len(lines) - 1) for lines in labels)
    parts = [open_svg(name, title, description, height, css="plot-stack")]
    top = 0
    for stack, lines in zip(stacks, labels, strict=True):
        parts.extend(text(0, top + 13 + LINE * n, line, "p-bar-label") for n, line in enumerate(lines))
        y = top + LINE * (len(lines) - 1)
        top = y + ROW
        x = 0.0
        for step, ((sign, _), count) in enumerate(zip(steps, stack.counts, strict=True), start=1):
            if count:
                width = unit * count
                parts.append(
                    f'<rect class="p-step p-step-{step}" x="{x:.1f}" y="{y + 19}" width="{width - GAP:.1f}" '
                    f'height="22" rx="2"/>'
                )
                parts.append(text(x + (width - GAP) / 2, y + 34.5, f"{count} {sign}", f"p-step-text-{step}", "middle"))
                x += width
    parts.append("</svg>")
    columns = (row_label, *(words for _, words in steps))
    rows = tuple((stack.label, *(str(count) for count in stack.counts)) for stack in stacks)
    keys = tuple(Key(f"step-{step}", words, is_box=True) for step, (_, words) in enumerate(steps, start=1))
    return Figure("".join(parts), title, columns, rows, keys)
