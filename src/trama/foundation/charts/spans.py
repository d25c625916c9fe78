"""Things that last: one row each, from a day to a day, on an axis of months with today marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .figure import Figure, line, open_svg, text

WIDTH = 800  # units: a timeline is wider than other charts, and its frame scrolls on a phone
ROW = 38
HEAD = 40  # the names of the months, and below them the word for today
MOST_MONTHS_NAMED = 14
LETTER = 6.4  # the mean width of a letter of a label


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
        parts.append(line(x(month), HEAD - 6, x(month), height, "p-grid"))
        if n % step == 0:
            year = f" {month.year}" if month.month == 1 or n == 0 else ""
            parts.append(text(x(month) + 3, 12, f"{month_labels[month.month - 1]}{year}", "p-span-month"))
    if first <= today <= last:  # before the bars, so that it does not strike through their labels
        at_the_end = x(today) > WIDTH * 0.9
        parts.append(line(x(today), HEAD - 22, x(today), height, "p-span-today"))
        parts.append(
            text(x(today) + (-4 if at_the_end else 4), HEAD - 12, today_label, "p-span-now", "end" * at_the_end)
        )
    for row, span in enumerate(spans):
        right = x(span.end, after=True)
        parts += _bar(span, None if span.start is None else x(span.start), right, HEAD + ROW * row)
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
    at, room = (right, right) if from_the_right else (left, WIDTH - left)
    return drawn, text(at, y + 14, _fitting(span.label, room), "p-span-label", "end" * from_the_right)


def _fitting(label: str, room: float) -> str:
    """The label, cut at a word if the room (units) does not hold it. The table beside the chart tells it whole."""
    most = int(room / LETTER)
    if len(label) <= most:
        return label
    return f"{label[: most - 1].rsplit(' ', 1)[0].rstrip(' ,;:.')}…"


def _months(first: date, last: date) -> list[date]:
    """The first days of the months from ``first`` to ``last``."""
    found, day = [], first
    while day <= last:
        found.append(day)
        day = day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1)
    return found
