"""When a course is complete, and why not yet: one pure function for learner, trainer and certificate.

``completion(rules, facts)`` looks at facts alone. It gives one line for each thing that the rules of the version ask,
met or not, with the figures that decide it; the course is complete when every line is met.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from .facts import AssignmentFact, Attendance, Facts, PackageFact, PeerFact, QuizFact, Rules, ToolFact, Work


class Reason(StrEnum):
    """Why a line stands as it does; the pages put each into words."""

    OPENED = "opened"
    NOT_OPENED = "not opened"
    PASSED = "passed"
    ANSWERED = "answered"
    NOT_BEGUN = "not begun"
    NOT_FINISHED = "not finished"
    BELOW = "below"
    NO_ATTEMPTS_LEFT = "no attempts left"
    ACCEPTED = "accepted"
    HANDED_IN = "handed in"
    NOT_HANDED_IN = "not handed in"
    WAITS_FOR_TRAINER = "waits for trainer"
    RETURNED = "returned"
    NO_PAIR = "no pair"
    PEERS_READ = "peers read"
    PEERS_WAIT = "peers wait"
    NO_PEERS_YET = "no peers yet"
    PEERS_AFTER_WORK = "peers after work"
    FINISHED = "finished"
    ENOUGH = "enough"
    NO_MEETINGS = "no meetings"
    TOO_FEW = "too few"
    CAN_BE_REACHED = "can be reached"
    GONE_THROUGH = "gone through"
    PACKAGE_PASSED = "package passed"
    NOT_PASSED = "not passed"
    NO_SCORE = "no score"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is asked. ``waits_for_others``: nothing that the learner could do now would change it."""

    kind: str  # lesson, quiz, assignment, package, tool, peers, attendance
    met: bool
    reason: Reason
    part: int | None = None
    got: Fraction | None = None  # per cent of the quiz, or meetings attended
    asked: Fraction | None = None  # per cent to pass, or meetings to attend
    of: int | None = None  # meetings held; attempts left
    waits_for_others: bool = False


@dataclass(frozen=True, slots=True)
class Completion:
    """Every line, in the order of the version; lessons, quizzes, assignments and attendance together."""

    lines: tuple[Line, ...]

    @property
    def complete(self) -> bool:
        """A version that asks for nothing at all certifies nothing."""
        return bool(self.lines) and all(line.met for line in self.lines)

    @property
    def missing(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.met)

    @property
    def met_count(self) -> int:
        return sum(line.met for line in self.lines)


def completion(rules: Rules, facts: Facts, order: Iterable[int] = ()) -> Completion:
    """What the rules ask and how the facts answer. ``order``: the parts as the course shows them.

    Raises ``ValueError`` for a rule that is not known: a certificate is never issued by a rule nobody wrote.
    """
    place = {part: number for number, part in enumerate(order)}
    lines = [*_lessons(rules, facts), *_quizzes(rules, facts), *_assignments(rules, facts), *_packages(facts)]
    lines += [line for one in facts.tools if (line := _tool(one)) is not None]
    lines.sort(key=lambda line: place.get(line.part or 0, len(place)))
    if rules.attendance_percent:
        lines.append(_attendance(rules.attendance_percent, facts.attendance))
    return Completion(tuple(lines))


def _asks(rule: str, known: tuple[str, ...]) -> bool:
    if rule not in (*known, "none"):
        raise ValueError(f"unknown rule {rule!r}; known: {', '.join(known)}, none")
    return rule != "none"


def _lessons(rules: Rules, facts: Facts) -> list[Line]:
    if not _asks(rules.lessons, ("all",)):
        return []
    return [
        Line("lesson", one.opened, Reason.OPENED if one.opened else Reason.NOT_OPENED, one.part)
        for one in facts.lessons
    ]


def _quizzes(rules: Rules, facts: Facts) -> list[Line]:
    if not _asks(rules.quizzes, ("pass", "answer")):
        return []
    return [_quiz(one, rules.quizzes == "pass") for one in facts.quizzes]


def _quiz(fact: QuizFact, to_pass: bool) -> Line:
    asked = Fraction(fact.pass_percent) if to_pass else None
    if fact.best is None:
        none_left = fact.left == 0 and not fact.running
        reason = Reason.NOT_FINISHED if fact.running else Reason.NOT_BEGUN
        reason = Reason.NO_ATTEMPTS_LEFT if none_left else reason
        return Line("quiz", False, reason, fact.part, None, asked, fact.left, waits_for_others=none_left)
    if not to_pass:
        return Line("quiz", True, Reason.ANSWERED, fact.part, fact.best)
    if fact.best >= fact.pass_percent:
        return Line("quiz", True, Reason.PASSED, fact.part, fact.best, asked)
    stuck = fact.left == 0 and not fact.running
    reason = Reason.NO_ATTEMPTS_LEFT if stuck else Reason.BELOW
    return Line("quiz", False, reason, fact.part, fact.best, asked, fact.left, waits_for_others=stuck)


