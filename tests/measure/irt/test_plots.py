"""Pictures say the numbers that the results say, can be read, and stand alone in a notebook and in a page."""

import re
from dataclasses import fields
from xml.etree import ElementTree as Xml

import numpy as np
import polars as pl
import pytest
from scipy.special import expit

from trama_measure.irt import ItemResponseModel, published_parameters
from trama_measure.irt.fit import item_fit, observed_by_sum, observed_by_theta, s_x2, wilson
from trama_measure.irt.plots import (
    ENGLISH,
    PORTUGUESE,
    Look,
    fit_by_sum,
    fit_curve,
    information_of_test,
    item_curve,
    item_curves,
    item_information_curves,
    wright_map,
)
from trama_measure.irt.plots.drawing import COLOURS, STYLES, width_of
from trama_measure.linking import Link

from .worlds import drawn, three_parameter_items

NAMES = [f"q{number:02d}" for number in range(1, 21)]
POINTS = Look(words=PORTUGUESE, link=Link(55.0, 280.0), axis="Proficiência (pontos do Saeb)")


@pytest.fixture(scope="module")
def answers():
    return drawn(three_parameter_items(20, 5), np.random.default_rng(6).normal(size=3000), 7)


@pytest.fixture(scope="module")
def calibration(answers):
    return ItemResponseModel(model="3pl").fit(answers, items=NAMES)


@pytest.fixture(scope="module")
def mixed():
    """Two items of four categories, one of three, one right or wrong."""
    steps = np.array([[-1.5, 0.0, 1.2], [-0.5, 0.4, 1.0], [-1.0, 1.0, np.nan], [0.3, np.nan, np.nan]])
    models = ["graded", "gpcm", "graded", "2pl"]
    items = published_parameters(np.array([1.4, 1.0, 0.9, 1.3]), steps, scale_constant=1.0, models=models)
    given = drawn(items, np.random.default_rng(1).normal(size=2500), 2)
    names = ["Comfort & care", "Work", "Future", "Right"]
    return ItemResponseModel(model=models).fit(given, items=names), given


def every_picture(calibration, answers, look):
    booklets = {"1": NAMES[:10], "2": NAMES[5:15], "3": NAMES[10:]}
    return [
        item_curve(calibration, "q03", look),
        item_curves(calibration, NAMES[:7], look),
        item_information_curves(calibration, NAMES[3:6], look),
        information_of_test(calibration, look),
        information_of_test(calibration, look, booklets=booklets),
        wright_map(calibration, look),
        wright_map(calibration, look, share=0.65),
        fit_curve(calibration, answers, "q03", look),
        fit_by_sum(calibration, answers, "q03", look),
    ]


def texts(plot):
    return [node for node in Xml.fromstring(plot.svg).iter() if node.tag.endswith("}text")]


def box(node):
    """About where a text stands: left, right, top, bottom."""
    size, x, y = (float(node.get(name)) for name in ("font-size", "x", "y"))
    wide = width_of(node.text, size)
    left = x - {"start": 0, "middle": wide / 2, "end": wide}[node.get("text-anchor")]
    return left, left + wide, y - 0.7 * size, y + 0.1 * size


@pytest.mark.parametrize("look", [Look(), POINTS, Look(titled=False, low=-3.0, high=3.0)])
def test_no_text_lies_on_another_or_leaves_the_picture(calibration, answers, mixed, look):
    pictures = every_picture(calibration, answers, look)
    pictures += [item_curve(mixed[0], "Comfort & care", look), wright_map(mixed[0], look)]
    for plot in pictures:
        left, top, width, height = (float(part) for part in Xml.fromstring(plot.svg).get("viewBox").split())
        boxes = [(node.text, box(node)) for node in texts(plot)]
        for number, (said, one) in enumerate(boxes):
            assert left <= one[0], said
            assert one[1] <= left + width, said
            assert top <= one[2], said
            assert one[3] <= top + height, said
            for other_said, other in boxes[number + 1 :]:
                beside = one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
                assert beside, f"{plot.title}: {said!r} on {other_said!r}"


def test_a_picture_names_itself_and_needs_no_style_sheet_and_no_script(calibration, answers):
    for plot in every_picture(calibration, answers, Look()):
        root = Xml.fromstring(plot.svg)
        named = {node.get("id"): node.text for node in root.iter() if node.get("id")}
        assert [named[one] for one in root.get("aria-labelledby").split()] == [plot.title, plot.description]
        assert root.get("role") == "img"
        assert not re.search(r"style=|<style|<script|<foreignObject|href|\bon\w+=", plot.svg)
        assert plot._repr_svg_() == plot.svg
        assert len(plot.svg) < 40_000
    names = [Xml.fromstring(plot.svg).get("aria-labelledby") for plot in every_picture(calibration, answers, Look())]
    assert len(set(names)) == len(names)  # several on one page do not share their names


