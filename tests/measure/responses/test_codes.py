"""Characters of answer files as codes, and the container that refuses what it cannot place."""

import numpy as np
import pytest

from trama_measure.responses import (
    ENEM,
    SAEB_1995,
    Alphabet,
    Answers,
    Code,
    DuplicatedStudents,
    Responses,
    Roster,
    decode,
    from_arrays,
    groups_of,
    trailing_blanks_are_not_reached,
)


def characters(*rows: str) -> np.ndarray:
    return np.array([list(row.encode()) for row in rows], dtype=np.uint8)


def test_letters_blanks_and_marks():
    assert decode(characters("AbE* .")).tolist() == [[0, 1, 4, 253, 251, 251]]
    assert decode(characters("9A.*"), ENEM).tolist() == [[255, 0, 251, 253]]
    assert decode(characters("A_.."), SAEB_1995).tolist() == [[0, 251, 252, 252]]
    assert decode(characters("158"), Alphabet(options="12345", omitted="8")).tolist() == [[0, 4, 251]]


def test_an_unknown_character_is_named_with_its_place():
    with pytest.raises(ValueError, match=r"row 1, answer 3: found 'F', expected .*ABCDE"):
        decode(characters("AAA", "BBF"))
    with pytest.raises(ValueError, match="one meaning"):
        Alphabet(omitted="a").table()


def test_blanks_at_the_end_were_not_reached_but_for_the_first():
    blank, gone, two, out = Code.OMITTED, Code.NOT_REACHED, Code.DOUBLE_MARK, Code.NOT_PRESENTED
    raw = np.array(
        [
            [0, blank, 1, blank, blank, blank],
            [blank, blank, blank, blank, blank, blank],
            [0, 1, 2, 3, 4, 0],
            [0, blank, two, blank, out, blank],
        ],
        dtype=np.uint8,
    )
    assert trailing_blanks_are_not_reached(raw).tolist() == [
        [0, blank, 1, blank, gone, gone],
        [blank, gone, gone, gone, gone, gone],
        [0, 1, 2, 3, 4, 0],
        [0, blank, two, blank, out, gone],
    ]


def test_the_treatment_of_what_is_not_given_is_chosen():
    codes = np.array([[0, 1, 251, 252, 253, 254, 255]])
    made = from_arrays(codes)
    assert made.scored().tolist() == [[0, 1, 0, -1, 0, -1, -1]]
    assert made.scored(omitted="missing", not_reached="wrong", double_mark="missing").tolist() == [
        [0, 1, -1, 0, -1, -1, -1]
    ]
    assert made.scored().dtype == np.int8
    with pytest.raises(ValueError, match=r"omitted: found 'zero', expected 'wrong' or 'missing'"):
        made.scored(omitted="zero")


def test_nan_is_not_presented():
    made = from_arrays(np.array([[1.0, np.nan], [0.0, 1.0]]), items=["a", "b"], booklet=np.array(["x", "y"]))
    assert made.codes.tolist() == [[1, 255], [0, 1]]
    assert made.booklets == ("x", "y")
    assert made.items_of_booklets().tolist() == [[True, False], [True, True]]
    assert made.presented.tolist() == [[True, False], [True, True]]


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        ([[0, 2]], r"row 0, item i2: found code 2, expected 0 to 1 or one of 251 omitted"),
        ([[0.5, 1.0]], "scores must be 0, 1, NaN"),
        ([[-1, 1]], "write 255"),
        ([0, 1], "1 dimensions, expected 2"),
    ],
)
def test_codes_that_mean_nothing_are_refused(codes, message):
    with pytest.raises(ValueError, match=message):
        from_arrays(np.array(codes))


def test_students_who_come_twice_are_named_with_their_rows():
    with pytest.raises(DuplicatedStudents, match=r"2 students come more than once: 7 in rows 0, 2; 9 in rows 3, 4, 5"):
        from_arrays(np.zeros((6, 1)), student=np.array([7, 8, 7, 9, 9, 9]))
    with pytest.raises(DuplicatedStudents, match="ana in rows 0, 1"):
        from_arrays(np.zeros((2, 1)), student=np.array(["ana", "ana"]))
    many = np.repeat(np.arange(12), 2)
    with pytest.raises(DuplicatedStudents, match="and 2 more"):
        from_arrays(np.zeros((24, 1)), student=many)


def test_weights_shapes_items_and_booklets_are_checked():
    with pytest.raises(ValueError, match=r"student 1: weight is 0\.0"):
        from_arrays(np.zeros((2, 1)), weight=np.array([1.0, 0.0]))
    with pytest.raises(ValueError, match=r"school: found shape \(3,\), expected \(2,\)"):
        from_arrays(np.zeros((2, 1)), school=np.array([1, 2, 3]))
    with pytest.raises(ValueError, match="items that come twice: a"):
        from_arrays(np.zeros((2, 2)), items=["a", "a"])
    roster = Roster(np.arange(1), np.array([2]), np.ones(1))
    with pytest.raises(ValueError, match="booklets are numbered 2 to 2, found 1 labels"):
        Responses(np.zeros((1, 1), dtype=np.uint8), ("a",), roster)
    with pytest.raises(ValueError, match=r"expected uint8 \(1, 2\)"):
        Responses(np.zeros((1, 1), dtype=np.uint8), ("a", "b"), Roster(np.arange(1), np.array([0]), np.ones(1)))
    with pytest.raises(ValueError, match="found code 254"):
        Answers(np.array([[254]], dtype=np.uint8), ("a",), Roster(np.arange(1), np.array([0]), np.ones(1)))


def test_taking_students_keeps_what_belongs_to_them():
    made = from_arrays(
        np.array([[1, 0], [0, 0], [1, 1]]), student=np.array([5, 6, 7]), school=np.array(["x", "y", "z"])
    )
    some = made.take(np.array([2, 0]))
    assert some.codes.tolist() == [[1, 1], [1, 0]]
    assert some.roster.student.tolist() == [7, 5]
    assert some.roster.school.tolist() == ["z", "x"]


def test_groups_are_numbered_in_rising_order_of_id():
    mixed = groups_of(np.array([30, 10, 30, 20]))
    assert (mixed.codes.tolist(), mixed.ids.tolist(), mixed.starts) == ([2, 0, 2, 1], [10, 20, 30], None)
    sorted_ = groups_of(np.array(["a", "a", "b"]))
    assert (sorted_.codes.tolist(), sorted_.ids.tolist(), sorted_.starts.tolist()) == ([0, 0, 1], ["a", "b"], [0, 2])
    assert groups_of(np.array([], dtype=np.int64)).codes.size == 0
