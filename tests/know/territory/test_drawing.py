"""Outlines: where points fall, what is left out, and that neighbours fit."""

import re

import numpy as np
import pytest

from trama.know.territory.drawing import BRAZIL, box_of, frame_of, path_data, square_degrees
from trama.know.territory.services import is_remnant

SQUARE = np.array([(-36.0, -9.0), (-35.0, -9.0), (-35.0, -10.0), (-36.0, -10.0), (-36.0, -9.0)])


def test_a_square_of_one_degree_at_the_equator_fills_the_drawing():
    frame = frame_of(0.0, -0.5, 1.0, 0.5)
    assert (frame.width, frame.height) == (10_000, 10_000)
    ring = np.array([(0.0, 0.5), (1.0, 0.5), (1.0, -0.5), (0.0, -0.5), (0.0, 0.5)])
    assert corners(path_data([ring], frame)) == {(0, 0), (10_000, 0), (10_000, 10_000), (0, 10_000)}


def test_degrees_of_longitude_shrink_away_from_the_equator():
    frame = frame_of(0.0, 59.0, 2.0, 61.0)  # the cosine of 60 degrees is one half
    assert frame.width == pytest.approx(5_000, abs=2)
    assert frame.height == 10_000


def test_brazil_is_wider_than_high_and_all_of_it_is_inside():
    frame = frame_of(*BRAZIL)
    assert (frame.width, frame.height < 10_000) == (10_000, True)


def test_an_empty_box_is_an_error():
    with pytest.raises(ValueError, match="empty"):
        frame_of(1.0, 1.0, 1.0, 2.0)


def test_points_on_a_straight_line_and_repeats_are_left_out():
    frame = frame_of(-36.0, -10.0, -35.0, -9.0)
    dense = np.array(
        [(-36, -9), (-35.7, -9), (-35.3, -9), (-35, -9), (-35, -9), (-35, -10), (-36, -10), (-36, -9)], float
    )
    assert path_data([dense], frame) == path_data([SQUARE], frame)


def test_small_rings_are_left_out_but_never_the_largest():
    frame = frame_of(-36.0, -10.0, -34.0, -8.0)
    islet = SQUARE * 0.01 + np.array([-34.6, -8.5])
    assert path_data([SQUARE, islet], frame, smallest=1e5).count("M") == 1
    assert path_data([SQUARE, islet], frame).count("M") == 2
    assert path_data([islet], frame, smallest=1e5).count("M") == 1


def test_what_a_coarse_grid_would_swallow_is_drawn_finer():
    frame = frame_of(*BRAZIL)
    town = SQUARE * 0.02 + np.array([-40.0, -10.0])
    assert len(corners(path_data([town], frame, grid=1_000))) >= 3


def test_neighbours_keep_the_same_border_on_any_grid():
    dice = np.random.default_rng(1)
    border = np.column_stack((-35 + dice.uniform(-0.2, 0.2, 60), np.linspace(-9, -10, 60)))
    west = np.vstack(([(-36, -9)], border, [(-36, -10), (-36, -9)]))
    east = np.vstack((border, [(-34, -10), (-34, -9)], border[:1]))
    frame = frame_of(-36.0, -10.0, -34.0, -9.0)
    for grid in (1, 10, 50):
        inner = [
            {point for point in corners(path_data([ring], frame, grid=grid)) if 1_000 < point[0] < frame.width - 1_000}
            for ring in (west, east)
        ]
        assert inner[0] == inner[1]
        assert len(inner[0]) > 30


def corners(path: str) -> set[tuple[int, int]]:
    """The points that a path goes through."""
    x = y = 0
    found: set[tuple[int, int]] = set()
    for command, text in re.findall(r"([Mlhvz])([^Mlhvz]*)", path):
        numbers = [int(part) for part in re.findall(r"-?\d+", text)]
        steps = {
            "M": [tuple(numbers)], "l": list(zip(numbers[::2], numbers[1::2], strict=False)),
            "h": [(step, 0) for step in numbers], "v": [(0, step) for step in numbers], "z": [],
        }[command]  # fmt: skip
        for step in steps:
            x, y = (step[0], step[1]) if command == "M" else (x + step[0], y + step[1])
            found.add((x, y))
    return found


def test_a_path_comes_back_as_the_points_it_was_made_of():
    frame = frame_of(-36.0, -10.0, -35.0, -9.0)
    assert corners(path_data([SQUARE], frame)) == {(0, 0), (frame.width, 0), (frame.width, 10_000), (0, 10_000)}


def test_a_speck_far_from_the_seat_is_no_outline():
    speck = SQUARE * 0.01 + np.array([-40.0, -10.0])
    assert square_degrees([speck]) == pytest.approx(1e-4)
    assert is_remnant([speck], (-41.0, -10.0))
    assert not is_remnant([speck], (-40.355, -10.095))  # the seat is inside
    assert not is_remnant([speck], None)
    assert not is_remnant([SQUARE], (0.0, 0.0))  # too large to be a speck
    assert box_of([SQUARE]) == (-36.0, -10.0, -35.0, -9.0)
