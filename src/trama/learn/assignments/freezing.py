"""What the database guards of work: what was handed in, and a decision once it is taken."""

from trama.foundation.guards import FrozenRow, Guards, append_only

GUARDS = Guards(
    ("learn", "0006_what_learners_gave_stays"),
    *append_only("learn_rubricmark", message="a mark of a rubric is only added"),
    FrozenRow(
        "learn_workround",
        "frozen",
        "what was handed in never changes, nor a decision on it",
        frozen="TRUE",
        refused="{changed} OR OLD.outcome <> 'waiting'",
        may_change=("outcome", "feedback", "decided_by_id", "decided_at"),
    ),
)
