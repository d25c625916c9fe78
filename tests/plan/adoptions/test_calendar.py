"""The calendar: worked by hand, and what holds for any technology, start and recess."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trama.plan.adoptions.calendar import (
    FreeDays,
    ImpossibleCalendar,
    Span,
    next_working,
    offsets,
    propose,
    running_day,
    running_days_between,
    shifted,
)

MONDAY = date(2026, 3, 2)
NO_RECESS = FreeDays(None)
USUAL = FreeDays()


def spans(*days: tuple[str, str]) -> list[Span]:
    return [Span(date.fromisoformat(first), date.fromisoformat(last)) for first, last in days]


def test_two_stages_from_a_monday_by_hand():
    """Five days fill the week; the sixth and seventh are a weekend, so the next step begins on Monday."""
    plan = propose(MONDAY, [(2, [5, 7]), (1, [3])], NO_RECESS)
    assert plan == [
        spans(("2026-03-02", "2026-03-06"), ("2026-03-09", "2026-03-13")),  # Sat 7 -> Mon 9; Fri 13 is its seventh day
        spans(("2026-03-16", "2026-03-18")),  # the stage of two weeks ends on Sunday 15
    ]


def test_a_step_that_falls_on_a_weekend_only_is_done_on_monday():
    plan = propose(MONDAY, [(1, [5, 2])], NO_RECESS)
    assert plan[0][1] == Span(date(2026, 3, 9), date(2026, 3, 9))


def test_weekends_can_be_used():
    plan = propose(MONDAY, [(1, [5, 2])], FreeDays(None, weekends=False))
    assert plan[0][1] == Span(date(2026, 3, 7), date(2026, 3, 8))


def test_time_stands_still_in_the_recess():
    """From Monday 14 December, two weeks: six days until the 19th, then on from 1 February."""
    plan = propose(date(2026, 12, 14), [(2, [5, 9])], USUAL)
    assert plan[0] == spans(("2026-12-14", "2026-12-18"), ("2027-02-01", "2027-02-08"))
    assert running_day(date(2026, 12, 19), 1, USUAL) == date(2027, 2, 1)


def test_a_start_in_the_recess_waits_for_its_end():
    assert propose(date(2026, 12, 25), [(1, [1])], USUAL)[0][0].start == date(2027, 2, 1)


def test_steps_with_more_days_than_their_stage_overlap_in_order():
    """Thirty days of steps in a stage of fourteen: they begin at 0, 14*10//30 = 4 and 14*20//30 = 9."""
    assert offsets(14, [10, 10, 10]) == [(0, 9), (4, 13), (9, 13)]
    assert offsets(14, [5, 5]) == [(0, 4), (5, 9)]


def test_a_shift_moves_by_running_days_over_the_recess():
    """Seven running days after 14 December: five until the 19th, then 1 and 2 February; after the 18th, Saturday 6."""
    before = spans(("2026-12-07", "2026-12-11"), ("2026-12-14", "2026-12-18"))
    assert shifted(before, date(2026, 12, 14), USUAL) == spans(
        ("2026-12-14", "2026-12-18"), ("2027-02-02", "2027-02-05")
    )


def test_stages_of_centuries_have_no_calendar():
    with pytest.raises(ImpossibleCalendar):
        propose(MONDAY, [(30_000, [5]), (30_000, [5])], NO_RECESS)


def test_days_between_are_the_inverse_of_walking():
    assert running_days_between(MONDAY, date(2026, 3, 9), USUAL) == 7
    assert running_days_between(date(2026, 3, 9), MONDAY, USUAL) == -7
    assert running_days_between(date(2026, 12, 18), date(2027, 2, 1), USUAL) == 2


days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
frees = st.builds(
    FreeDays,
    recess=st.sampled_from([None, ((12, 20), (1, 31)), ((7, 1), (7, 31)), ((12, 1), (2, 10))]),
    weekends=st.booleans(),
)
technologies = st.lists(
    st.tuples(st.integers(1, 8), st.lists(st.integers(1, 60), min_size=1, max_size=5)), min_size=1, max_size=5
)


@given(start=days, stages=technologies, free=frees)
def test_no_step_before_the_one_before_it_and_no_stage_before_its_predecessor(start, stages, free):
    plan = propose(start, stages, free)
    for steps in plan:
        assert all(step.start <= step.end for step in steps)
        assert [step.start for step in steps] == sorted(step.start for step in steps)
    for before, after in itertools.pairwise(plan):
        assert min(step.start for step in after) >= max(step.end for step in before)
    assert plan[0][0].start == next_working(start, free)


@given(start=days, stages=technologies, free=frees)
def test_nothing_falls_on_a_free_day_and_the_whole_takes_its_weeks(start, stages, free):
    plan = propose(start, stages, free)
    every = [step for steps in plan for step in steps]
    assert all(free.is_working(step.start) and free.is_working(step.end) for step in every)
    last = max(step.end for step in every)
    total = sum(weeks for weeks, _ in stages) * 7
    limit = running_day(next_working(start, free), total - 1, free)
    assert last <= next_working(limit, free)


@given(start=days, stages=technologies, free=frees, later=st.integers(-30, 120))
def test_a_shift_keeps_order_and_free_days(start, stages, free, later):
    every = [step for steps in propose(start, stages, free) for step in steps]
    target = start + timedelta(days=later)
    moved = shifted(every, target, free)
    assert len(moved) == len(every)
    assert moved[0].start == next_working(target, free)
    assert [step.start for step in moved] == sorted(step.start for step in moved)
    assert all(step.start <= step.end for step in moved)
    assert all(free.is_working(step.start) and free.is_working(step.end) for step in moved)
    for i, one in enumerate(every):
        for j, other in enumerate(every):
            if one.end < other.start and one.start < other.start:
                assert moved[i].start <= moved[j].start
                assert moved[i].end <= max(moved[j].end, moved[j].start)
