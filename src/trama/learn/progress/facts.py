"""What completion looks at: the rules of a version, and what is known of one learner in each of its parts."""

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Rules:
    """What a version asks (``CourseVersion``): "all" or "none", "pass", "answer" or "none", and so on."""

    lessons: str
    quizzes: str
    assignments: str
    attendance_percent: int = 0


@dataclass(frozen=True, slots=True)
class LessonFact:
    """A lesson of the version, by the number of its part; opened or not."""

    part: int
    opened: bool


@dataclass(frozen=True, slots=True)
class QuizFact:
    """A quiz: ``best`` is the best finished attempt in per cent (None: none finished), ``left`` attempts still open.

    ``left`` is None where attempts have no limit; ``running``: an attempt was begun and is not finished.
    """

    part: int
    pass_percent: int
    best: Fraction | None = None
    left: int | None = None
    running: bool = False


class Work(StrEnum):
    """Where the work for an assignment stands."""

    NOTHING = "nothing"
    DRAFT = "draft"
    HANDED_IN = "handed in"
    RETURNED = "returned"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class PeerFact:
    """Feedback to peers: how many pieces of work were given to the learner, and on how many they gave feedback."""

    given_out: int = 0
    given: int = 0


@dataclass(frozen=True, slots=True)
class AssignmentFact:
    """An assignment and the work for it; ``joint``: of a pair. ``without_pair``: joint, and the learner has no pair.

    ``peers``: the feedback that the learner owes to peers, where the assignment asks for it.
    """

    part: int
    work: Work = Work.NOTHING
    joint: bool = False
    without_pair: bool = False
    peers: "PeerFact | None" = None


@dataclass(frozen=True, slots=True)
class PackageFact:
    """A package and what its attempts gave, the best of each. ``rule``: "completed", "passed", "score" or "none"."""

    part: int
    rule: str
    asked_percent: int = 0
    begun: bool = False
    completed: bool = False
    passed: bool | None = None  # None: the package did not say
    best: Fraction | None = None  # per cent


@dataclass(frozen=True, slots=True)
class ToolFact:
    """A part done in an external tool: what it ``asks`` (``ToolPart.Asks``), and what is known of it.

    ``told``: the tool said something; ``done``: that the activity is over; ``got``: the points it gave, in per cent.
    """

    part: int
    asks: str
    pass_percent: int = 0
    opened: bool = False
    told: bool = False
    done: bool = False
    got: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Attendance:
    """Meetings of the cohort that were held and count, those the learner attended, and how many are still to come."""

    attended: int = 0
    held: int = 0
    to_come: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """All that decides, for one learner in one cohort."""

    lessons: tuple[LessonFact, ...] = ()
    quizzes: tuple[QuizFact, ...] = ()
    assignments: tuple[AssignmentFact, ...] = ()
    tools: tuple[ToolFact, ...] = ()
    attendance: Attendance = field(default_factory=Attendance)
    packages: tuple[PackageFact, ...] = ()
