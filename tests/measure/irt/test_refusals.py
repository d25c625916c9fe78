"""What cannot be calibrated is refused, with the reason and the place."""

import numpy as np
import pytest

from trama_measure.irt import CalibrationRefused, ItemResponseModel, Prior

from .worlds import drawn, three_parameter_items, two_parameter_items

NAMES = [f"M{number:02}" for number in range(1, 9)]


@pytest.fixture
def answers():
    return drawn(two_parameter_items(8), np.random.default_rng(0).normal(size=300))


def refusal(answers, model="2pl", **more):
    with pytest.raises(CalibrationRefused) as refused:
        ItemResponseModel(model=model).fit(answers, items=NAMES, **more)
    return str(refused.value)


def test_items_without_a_finite_difficulty(answers):
    for value, word in ((0, "wrong"), (1, "right")):
        answers[:, 2] = value
        assert refusal(answers) == (f"item M03: all 300 answers are {word}; it has no finite difficulty. Leave it out")
    answers[:, 2] = -1
    assert refusal(answers) == "items that nobody answered: M03"


def test_booklets_that_no_item_connects_are_named(answers):
    answers[:150, 4:], answers[150:, :4] = -1, -1
    assert refusal(answers).endswith("part 1: M01, M02, M03, M04; part 2: M05, M06, M07, M08")
    answers[0, 5] = 1  # one student who answered both is a connection, if a thin one
    ItemResponseModel(model="1pl", max_passes=3).fit(answers)


def test_anchors_connect_what_no_student_does(answers):
    answers[:150, 4:], answers[150:, :4] = -1, -1
    known = {"M01": (1.0, 0.0), "M05": (1.0, 0.3)}
    found = ItemResponseModel(anchors=known).fit(answers, items=NAMES)
    assert found.items.filter(found.items["anchored"])["b"].to_list() == pytest.approx([0.0, 0.3])
    with pytest.raises(CalibrationRefused, match="2 parts"):
        ItemResponseModel(anchors={"M01": (1.0, 0.0)}).fit(answers, items=NAMES)


def test_a_student_who_comes_twice(answers):
    students = np.arange(300)
    students[7] = 3
    assert refusal(answers, students=students) == "students: 1 come more than once, such as 3; expected one row each"


def test_three_parameters_without_prior_on_few_answers():
    answers = drawn(three_parameter_items(8), np.random.default_rng(0).normal(size=300))
    with pytest.raises(CalibrationRefused, match=r"fewer than 5000 answers \(fewest: 300\)"):
        ItemResponseModel(model="3pl", prior=Prior()).fit(answers)
    ItemResponseModel(model="3pl", prior=Prior(), fewest_answers=300, max_passes=2).fit(answers)


def test_answers_and_companions_of_the_wrong_kind(answers):
    wrong, more, gap = answers.copy(), answers.copy(), answers.copy()
    wrong[4, 1] = -2
    more[0, 0] = 2
    gap[:, 0] *= 2
    with pytest.raises(CalibrationRefused, match=r"row 4, item 1: found -2"):
        ItemResponseModel().fit(wrong)
    with pytest.raises(CalibrationRefused, match="int8 array"):
        ItemResponseModel().fit(answers.astype(float))
    with pytest.raises(CalibrationRefused, match="row 9: found nan"):
        ItemResponseModel().fit(answers, weights=np.where(np.arange(300) == 9, np.nan, 1.0))
    with pytest.raises(CalibrationRefused, match="one per student"):
        ItemResponseModel().fit(answers, groups=["a"])
    with pytest.raises(ValueError, match="right and wrong"):
        ItemResponseModel().fit(more)
    with pytest.raises(CalibrationRefused, match="no answer in category 1 of 0 to 2"):
        ItemResponseModel(model="graded").fit(gap)


def test_a_model_that_is_not_one():
    with pytest.raises(ValueError, match="latent"):
        ItemResponseModel(latent="gamma")
    with pytest.raises(ValueError, match="no model is called"):
        ItemResponseModel(model="5pl").fit(np.array([[0, 1], [1, 0]], dtype=np.int8))
    with pytest.raises(ValueError, match="engine"):
        ItemResponseModel(engine="abacus").fit(np.array([[0, 1], [1, 0]], dtype=np.int8))
    with pytest.raises(ValueError, match="reference"):
        ItemResponseModel(reference="z").fit(np.array([[0, 1], [1, 0]], dtype=np.int8), groups=["a", "b"])


def test_students_who_answered_nothing_change_nothing(answers):
    silent = np.full((5, 8), -1, dtype=np.int8)
    one = ItemResponseModel(errors="none").fit(answers)
    more = ItemResponseModel(errors="none").fit(np.concatenate([silent, answers]))
    assert more.items["a"].to_list() == pytest.approx(one.items["a"].to_list(), abs=1e-9)
    assert more.students == 300


def test_convergence_that_was_not_reached_is_told(answers):
    found = ItemResponseModel(max_passes=3).fit(answers)
    assert not found.convergence.converged
    assert "3 passes were used up" in found.convergence.reasons[0]
    calls = []
    done = ItemResponseModel().fit(answers, progress=lambda *told: calls.append(told))
    assert done.convergence.converged
    assert [number for number, _, _ in calls] == list(range(1, done.convergence.passes + 1))
