"""Charts: what is drawn is what the numbers say, and the numbers stand beside it."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from trama.foundation.charts import (
    Bar,
    LevelMark,
    Range,
    Series,
    Stack,
    Strip,
    bar_chart,
    column_chart,
    level_chart,
    line_chart,
    range_chart,
    sparkline,
    stack_chart,
    strip_chart,
)
from trama.foundation.charts.scale import Scale, domain, nice_step, spread, ticks
from trama.foundation.charts.strips import bin_counts

ROOT = Path(__file__).resolve().parents[2]


def write(value: float) -> str:
    return f"{value:.1f}"


def draw(*series: Series, **options: object):
    return line_chart(
        "c", "Title", "Words", series, row_label="Year", missing="none", write=write, **{"least_span": 4, **options}
    )


def paths(svg: str) -> list[str]:
    return re.findall(r'<path class="p-line [^"]*" d="([^"]*)"', svg)


def test_a_missing_value_lifts_the_pen_and_is_told_as_missing_in_the_table():
    figure = draw(Series("Network", "N", ((2017, 5.0), (2019, None), (2021, 6.0))))
    assert paths(figure.svg)[0].count("M") == 2, "no line is drawn over a gap"
    assert "L" not in paths(figure.svg)[0]
    assert figure.rows == (("2017", "5.0"), ("2019", "none"), ("2021", "6.0"))


def test_a_year_that_a_series_does_not_have_is_told_as_missing_beside_one_that_has_it():
    figure = draw(Series("A", "A", ((2019, 5.0), (2021, 5.5))), Series("B", "B", ((2019, 4.0),), "third"))
    assert figure.columns == ("Year", "A", "B")
    assert figure.rows[1] == ("2021", "5.5", "none")


def test_higher_values_stand_higher_and_equal_steps_are_equally_far():
    scale = Scale(0, 10, 200, 0)
    assert [scale(v) for v in (0, 5, 10)] == [200, 100, 0]
    figure = draw(Series("N", "N", ((2017, 4.0), (2019, 5.0), (2021, 6.0))), floor=0, ceiling=10)
    heights = [float(y) for y in re.findall(r'cy="([\d.]+)"', figure.svg)]
    assert heights[0] > heights[1] > heights[2]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=0.11)


def test_an_axis_that_does_not_start_at_zero_says_so():
    assert draw(Series("N", "N", ((2019, 5.0), (2021, 5.2)))).axis_start == "3.0"
    assert draw(Series("N", "N", ((2019, 5.0), (2021, 5.2))), zero=True, floor=0).axis_start == ""


def test_a_small_change_never_fills_the_picture():
    assert domain([5.0, 5.1], zero=False, floor=0, ceiling=10, least_span=4) == (3.0, 8.0)
    assert domain([9.8, 9.9], zero=False, floor=0, ceiling=10, least_span=4) == (7.0, 10)


def test_bars_start_at_zero_and_their_lengths_compare_as_their_values_do():
    bars = [Bar("Water", 50.0), Bar("Internet", 100.0), Bar("Library", None, "not declared")]
    figure = bar_chart("b", "T", "D", bars, row_label="Item", value_label="%", write=write, highest=100)
    widths = [float(w) for w in re.findall(r'p-bar-main" x="0" y="[\d.]+" width="([\d.]+)"', figure.svg)]
    assert widths[1] == pytest.approx(2 * widths[0])
    assert len(widths) == 2, "no bar where there is no value"
    assert figure.rows[2] == ("Library", "not declared")


def test_a_missing_column_is_a_dash_and_no_bar_of_no_height():
    columns = [("2007", 10.0), ("2008", None), ("2009", 20.0)]
    figure = column_chart(
        "c", "T", "D", columns, row_label="Year", value_label="n", missing="none", write=lambda v: f"{v:.0f}"
    )
    heights = [float(h) for h in re.findall(r'p-bar-main"[^>]*height="([\d.]+)"', figure.svg)]
    assert len(heights) == 2
    assert heights[1] == pytest.approx(2 * heights[0], abs=0.2)
    assert figure.rows[1] == ("2008", "none")


def test_texts_cannot_break_out_of_the_picture():
    figure = draw(Series('<script>"&', "<b>", ((2019, 5.0), (2021, 5.5))))
    assert "<script>" not in figure.svg
    assert "<b>" not in figure.svg
    assert "&lt;b&gt; 5.5" in figure.svg


def test_every_series_has_a_marker_and_a_dash_of_its_own_class():
    styles = ("main", "second", "third", "fourth", "target")
    figure = draw(*(Series(s, s, ((2019, 4.0 + k), (2021, 4.5 + k)), s) for k, s in enumerate(styles)))
    for style in styles:
        assert f"p-mark-{style}" in figure.svg
        assert f"p-line-{style}" in figure.svg
    assert [key.style for key in figure.keys] == list(styles)


def test_labels_are_moved_apart_within_the_picture_and_keep_their_order():
    placed = spread([50.0, 51.0, 52.0, 198.0], 13, 10, 200)
    assert placed == sorted(placed)
    assert all(b - a >= 13 - 1e-9 for a, b in pairwise(placed))
    assert max(placed) <= 200


def test_nothing_published_gives_no_chart():
    assert not draw(Series("N", "N", ((2019, None),)))
    assert not draw()
    assert sparkline("s", "T", "D", [(2019, 1.0), (2021, None)]) == ""


def test_a_score_stands_in_its_level():
    marks = [LevelMark("Network", 210.0, "main", "level 4")]
    figure = level_chart(
        "l", "T", "D", (125, 150, 175, 200, 225), marks, low=100, high=250, columns=("W", "P", "L"), write=write
    )
    edges = [float(x) for x in re.findall(r'p-band-\d" x="([\d.]+)"', figure.svg)]
    at = float(re.search(r'<line class="p-stem p-stem-main" x1="([\d.]+)"', figure.svg).group(1))
    assert edges[4] < at < edges[5], "between the cut of level 4 and that of level 5"
    assert figure.rows == (("Network", "210.0", "level 4"),)


def test_a_strip_shows_fifths_and_no_rank():
    strip = Strip("Brazil", (2.0, 4.0, 5.0, 5.5, 6.0, 9.0), (1, 3, 2), 5.2, "in the middle fifth")
    figure = strip_chart("s", "T", "D", [strip], low=2, high=9, columns=("a", "b", "c", "d"), write=write)
    assert figure.svg.count('class="p-fifth p-fifth-') == 5
    assert figure.rows == (("Brazil", "4.0 · 5.0 · 5.5 · 6.0", "5.2", "in the middle fifth"),)


def test_bins_count_every_value_once_the_highest_included():
    assert bin_counts([0.0, 0.1, 0.5, 1.0], 0, 1, 2) == (2, 2)
    assert sum(bin_counts([k / 10 for k in range(20, 91)], 2, 9, 35)) == 71
    assert set(bin_counts([k / 10 for k in range(20, 90)], 2, 9, 35)) == {2}, "two steps of 0.1 in each bin of 0.2"


@pytest.mark.parametrize(("span", "step"), [(10, 2.5), (4, 1.0), (0.9, 0.25), (12_000, 5000)])
def test_axis_steps_are_round(span, step):
    assert nice_step(span, 4) == pytest.approx(step)


def test_ticks_include_round_ends():
    assert ticks(2, 8, 4) == [2, 4, 6, 8]


def test_a_stack_draws_a_box_per_step_that_has_something_and_a_column_for_each():
    steps = [("F", "Fragile"), ("B", "Basic"), ("A", "Adequate")]
    drawn = stack_chart(
        "s", "Levels", "…", [Stack("1 <Area>", (2, 0, 1)), Stack("2", (0, 0, 4))], steps, row_label="Area"
    )
    assert re.findall(r'p-step p-step-(\d)" x="([\d.]+)" y="\d+" width="([\d.]+)"', drawn.svg) == [
        ("1", "0.0", "196.0"),  # a unit of 398 / 4 for each, 3 between the boxes
        ("3", "199.0", "96.5"),
        ("3", "0.0", "395.0"),
    ]
    assert "1 &lt;Area&gt;" in drawn.svg
    assert drawn.columns == ("Area", "Fragile", "Basic", "Adequate")
    assert drawn.rows == (("1 <Area>", "2", "0", "1"), ("2", "0", "0", "4"))


def test_a_long_label_of_a_stack_takes_a_second_line_and_pushes_what_is_below_down():
    long = "Planejamento, administração, finanças, pessoas, infraestrutura e transporte"
    signs = [("F", "fragile"), ("B", "basic")]
    plain = stack_chart("a", "t", "d", [Stack("Um", (1, 2)), Stack("Dois", (1, 1))], signs, row_label="Area")
    folded = stack_chart("a", "t", "d", [Stack(long, (1, 2)), Stack("Dois", (1, 1))], signs, row_label="Area")
    lines = re.findall(r'y="([\d.]+)"[^>]*>([^<]+)</text>', folded.svg)
    assert [text for _y, text in lines if text in long] == [
        "Planejamento, administração, finanças, pessoas,",
        "infraestrutura e transporte",
    ]

    def tops(figure) -> list[float]:
        return [float(y) for y in re.findall(r'<rect class="p-step[^>]* y="([\d.]+)"', figure.svg)]

    assert [after - before for before, after in zip(tops(plain), tops(folded), strict=True)] == [15] * 4
    assert folded.rows[0][0] == long


def test_a_stack_of_nothing_is_no_chart():
    assert not stack_chart(
        "s", "Levels", "…", [Stack("1", (0, 0))], [("F", "Fragile"), ("B", "Basic")], row_label="Area"
    )


def test_a_range_covers_its_band_and_never_a_point():
    ranges = [
        Range("at least Basic", 50, 100, "half or more", marked=True),
        Range("Exemplary", 0, 50, "fewer than half"),
    ]
    drawn = range_chart("r", "Shares", "…", ranges, columns=("Networks", "Share"))
    assert re.findall(r'p-range" x="([\d.]+)" y="\d+" width="([\d.]+)"', drawn.svg) == [
        ("199.0", "199.0"),
        ("0.0", "199.0"),
    ]
    assert drawn.svg.count("●") == 1
    assert drawn.rows == (("at least Basic", "half or more"), ("Exemplary", "fewer than half"))
    assert not range_chart("r", "Shares", "…", [], columns=("Networks", "Share"))


# --- on the page -----------------------------------------------------------------------------------------------------


def on_the_page(**context: object) -> str:
    return render_to_string("components/figure.html", {"heading": "Heading", **context})


def test_a_chart_stands_on_the_page_with_its_legend_and_its_numbers_as_a_table():
    lines = draw(Series("Ours", "ours", ((2019, 3.0), (2021, 4.0))), Series("State", "state", ((2019, 5.0),), "second"))
    shown = on_the_page(figure=lines)
    assert "<h3>Heading</h3>" in shown
    assert [key in shown for key in ("p-line p-line-main", "p-line p-line-second", "swatch")] == [True, True, False]
    assert re.findall(r'<td class="number">([^<]*)</td>', shown) == ["3.0", "5.0", "4.0", "none"]
    assert '<details class="plot-details">' in shown


def test_the_legend_of_boxes_shows_boxes_and_one_series_alone_needs_no_legend():
    boxes = stack_chart("s", "t", "d", [Stack("Row", (1, 2))], [("1", "low"), ("2", "high")], row_label="r")
    shown = on_the_page(figure=boxes, level="h2", css="wide", printing=True)
    assert re.findall(r'class="swatch ([\w-]+)"', shown) == ["p-key-step-1", "p-key-step-2"]
    assert all(
        part in shown for part in ("<h2>Heading</h2>", 'class="chart wide"', '<details class="plot-details" open>')
    )
    assert "legend" not in on_the_page(figure=draw(Series("Ours", "ours", ((2019, 3.0), (2021, 4.0)))))


def test_a_chart_of_nothing_leaves_no_frame_on_the_page():
    assert on_the_page(figure=stack_chart("s", "t", "d", [], [("1", "low")], row_label="r")).strip() == ""


def test_every_page_that_brings_a_chart_links_the_style_of_charts():
    files = [path for path in (ROOT / "src/trama").rglob("*.html") if "templates" in path.parts]
    texts = {path.as_posix().partition("/templates/")[2]: path.read_text() for path in files}

    def parts_of(name: str, seen: set[str]) -> set[str]:
        for part in set(re.findall(r'{% include "([^"]+)"', texts.get(name, ""))) - seen:
            seen.add(part)
            parts_of(part, seen)
        return seen

    pages = [
        name for name, text in texts.items()
        if "{% extends" in text and "components/figure.html" in parts_of(name, set())
    ]  # fmt: skip
    assert {"know/panorama/network.html", "diagnose/profiles/shared.html"} <= set(pages)
    assert [name for name in pages if 'static "foundation/charts.css"' not in texts[name]] == []
