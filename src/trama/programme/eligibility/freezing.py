"""The database itself refuses to change a published version of a rule, or anything under it, whoever writes."""

from trama.foundation.guards import FrozenRow, Guards, Parent, frozen_parts

FROZEN = "A published version of an eligibility rule never changes."
VERSION = "programme_ruleversion"

GUARDS = Guards(
    ("programme", "0002_freeze_published_versions"),
    FrozenRow(VERSION, "frozen", FROZEN, frozen="OLD.published_at IS NOT NULL"),
    *frozen_parts(
        Parent(VERSION, "{row}.published_at IS NOT NULL"),
        dict.fromkeys(("programme_conditiongroup", "programme_condition"), "{row}.version_id"),
        message=FROZEN,
    ),
)
