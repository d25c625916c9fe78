"""The database itself refuses to change a version of a technology from its pilot on, or anything it holds.

Its state may still move forward (pilot, published, retired), and that alone. The migration lays the same triggers, as
they were then.
"""

from trama.foundation.guards import FrozenRow, Guards, Parent, frozen_parts

FROZEN = "a version of a technology in pilot, published or retired never changes"
VERSION = "plan_technologyversion"
_SEALED = "('pilot', 'published', 'retired')"
_BACKWARDS = (
    f"NEW.state NOT IN {_SEALED} OR (OLD.state = 'retired' AND NEW.state <> 'retired')"
    " OR (OLD.state = 'published' AND NEW.state = 'pilot')"
)
_OF_VERSION = (
    "plan_technologyaudience", "plan_technologydimension", "plan_technologyrole", "plan_stage",
    "plan_technologyinstrument", "plan_progressindicator", "plan_risk", "plan_adaptation",
)  # fmt: skip

GUARDS = Guards(
    ("plan", "0002_freeze_sealed_technologies"),
    FrozenRow(
        VERSION,
        "frozen",
        FROZEN,
        frozen=f"OLD.state IN {_SEALED}",
        refused=f"{{changed}} OR {_BACKWARDS}",
        may_change=("state", "revision", "changed_at", "published_at"),
    ),
    *frozen_parts(
        Parent(VERSION, f"{{row}}.state IN {_SEALED}"),
        {
            **dict.fromkeys(_OF_VERSION, "{row}.version_id"),
            "plan_step": "(SELECT version_id FROM plan_stage WHERE id = {row}.stage_id)",
            "plan_step_instruments": "(SELECT s.version_id FROM plan_stage s JOIN plan_step t ON t.stage_id = s.id"
            " WHERE t.id = {row}.step_id)",
        },
        message=FROZEN,
    ),
)
