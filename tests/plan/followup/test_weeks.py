"""Weeks, half years and what is late, worked by hand."""

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from trama.plan.followup.weeks import half_year_ends, monday_of, next_review
from trama.plan.strategy.days import days_late, is_late


@dataclass
class Thing:
    state: str
    due_on: date | None


def test_a_week_begins_on_monday():
    assert monday_of(date(2026, 3, 2)) == date(2026, 3, 2)  # a Monday
    assert monday_of(date(2026, 3, 8)) == date(2026, 3, 2)  # its Sunday


def test_only_what_is_open_and_past_its_day_is_late():
    today = date(2026, 3, 10)
    assert days_late(Thing("doing", date(2026, 3, 7)), today) == 3
    assert is_late(Thing("doing", today), today) is False  # the last day still counts
    assert is_late(Thing("done", date(2026, 1, 1)), today) is False
    assert is_late(Thing("todo", None), today) is False


def test_half_years_end_in_june_in_december_and_with_the_plan():
    assert half_year_ends(date(2026, 3, 1), date(2027, 2, 28)) == [
        date(2026, 6, 30),
        date(2026, 12, 31),
        date(2027, 2, 28),
    ]
    assert half_year_ends(date(2026, 1, 1), date(2026, 6, 30)) == [date(2026, 6, 30)]


def test_the_review_that_waits_is_of_the_last_half_year_that_ended():
    period = (date(2026, 1, 1), date(2027, 12, 31))
    assert next_review(*period, [], date(2026, 5, 1)) == date(2026, 6, 30)  # to come
    assert next_review(*period, [], date(2027, 1, 10)) == date(2026, 12, 31)  # June is not asked for any more
    assert next_review(*period, [date(2026, 12, 31)], date(2027, 1, 10)) == date(2027, 6, 30)
    assert next_review(*period, [date(2027, 12, 31)], date(2028, 1, 1)) is None


@given(
    start=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    days=st.integers(1, 2000),
    today=st.dates(date(2020, 1, 1), date(2036, 1, 1)),
)
def test_holding_every_review_that_waits_ends(start: date, days: int, today: date):
    end = start + timedelta(days=days)
    held: list[date] = []
    while (waiting := next_review(start, end, held, today)) is not None:
        assert waiting not in held
        assert start < waiting <= end
        held.append(waiting)
    assert held == sorted(held)
    assert held[-1] == end
