"""Things that last: one row each, from a day to a day, on an axis of months with today marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from .figure import Figure, line, open_svg, text

WIDTH = 800  # units: a timeline is wider than other charts, and its frame scrolls on a phone
ROW = 38
HEAD = 26
MOST_MONTHS_NAMED = 14


@dataclass(frozen=True, slots=True)
class Span:
    """One row. ``start`` None: only its end is known. ``style``: the class of its bar (``p-span-<style>``)."""

    label: str
    start: date | None
    end: date
    style: str
    words: tuple[str, ...] = ()  # further cells of its row in the table


def span_chart(
    name: str, title: str, description: str, spans: Sequence[Span], *, today: date, today_label: str,
    month_labels: Sequence[str], columns: tuple[str, ...],
) -> Figure:  # fmt: skip
    """Bars from the first to the last day of each span, inclusive; a diamond where only the end is known.

    ``month_labels``: twelve short names, January first. ``columns``: the heads of the table, of the label, the two days
    (as ISO) and ``words``.
    """
    if not spans:
        return Figure("", title, (), ())
    first = min((span.start or span.end) for span in spans).replace(day=1)
    last = max(span.end for span in spans)
    total = max((last - first).days + 1, 28)

    def x(day: date, *, after: bool = False) -> float:
        return WIDTH * min(max((day - first).days + after, 0), total) / total

    height = HEAD + ROW * len(spans)
    parts = [open_svg(name, title, description, height, width=WIDTH, css="plot-spans")]
    months = _months(first, last)
    step = max(1, -(-len(months) // MOST_MONTHS_NAMED))
    for n, month in enumerate(months):
        parts.append(line(x(month), HEAD - 6, x(month), height, "rule"))
        if n % step == 0:
            year = f" {month.year}" if month.month == 1 or n == 0 else ""
            parts.append(text(x(month) + 3, 12, f"{month_labels[month.month - 1]}{year}", "p-span-month"))
    for row, span in enumerate(spans):
        right = x(span.end, after=True)
        parts += _bar(span, None if span.start is None else x(span.start), right, HEAD + ROW * row)
    if first <= today <= last:
        parts.append(line(x(today), HEAD - 8, x(today), height, "p-span-today"))
        parts.append(text(x(today) + 3, height - 3, today_label, "p-span-month"))
    parts.append("</svg>")
    rows = tuple(
        (span.label, span.start.isoformat() if span.start else "", span.end.isoformat(), *span.words) for span in spans
    )
    return Figure("".join(parts), title, columns, rows)


def _bar(span: Span, left: float | None, right: float, y: float) -> tuple[str, str]:
    """The bar of a span from ``left`` (None: a diamond) to ``right``, and its label above, inside the picture."""
    if left is None:
        drawn = f'<path class="p-span p-span-{span.style}" d="M{right:.1f} {y + 18}l6 7l-6 7l-6 -7z"/>'
        left = right
    else:
        drawn = (
            f'<rect class="p-span p-span-{span.style}" x="{left:.1f}" y="{y + 19}" '
            f'width="{max(right - left, 3):.1f}" height="13" rx="3"/>'
        )
    from_the_right = left > WIDTH * 0.6
    anchor = ' text-anchor="end"' if from_the_right else ""
    at = right if from_the_right else left
    return drawn, f'<text class="p-span-label"{anchor} x="{at:.1f}" y="{y + 14}">{escape(span.label)}</text>'


def _months(first: date, last: date) -> list[date]:
    """The first days of the months from ``first`` to ``last``."""
    found, day = [], first
    while day <= last:
        found.append(day)
        day = day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1)
    return found
