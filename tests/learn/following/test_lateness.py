"""Who is late and when a reminder is due, worked by hand and over many days."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from trama.learn.following.lateness import STEPS, Facts, Late, Reminder, Why, late, planned_days, reminder

MONDAY = date(2026, 3, 2)
FIRST, LAST = date(2026, 2, 2), date(2026, 6, 30)


def on(days: int) -> date:
    return MONDAY + timedelta(days=days)


def test_every_reason_stands_with_its_figures():
    facts = Facts(began_on=on(0), last_on=on(2), overdue_on=on(8), returned_on=on(6), missed=2, held=3, peers_owed=1)
    assert late(facts, on(9)) == (
        Late(Why.STOPPED, on(2)), Late(Why.BEHIND, on(8)), Late(Why.RETURNED, on(6)), Late(Why.PEERS, n=1),
        Late(Why.MISSED, n=2, of=3),
    )  # fmt: skip
    assert late(Facts(began_on=on(0)), on(7)) == (Late(Why.NEVER_CAME, on(0)),)


def test_who_goes_on_or_has_just_begun_is_not_late():
    assert late(Facts(began_on=on(0)), on(6)) == ()
    assert late(Facts(began_on=on(0), last_on=on(3), returned_on=on(8), missed=1, held=4), on(9)) == ()
    done = Facts(began_on=on(0), complete=True, overdue_on=on(1), missed=5, held=5, peers_owed=2, returned_on=on(1))
    assert late(done, on(60)) == ()


def test_days_before_one_began_do_not_count():
    assert Facts(began_on=on(5), last_on=on(1)).idle_since == on(5)  # enrolled again, after a pause


def days_of_reminders(facts: Facts, days: int) -> list[tuple[int, Reminder]]:
    """The reminders of a person who does nothing, day by day, each told at once."""
    told: set[Reminder] = set()
    found = []
    for n in range(days):
        due = reminder(facts, on(n), told, first=FIRST, last=LAST)
        if due is not None:
            told.add(due)
            found.append((n, due))
    return found


def test_reminders_come_after_1_3_7_and_14_days_and_never_on_a_weekend():
    found = days_of_reminders(Facts(began_on=FIRST, last_on=on(0)), 40)
    assert [(n, one.step) for n, one in found] == [(1, 1), (3, 3), (7, 7), (14, 14)]
    friday = days_of_reminders(Facts(began_on=FIRST, last_on=on(4)), 40)  # a day later is Saturday, three are Monday
    assert [(n, one.step) for n, one in friday] == [(7, 3), (11, 7), (18, 14)]


def test_no_reminder_before_or_after_the_term_nor_after_completion():
    facts = Facts(began_on=FIRST, last_on=FIRST)
    assert reminder(facts, LAST, (), first=FIRST, last=LAST) is not None
    assert reminder(facts, LAST + timedelta(days=1), (), first=FIRST, last=LAST) is None
    assert reminder(facts, on(7), (), first=on(8), last=LAST) is None
    assert reminder(Facts(began_on=FIRST, complete=True), on(7), (), first=FIRST, last=LAST) is None
    assert reminder(facts, LAST + timedelta(days=1), (), first=FIRST, last=None) is not None  # one's own pace


def test_a_planned_day_that_passed_is_told_of_too():
    active = Facts(began_on=FIRST, last_on=on(9), overdue_on=on(6))
    assert reminder(active, on(9), (), first=FIRST, last=LAST) == Reminder("due", on(6), 3)
    assert reminder(active, on(9), {Reminder("due", on(6), 3)}, first=FIRST, last=LAST) is None
    assert reminder(active, on(9), {Reminder("due", on(1), 3)}, first=FIRST, last=LAST) is not None  # another day


@given(st.dates(on(0), on(60)), st.none() | st.dates(on(0), on(60)), st.none() | st.dates(on(0), on(60)), st.booleans())
def test_each_step_is_told_once_and_always_on_a_working_day_of_the_term(began, last, overdue, complete):
    facts = Facts(began_on=began, complete=complete, last_on=last, overdue_on=overdue)
    found = days_of_reminders(facts, 150)
    told = [one for _n, one in found]
    assert len(set(told)) == len(told) <= 2 * len(STEPS)
    for n, one in found:
        assert on(n).weekday() < 5
        assert FIRST <= on(n) <= LAST
        assert one.step in STEPS
        assert (on(n) - one.since).days >= one.step
    assert not (complete and found)
    for kind in ("idle", "due"):
        steps = [one.step for one in told if one.kind == kind]
        assert steps == sorted(steps)


def test_the_term_is_shared_out_by_the_minutes_of_the_modules():
    assert planned_days(on(0), on(30), [60, 60, 180]) == [on(6), on(12), on(30)]
    assert planned_days(on(0), None, [60, 60]) == [None, None]
    assert planned_days(on(0), on(30), []) == []


@given(st.lists(st.integers(1, 600), min_size=1, max_size=12), st.integers(0, 400))
def test_planned_days_rise_and_end_with_the_cohort(minutes, days):
    found = planned_days(on(0), on(days), minutes)
    assert found == sorted(found)
    assert found[-1] == on(days)