def _assignments(rules: Rules, facts: Facts) -> list[Line]:
    if not _asks(rules.assignments, ("accepted", "submitted")):
        return []
    to_accept = rules.assignments == "accepted"
    lines = []
    for one in facts.assignments:
        lines.append(_assignment(one, to_accept))
        if one.peers is not None:
            lines.append(_peers(one, one.peers))
    return lines


def _peers(fact: AssignmentFact, peers: PeerFact) -> Line:
    """Feedback on all that was given out to the learner; before anything was, nothing else can be done."""

    def line(reason: Reason, *, met: bool = False, waits: bool = False) -> Line:
        got, asked = Fraction(peers.given), Fraction(peers.given_out)
        return Line("peers", met, reason, fact.part, got, asked, waits_for_others=waits)

    if peers.given_out:
        done = peers.given >= peers.given_out
        return line(Reason.PEERS_READ if done else Reason.PEERS_WAIT, met=done)
    if fact.work in (Work.NOTHING, Work.DRAFT):
        return line(Reason.PEERS_AFTER_WORK)
    return line(Reason.NO_PEERS_YET, waits=True)


def _assignment(fact: AssignmentFact, to_accept: bool) -> Line:
    def line(met: bool, reason: Reason, waits: bool = False) -> Line:
        return Line("assignment", met, reason, fact.part, waits_for_others=waits)

    if fact.work == Work.ACCEPTED:
        return line(True, Reason.ACCEPTED)
    if fact.work == Work.HANDED_IN:
        return line(False, Reason.WAITS_FOR_TRAINER, waits=True) if to_accept else line(True, Reason.HANDED_IN)
    if fact.work == Work.RETURNED:
        # Where handing in is all that is asked, a piece that came back was still handed in.
        return line(not to_accept, Reason.RETURNED if to_accept else Reason.HANDED_IN)
    if fact.without_pair:
        return line(False, Reason.NO_PAIR, waits=True)
    return line(False, Reason.NOT_HANDED_IN)


def _packages(facts: Facts) -> list[Line]:
    """Each package says itself what it asks; one that asks nothing gives no line."""
    known = {"completed", "passed", "score", "none"}
    if unknown := {one.rule for one in facts.packages} - known:
        raise ValueError(f"unknown rule of a package: {', '.join(sorted(unknown))}")
    return [_package(one) for one in facts.packages if one.rule != "none"]


def _package(fact: PackageFact) -> Line:
    def line(met: bool, reason: Reason) -> Line:
        asked = Fraction(fact.asked_percent) if fact.rule == "score" else None
        return Line("package", met, reason, fact.part, fact.best, asked)

    if fact.rule == "completed" and fact.completed:
        return line(True, Reason.GONE_THROUGH)
    if fact.rule == "passed" and fact.passed:
        return line(True, Reason.PACKAGE_PASSED)
    if fact.rule == "score" and fact.best is not None:
        reached = fact.best >= fact.asked_percent
        return line(reached, Reason.PASSED if reached else Reason.BELOW)
    if not fact.begun:
        return line(False, Reason.NOT_BEGUN)
    if fact.rule == "score" and fact.completed:
        return line(False, Reason.NO_SCORE)
    if fact.rule == "passed" and (fact.passed is False or fact.completed):
        return line(False, Reason.NOT_PASSED)
    return line(False, Reason.NOT_FINISHED)


def _tool(fact: ToolFact) -> Line | None:
    """The part itself says what it asks, not the version."""
    if fact.asks == "nothing":
        return None
    if fact.asks not in ("open", "complete", "score"):
        raise ValueError(f"unknown rule {fact.asks!r} of a tool")
    if fact.asks == "open":
        return Line("tool", fact.opened, Reason.OPENED if fact.opened else Reason.NOT_OPENED, fact.part)
    if not fact.told:
        return Line("tool", False, Reason.NOT_FINISHED if fact.opened else Reason.NOT_OPENED, fact.part)
    if fact.asks == "complete":
        return Line("tool", fact.done, Reason.FINISHED if fact.done else Reason.NOT_FINISHED, fact.part)
    if fact.got is None:
        return Line("tool", False, Reason.NOT_FINISHED, fact.part)
    enough, asked = fact.got >= fact.pass_percent, Fraction(fact.pass_percent)
    return Line("tool", enough, Reason.PASSED if enough else Reason.BELOW, fact.part, fact.got, asked)


def _attendance(share: int, fact: Attendance) -> Line:
    """A cohort that never meets asks for no attendance; one that has not met yet cannot be complete.

    The meetings asked are the share of all that were held, rounded up: 75 % of 3 is 3.
    """
    if not fact.held and not fact.to_come:
        return Line("attendance", True, Reason.NO_MEETINGS, of=0)
    total = fact.held + fact.to_come
    asked = Fraction(-(-total * share // 100))
    got = Fraction(fact.attended)
    if got >= asked:
        return Line("attendance", True, Reason.ENOUGH, got=got, asked=asked, of=total)
    reachable = fact.attended + fact.to_come >= asked
    reason = Reason.CAN_BE_REACHED if reachable else Reason.TOO_FEW
    return Line("attendance", False, reason, got=got, asked=asked, of=total, waits_for_others=not reachable)
