"""What the database guards of progress: what was given stays as it was given, a finished attempt as it ended."""

from trama.foundation.guards import FrozenRow, Guards, append_only

GIVEN = "what a learner gave is only added to"
GUARDS = Guards(
    ("learn", "0006_what_learners_gave_stays"),
    *append_only("learn_reflectionsave", "learn_quizanswer", "learn_completionchange", message=GIVEN),
    FrozenRow("learn_quizattempt", "frozen", "a finished attempt never changes", frozen="OLD.finished_at IS NOT NULL"),
)
