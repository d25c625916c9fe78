"""The database itself refuses to change a published version of an instrument, or anything it holds, whoever writes.

Only its state may still go on, from published to retired. Drafts are free.
"""

from trama.foundation.guards import FrozenRow, Guards, Parent, frozen_parts

FROZEN = "A published version of an instrument never changes."
VERSION = "diagnose_instrumentversion"
_BY_CRITERION = "(SELECT c.version_id FROM diagnose_criterion c WHERE c.id = {row}.criterion_id)"

GUARDS = Guards(
    ("diagnose", "0003_freeze_published_instruments"),
    FrozenRow(
        VERSION,
        "frozen",
        FROZEN,
        frozen="OLD.state <> 'draft'",
        refused="{changed} OR NEW.state = 'draft' OR (OLD.state = 'retired' AND NEW.state <> 'retired')",
        may_change=("state",),
    ),
    *frozen_parts(
        Parent(VERSION, "{row}.state <> 'draft'"),
        {
            "diagnose_levelmeaning": "{row}.version_id",
            "diagnose_respondent": "{row}.version_id",
            "diagnose_dimension": "{row}.version_id",
            "diagnose_area": "(SELECT d.version_id FROM diagnose_dimension d WHERE d.id = {row}.dimension_id)",
            "diagnose_criterion": "{row}.version_id",
            "diagnose_criterion_respondents": _BY_CRITERION,
            "diagnose_criterionindicator": _BY_CRITERION,
            "diagnose_criteriontechnology": _BY_CRITERION,
        },
        message=FROZEN,
    ),
)
install_triggers, remove_triggers = GUARDS.install, GUARDS.remove  # as the migration calls them
