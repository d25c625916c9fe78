"""What the database guards of certificates: what one states never changes, nor its revocation."""

from trama.foundation.guards import FrozenRow, Guards

GUARDS = Guards(
    ("learn", "0006_what_learners_gave_stays"),
    FrozenRow(
        "learn_certificate",
        "frozen",
        "what a certificate states never changes",
        frozen="TRUE",
        refused="{changed} OR OLD.revoked_at IS NOT NULL",
        may_change=("replaced_at", "revoked_at", "revoked_by_id", "reason"),
    ),
)
