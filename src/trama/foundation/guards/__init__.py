"""Guards: what the database itself refuses, whoever writes: rows that are only added, rows that are frozen.

A room declares what is guarded and since which migration, and registers it in ``AppConfig.ready``::

    GUARDS = Guards(("plan", "0003_history_is_only_added_to"), *append_only("plan_planchange", message="…"))
    register_guards(GUARDS)

A *guard* is one rule on one table; here it becomes triggers for SQLite or PostgreSQL. They are laid after every
migration, wherever they are missing or say something else than declared, and ``trama doctor`` asks the same question.
What the rows mean, and when they are frozen, belongs to the rooms.
"""

from .declaring import FrozenRow, Parent, append_only, frozen_parts
from .standing import Guards, lay_guards, lifted, register_guards, standing_guards, wrong_guards

__all__ = [
    "FrozenRow",
    "Guards",
    "Parent",
    "append_only",
    "frozen_parts",
    "lay_guards",
    "lifted",
    "register_guards",
    "standing_guards",
    "wrong_guards",
]
