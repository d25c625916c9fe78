"""When a course is complete, worked by hand."""

from dataclasses import replace
from fractions import Fraction

import pytest

from trama.learn.progress.completion import Reason, completion
from trama.learn.progress.facts import AssignmentFact, Attendance, Facts, LessonFact, PeerFact, QuizFact, Rules, Work

ALL = Rules("all", "pass", "accepted", 75)
DONE = Facts(
    lessons=(LessonFact(1, True), LessonFact(3, True)),
    quizzes=(QuizFact(2, 70, Fraction(80)),),
    assignments=(AssignmentFact(4, Work.ACCEPTED),),
    attendance=Attendance(attended=3, held=4),
)


def test_everything_asked_and_done_is_complete_and_each_thing_alone_decides():
    assert completion(ALL, DONE).complete
    for change in (
        {"lessons": (LessonFact(1, True), LessonFact(3, False))},
        {"quizzes": (QuizFact(2, 70, Fraction(6999, 100)),)},
        {"assignments": (AssignmentFact(4, Work.HANDED_IN),)},
        {"attendance": Attendance(attended=2, held=4)},
    ):
        found = completion(ALL, replace(DONE, **change))
        assert not found.complete
        assert len(found.missing) == 1, change
        assert found.met_count == 4


def test_what_is_not_asked_does_not_count():
    nothing_done = Facts(lessons=(LessonFact(1, False),), quizzes=(QuizFact(2, 70),), assignments=(AssignmentFact(4),))
    assert [line.kind for line in completion(Rules("all", "none", "none"), nothing_done).lines] == ["lesson"]
    assert [line.kind for line in completion(Rules("none", "pass", "none"), nothing_done).lines] == ["quiz"]
    assert [line.kind for line in completion(Rules("none", "none", "accepted"), nothing_done).lines] == ["assignment"]
    assert not completion(Rules("none", "none", "none"), DONE).complete


def test_lines_stand_in_the_order_of_the_course_with_attendance_last():
    lines = completion(ALL, DONE, order=[1, 2, 3, 4]).lines
    assert [(line.kind, line.part) for line in lines] == [
        ("lesson", 1), ("quiz", 2), ("lesson", 3), ("assignment", 4), ("attendance", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "to_pass", "to_answer"),
    [
        (QuizFact(2, 70), (False, Reason.NOT_BEGUN, False), (False, Reason.NOT_BEGUN)),
        (QuizFact(2, 70, running=True, left=0), (False, Reason.NOT_FINISHED, False), (False, Reason.NOT_FINISHED)),
        (QuizFact(2, 70, Fraction(70)), (True, Reason.PASSED, False), (True, Reason.ANSWERED)),
        (QuizFact(2, 70, Fraction(60), left=2), (False, Reason.BELOW, False), (True, Reason.ANSWERED)),
        (QuizFact(2, 70, Fraction(60), left=0), (False, Reason.NO_ATTEMPTS_LEFT, True), (True, Reason.ANSWERED)),
        (QuizFact(2, 70, Fraction(60), left=0, running=True), (False, Reason.BELOW, False), (True, Reason.ANSWERED)),
    ],
)
def test_a_quiz_says_why(fact: QuizFact, to_pass: tuple, to_answer: tuple):
    passing = completion(Rules("none", "pass", "none"), Facts(quizzes=(fact,))).lines[0]
    assert (passing.met, passing.reason, passing.waits_for_others) == to_pass
    answering = completion(Rules("none", "answer", "none"), Facts(quizzes=(fact,))).lines[0]
    assert (answering.met, answering.reason) == to_answer


@pytest.mark.parametrize(
    ("fact", "accepted", "submitted"),
    [
        (AssignmentFact(4), (False, Reason.NOT_HANDED_IN, False), False),
        (AssignmentFact(4, Work.DRAFT), (False, Reason.NOT_HANDED_IN, False), False),
        (AssignmentFact(4, Work.HANDED_IN), (False, Reason.WAITS_FOR_TRAINER, True), True),
        (AssignmentFact(4, Work.RETURNED), (False, Reason.RETURNED, False), True),
        (AssignmentFact(4, Work.ACCEPTED), (True, Reason.ACCEPTED, False), True),
        (AssignmentFact(4, joint=True, without_pair=True), (False, Reason.NO_PAIR, True), False),
    ],
)
def test_an_assignment_says_whose_turn_it_is(fact: AssignmentFact, accepted: tuple, submitted: bool):
    line = completion(Rules("none", "none", "accepted"), Facts(assignments=(fact,))).lines[0]
    assert (line.met, line.reason, line.waits_for_others) == accepted
    assert completion(Rules("none", "none", "submitted"), Facts(assignments=(fact,))).lines[0].met == submitted


@pytest.mark.parametrize(
    ("fact", "met", "reason", "asked"),
    [
        (Attendance(0, 0, 0), True, Reason.NO_MEETINGS, None),
        (Attendance(0, 0, 4), False, Reason.CAN_BE_REACHED, 3),
        (Attendance(3, 3, 1), True, Reason.ENOUGH, 3),  # 75 % of 4 is 3: the last one may be missed
        (Attendance(2, 3, 0), False, Reason.TOO_FEW, 3),  # 75 % of 3 is 2.25, so 3
        (Attendance(1, 3, 1), False, Reason.TOO_FEW, 3),
        (Attendance(2, 3, 1), False, Reason.CAN_BE_REACHED, 3),
    ],
)
def test_attendance_counts_meetings_and_says_whether_it_can_still_be_reached(fact, met, reason, asked):
    line = completion(Rules("none", "none", "none", 75), Facts(attendance=fact)).lines[0]
    assert (line.met, line.reason, line.asked) == (met, reason, asked)
    assert line.waits_for_others == (reason == Reason.TOO_FEW)


def test_a_rule_nobody_wrote_is_refused():
    for rules in (Rules("most", "none", "none"), Rules("none", "try", "none"), Rules("none", "none", "seen")):
        with pytest.raises(ValueError, match="unknown rule"):
            completion(rules, DONE)


@pytest.mark.parametrize(
    ("peers", "work", "met", "reason", "waits"),
    [
        (PeerFact(), Work.NOTHING, False, Reason.PEERS_AFTER_WORK, False),
        (PeerFact(), Work.HANDED_IN, False, Reason.NO_PEERS_YET, True),
        (PeerFact(2, 1), Work.ACCEPTED, False, Reason.PEERS_WAIT, False),
        (PeerFact(2, 2), Work.ACCEPTED, True, Reason.PEERS_READ, False),
    ],
)
def test_feedback_to_peers_is_a_line_of_its_own(peers, work, met, reason, waits):
    rules = Rules("none", "none", "accepted")
    lines = completion(rules, Facts(assignments=(AssignmentFact(1, work, peers=peers),))).lines
    assert [line.kind for line in lines] == ["assignment", "peers"]
    assert (lines[1].met, lines[1].reason, lines[1].waits_for_others) == (met, reason, waits)
    without = completion(Rules("none", "none", "none"), Facts(assignments=(AssignmentFact(1, work, peers=peers),)))
    assert without.lines == ()
