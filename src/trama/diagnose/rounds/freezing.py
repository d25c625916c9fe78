"""The database itself refuses to change what a submitted or cancelled round holds, and any receipt or step.

A save that is under way holds back the submission until it ends, and one that comes after sees that the round was
submitted.
"""

from trama.foundation.guards import Guards, Parent, append_only, frozen_parts

_OF_ITEM = "(SELECT i.round_id FROM diagnose_rounditem i WHERE i.id = {row}.item_id)"

GUARDS = Guards(
    ("diagnose", "0002_freeze_submitted_rounds"),
    *frozen_parts(
        Parent("diagnose_round", "{row}.state IN ('submitted', 'cancelled')", held=True),
        {
            "diagnose_answer": _OF_ITEM,
            "diagnose_agreement": _OF_ITEM,
            "diagnose_evidence": _OF_ITEM,
            "diagnose_rounditem": "{row}.round_id",
        },
        message="A submitted or cancelled round never changes.",
    ),
    *append_only(
        "diagnose_receipt",
        "diagnose_roundstep",
        "diagnose_submission",
        message="Saves, receipts and steps of rounds are only added.",
    ),
)
install_triggers, remove_triggers = GUARDS.install, GUARDS.remove  # as the migration calls them
