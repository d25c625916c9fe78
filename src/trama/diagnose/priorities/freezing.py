"""The database itself refuses to change a signed list of priorities, and any signature or reopening.

A signed list is opened again by one move only: taking the signature off the list after a reopening was written for it.
A save that is under way holds back the signature, and one that comes after sees that the list was signed.
"""

from trama.foundation.guards import FrozenRow, Guards, Parent, append_only, frozen_parts

FROZEN = "A signed list of priorities never changes."
_LIST = "diagnose_prioritylist"
_OF_LIST = (
    "diagnose_gutscore",
    "diagnose_gutchange",
    "diagnose_orderopened",
    "diagnose_factor",
    "diagnose_priority",
    "diagnose_setaside",
)
_KEPT = ("round_id", "weight_gap", "weight_importance", "weight_reach", "weight_governability", "weight_gut")
_REOPENED = (
    "NEW.signed_at IS NULL AND "  # noqa: S608  (names of ours)
    + " AND ".join(f"NEW.{name} = OLD.{name}" for name in _KEPT)
    + " AND EXISTS (SELECT 1 FROM diagnose_priorityreopening r JOIN diagnose_prioritysignature s"
    " ON s.id = r.signature_id WHERE s.list_id = OLD.id AND s.signed_at = OLD.signed_at)"
)

GUARDS = Guards(
    ("diagnose", "0004_freeze_signed_priorities"),
    FrozenRow(_LIST, "signed", FROZEN, frozen="OLD.signed_at IS NOT NULL", refused=f"NOT ({_REOPENED})"),
    *frozen_parts(
        Parent(_LIST, "{row}.signed_at IS NOT NULL", held=True),
        dict.fromkeys(_OF_LIST, "{row}.list_id"),
        message=FROZEN,
        name="signed",
    ),
    *append_only(
        "diagnose_gutchange",
        "diagnose_prioritysignature",
        "diagnose_priorityreopening",
        message="Scores as given, signatures and reopenings are only added.",
    ),
)
install_triggers, remove_triggers = GUARDS.install, GUARDS.remove  # as the migration calls them