def test_words_and_decimal_marks_are_those_of_the_language(calibration, answers):
    english = " ".join(node.text for plot in every_picture(calibration, answers, Look()) for node in texts(plot))
    portuguese = " ".join(node.text for plot in every_picture(calibration, answers, POINTS) for node in texts(plot))
    assert "Share right" in english
    assert "0.2" in english
    assert "0,2" not in english
    assert "Proporção de acertos" in portuguese
    assert "0,2" in portuguese
    assert not re.search(r"\d\.\d", portuguese.replace("1.000", ""))
    assert "pontos do Saeb" in portuguese
    assert 'lang="pt-BR"' in item_curve(calibration, "q03", POINTS).svg
    same = [field.name for field in fields(ENGLISH) if getattr(ENGLISH, field.name) == getattr(PORTUGUESE, field.name)]
    assert same == []


def test_every_line_differs_by_its_dash_as_well_as_by_its_colour(calibration):
    svg = item_curves(calibration, NAMES[:7]).svg
    lines = re.findall(
        r'<path class="p-line p-line-(\w+)"[^>]*?stroke="(#\w+)"[^>]*?stroke-linejoin="round"([^>]*)/>', svg
    )
    assert [style for style, _, _ in lines] == list(STYLES)
    assert len({dash for _, _, dash in lines}) == 7
    assert {ink for _, ink, _ in lines} == set(COLOURS.values())


def test_the_curve_is_the_model_and_its_interval_shrinks_with_students(calibration, answers):
    few = ItemResponseModel(model="3pl").fit(answers[:750], items=NAMES)
    table, wide = item_curve(calibration, "q03").table, item_curve(few, "q03").table
    row = calibration.items.filter(pl.col("item") == "q03").row(0, named=True)
    theta = table["theta"].to_numpy()
    assert table["share"].to_numpy() == pytest.approx(row["c"] + (1 - row["c"]) * expit(row["a"] * (theta - row["b"])))
    middle = np.abs(theta) < 2
    ratio = wide["se"].to_numpy()[middle] / table["se"].to_numpy()[middle]
    assert 1.2 < np.median(ratio) < 3.5  # 2 is expected
    low = int(np.argmin(np.abs(theta + 4)))
    assert table["se"][low] == pytest.approx(row["se_c"], rel=0.25)  # far below, the curve is c


def test_an_anchored_item_has_a_curve_without_an_interval(calibration, answers):
    row = calibration.items.row(2)
    held = ItemResponseModel(model="3pl", anchors={"q03": row[3:6]}).fit(answers, items=NAMES)
    plot = item_curve(held, "q03")
    assert np.isnan(plot.table["se"].to_numpy()).all()
    assert ENGLISH.model_sure not in plot.svg
    assert ENGLISH.theta_anchored in plot.svg


def test_categories_add_up_to_one_and_are_written_at_their_tops(mixed):
    plot = item_curve(mixed[0], "Comfort & care")
    sums = plot.table.group_by("theta").agg(pl.col("probability").sum())["probability"]
    assert sums.to_numpy() == pytest.approx(np.ones(161))
    assert [node.text for node in texts(plot) if node.get("class") == "p-direct"] == ["0", "1", "2", "3"]
    assert "Comfort &amp; care" in plot.svg


def test_information_in_points_is_that_in_theta_over_the_square_of_the_slope(calibration):
    plain, points = information_of_test(calibration), information_of_test(calibration, POINTS)
    theta = plain.table["theta"].to_numpy()
    assert plain.table["information"].to_numpy() == pytest.approx(calibration.information(theta).sum(axis=0))
    assert points.table["se"].to_numpy() == pytest.approx(55 * plain.table["se"].to_numpy())
    assert points.table["shown"].to_numpy() == pytest.approx(55 * theta + 280)
    own = item_information_curves(calibration, ["q03"], POINTS).table["value"].to_numpy()  # for 1,000 square points
    assert own == pytest.approx(calibration.information(theta)[2] * 1000 / 55**2)


def test_a_booklet_tells_less_than_all_items(calibration):
    booklets = {"1": NAMES[:10], "2": NAMES[10:]}
    own = information_of_test(calibration, booklets=booklets).table
    whole = information_of_test(calibration).table["information"].to_numpy()
    assert own["lowest"].to_numpy() + own["highest"].to_numpy() == pytest.approx(whole)
    assert (own["information"].to_numpy() < whole).all()


def test_the_map_counts_every_student_once_and_names_every_item(calibration):
    theta = np.random.default_rng(8).normal(size=(500, 5)).clip(-3.9, 3.9)
    for plot in (wright_map(calibration), wright_map(calibration, values=theta, weights=np.full(500, 2.0))):
        students = plot.table.filter(pl.col("kind") == "students")
        assert students["percent"].sum() == pytest.approx(100, abs=0.02)
        assert {node.text.strip("()") for node in texts(plot) if node.get("class") == "p-item"} == set(NAMES)
    placed = plot.table.filter(pl.col("kind") == "item").sort("label")["low"]
    assert placed.to_numpy() == pytest.approx(calibration.items.sort("item")["b"].to_numpy())


