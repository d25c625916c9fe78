"""What is kept about cohorts, who is in them, and what may never be false."""

from .cohort import Cohort, CohortOpening, CohortRole, CohortTrainer
from .enrolments import CohortInvitation, Enrolment, EnrolmentChange, Participation
from .pairs import Pair, PairSeat

__all__ = [
    "Cohort",
    "CohortInvitation",
    "CohortOpening",
    "CohortRole",
    "CohortTrainer",
    "Enrolment",
    "EnrolmentChange",
    "Pair",
    "PairSeat",
    "Participation",
]
