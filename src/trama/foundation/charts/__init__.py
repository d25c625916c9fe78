"""Charts as SVG, made by pure functions: no browser library, no field words, no Django.

A chart is drawn in abstract units (its ``viewBox``) and takes all colours from CSS classes, so one markup serves
light, dark and print. Series differ by dash and marker too, never by colour alone. Each chart comes back as a
``Figure`` that also holds its numbers as a table, because a picture alone is not an answer for everybody.
"""

from .bars import Bar, bar_chart, column_chart
from .figure import Figure, Key
from .levels import LevelMark, level_chart
from .lines import Band, Series, line_chart, sparkline
from .ranges import Range, range_chart
from .spans import Span, span_chart
from .stacks import Stack, stack_chart
from .strips import Strip, strip_chart

__all__ = [
    "Band",
    "Bar",
    "Figure",
    "Key",
    "LevelMark",
    "Range",
    "Series",
    "Span",
    "Stack",
    "Strip",
    "bar_chart",
    "column_chart",
    "level_chart",
    "line_chart",
    "range_chart",
    "span_chart",
    "sparkline",
    "stack_chart",
    "strip_chart",
]
