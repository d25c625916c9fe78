"""What the database guards of the store: a statement never changes, but for the erasure of a person."""

from trama.foundation.guards import FrozenRow, Guards

GUARDS = Guards(
    ("learn", "0021_statements_stay"),
    FrozenRow(
        "learn_statement",
        "frozen",
        "a statement never changes; a person is taken out of it by erasing them",
        frozen="TRUE",
        refused="{changed} OR NEW.erased_at IS NULL",
        may_change=("body", "actor", "files", "erased_at"),
    ),
)