def test_items_that_find_no_room_in_the_map_are_counted():
    crowd = 200
    known = published_parameters(np.full(crowd, 1.5), np.linspace(0.0, 0.04, crowd), scale_constant=1.0, models="2pl")
    given = drawn(known, np.random.default_rng(3).normal(size=300), 4)
    names = [f"item {number}" for number in range(crowd)]
    plot = wright_map(ItemResponseModel(errors="none").fit(given, items=names))
    said = [node.text for node in texts(plot) if node.get("class") == "p-item"]
    assert sum(int(text[1:]) if text.startswith("+") else 1 for text in said) == crowd


def test_an_item_placed_at_a_share_has_that_share_there(calibration):
    placed = wright_map(calibration, share=0.65).table.filter(pl.col("kind") == "item")
    row = calibration.items.filter(pl.col("item") == "q03").row(0, named=True)
    theta = placed.filter(pl.col("label") == "q03")["low"][0]
    assert row["c"] + (1 - row["c"]) * expit(row["a"] * (theta - row["b"])) == pytest.approx(0.65)


def test_observed_shares_add_up_to_the_answers_and_lie_on_a_curve_that_holds(calibration, answers):
    table = observed_by_theta(calibration, answers, ["q03"])
    assert table["students"].sum() == pytest.approx(3000)
    assert (table["students"] * table["observed"]).sum() == pytest.approx(answers[:, 2].sum())
    inside = (table["low"] <= table["expected"]) & (table["expected"] <= table["high"])
    assert inside.all()
    assert fit_curve(calibration, answers, "q03").table.drop("shown").equals(table)


def test_an_item_that_does_not_follow_the_model_leaves_its_curve(answers):
    bent = answers.copy()
    able = answers.sum(axis=1) > np.quantile(answers.sum(axis=1), 0.8)
    bent[able, 2] = np.random.default_rng(1).integers(0, 2, able.sum())
    found = ItemResponseModel(model="3pl").fit(bent, items=NAMES)
    table = observed_by_theta(found, bent, ["q03"])
    outside = (table["expected"] < table["low"]) | (table["expected"] > table["high"])
    assert outside.sum() >= 2
    rmsd = item_fit(found, bent).filter(pl.col("item") == "q03")["rmsd"][0]
    assert rmsd > 0.05
    assert f"RMSD {rmsd:.3f} > 0.05" in fit_curve(found, bent, "q03").svg.replace("&gt;", ">")


def test_the_cells_of_a_sum_are_those_of_s_x2(calibration, answers):
    cells = observed_by_sum(calibration, answers, "q03")
    n, observed, expected = (cells[name].to_numpy() for name in ("students", "observed", "expected"))
    statistic = (n * (observed - expected) ** 2 / (expected * (1 - expected))).sum()
    row = s_x2(calibration, answers).filter(pl.col("item") == "q03").row(0, named=True)
    assert statistic == pytest.approx(row["s_x2"])
    assert row["df"] == len(cells) - 3
    assert (cells["lowest_sum"][1:] == cells["highest_sum"][:-1] + 1).all()
    sums = answers.sum(axis=1)
    assert n.sum() == ((sums > 0) & (sums < 20)).sum()


def test_the_interval_of_a_share_is_wilsons():
    """Newcombe (1998), Statistics in Medicine 17, 857-872, table I: 81/263, 15/148, 0/20 and 1/29."""
    number = np.array([263.0, 148.0, 20.0, 29.0])
    low, high = wilson(np.array([81, 15, 0, 1]) / number, number)
    assert low == pytest.approx([0.2553, 0.0624, 0.0, 0.0061], abs=5e-5)
    assert high == pytest.approx([0.3662, 0.1605, 0.1611, 0.1718], abs=5e-5)


def test_what_cannot_be_drawn_is_said(calibration, mixed):
    with pytest.raises(ValueError, match="no item is called 'q99'"):
        item_curve(calibration, "q99")
    with pytest.raises(ValueError, match="1 to 7 items expected in one picture, found 8"):
        item_curves(calibration, NAMES[:8])
    with pytest.raises(ValueError, match="between 0 and 1 expected, found 65"):
        wright_map(calibration, share=65)
    with pytest.raises(ValueError, match="several categories"):
        wright_map(mixed[0], share=0.65)
    with pytest.raises(ValueError, match="low below high"):
        Look(low=1, high=-1)
    with pytest.raises(ValueError, match="slope above 0"):
        Look(link=Link(-1.0, 0.0))
