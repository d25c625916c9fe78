"""Percentages of people: never a way back to fewer than ten of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trama_measure.disclosure import ShareKind, ShownShare, show_share


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (5, 9, ShownShare(ShareKind.WITHHELD, None, None)),
        (0, 0, ShownShare(ShareKind.WITHHELD, None, None)),
        (5, 10, ShownShare(ShareKind.BAND, 50, 100)),
        (4, 10, ShownShare(ShareKind.BAND, 0, 50)),
        (10, 20, ShownShare(ShareKind.EXACT, 50, 50)),
        (3, 30, ShownShare(ShareKind.BAND, 0, 50)),
        (9, 100, ShownShare(ShareKind.BAND, 0, 10)),
        (45, 100, ShownShare(ShareKind.EXACT, 45, 45)),
        (1, 8, ShownShare(ShareKind.WITHHELD, None, None)),
        (25, 200, ShownShare(ShareKind.EXACT, 13, 13)),  # 12.5 goes up
        (0, 40, ShownShare(ShareKind.BAND, 0, 25)),
        (40, 40, ShownShare(ShareKind.BAND, 75, 100)),
        (0, 1000, ShownShare(ShareKind.AT_MOST, 0, 5)),
        (50, 1000, ShownShare(ShareKind.AT_MOST, 0, 5)),
        (51, 1000, ShownShare(ShareKind.EXACT, 5, 5)),
        (1000, 1000, ShownShare(ShareKind.AT_LEAST, 95, 100)),
        (950, 1000, ShownShare(ShareKind.AT_LEAST, 95, 100)),
    ],
)
def test_shares_worked_by_hand(part, whole, shown):
    assert show_share(part, whole) == shown


@pytest.mark.parametrize(("part", "whole"), [(-1, 10), (11, 10)])
def test_a_part_outside_its_whole_is_refused(part, whole):
    with pytest.raises(ValueError):
        show_share(part, whole)


@settings(deadline=None)
@given(st.integers(1, 1500).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_what_is_shown_is_true_and_leaves_ten_people_in_doubt(pair):
    part, whole = pair
    shown = show_share(part, whole)
    if shown.kind is ShareKind.WITHHELD:
        assert whole < 10
        return
    alike = [other for other in range(whole + 1) if show_share(other, whole) == shown]
    if shown.kind is ShareKind.EXACT:
        assert abs(100 * part / whole - shown.low) <= 0.5
        assert min(min(other, whole - other) for other in alike) >= 10  # the groups told apart have ten or more
    else:
        assert shown.low <= 100 * part / whole <= shown.high
        assert part in (0, whole) or len(alike) > 1


@settings(deadline=None)
@given(st.integers(10, 1500))
def test_nobody_and_everybody_are_never_told_as_such(whole):
    for part in (0, whole):
        shown = show_share(part, whole)
        assert shown.kind is not ShareKind.EXACT
        assert shown.high - shown.low >= 5
        alike = [other for other in range(whole + 1) if show_share(other, whole) == shown]
        assert len(alike) >= min(10, whole // 2)
