"""What the database guards of feedback among peers: once given it stays as it was given."""

from trama.foundation.guards import FrozenRow, Guards, append_only

GUARDS = Guards(
    ("learn", "0041_what_was_said_together_stays"),
    *append_only("learn_peermark", message="a mark of a peer is only added"),
    FrozenRow(
        "learn_peerfeedback",
        "frozen",
        "feedback of a peer never changes once it is given",
        frozen="OLD.given_at IS NOT NULL",
        refused="{changed}",
        may_change=("set_aside_at", "set_aside_by_id", "set_aside_reason"),
    ),
)
