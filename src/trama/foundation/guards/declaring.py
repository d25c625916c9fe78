"""What a room says: which table, which operations, when, and the words of the refusal.

Conditions are SQL that SQLite and PostgreSQL both read, over the columns of ``OLD``, ``NEW`` or ``{row}``. All of it is
text of ours: nothing that anybody typed comes in here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LONGEST_NAME = 63  # characters: PostgreSQL cuts longer names silently


@dataclass(frozen=True, slots=True)
class _Guard:
    table: str
    name: str  # the triggers are called table_name
    message: str  # of the error that the database raises, in English: a service refuses before, in the reader's words

    @property
    def full_name(self) -> str:
        return f"{self.table}_{self.name}"

    def __post_init__(self) -> None:
        if len(longest := f"{self.full_name}_truncate") > LONGEST_NAME:
            raise ValueError(f"the name of a guard has at most {LONGEST_NAME} characters; found: {longest!r}")


@dataclass(frozen=True, slots=True)
class AppendOnly(_Guard):
    """Rows are added, and neither changed nor deleted; nor is the table emptied at once."""


@dataclass(frozen=True, slots=True)
class FrozenRow(_Guard):
    """A row is no longer deleted, nor changed, once ``frozen`` holds for it.

    ``frozen`` is SQL over ``OLD``. ``refused`` says which changes of a frozen row are refused (SQL over ``OLD`` and
    ``NEW``; all, if not given). There ``{changed}`` stands for "a column other than ``may_change`` changed": the
    columns are read from the table, so one that is added later is frozen too.
    """

    frozen: str
    refused: str = "TRUE"
    may_change: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parent:
    """The row of another table on which rows depend: they are frozen while ``frozen`` (SQL over ``{row}``) holds.

    ``held`` locks it in share mode on PostgreSQL: a save that is under way holds back what would freeze it, and one
    that comes after sees that it was frozen; savers do not hold each other back. SQLite has one writer at a time.
    """

    table: str
    frozen: str
    held: bool = False


@dataclass(frozen=True, slots=True)
class FrozenPart(_Guard):
    """A row is neither added, changed, moved nor deleted while the parent it has, or would have, is frozen."""

    parent: Parent
    key: str  # SQL over ``{row}``: the id of its parent


type Guard = AppendOnly | FrozenRow | FrozenPart


def append_only(*tables: str, message: str) -> tuple[Guard, ...]:
    """Rows of these tables are only added."""
    return tuple(AppendOnly(table, "append_only", message) for table in tables)


def frozen_parts(parent: Parent, keys: Mapping[str, str], *, message: str, name: str = "frozen") -> tuple[Guard, ...]:
    """The rows of each table in ``keys`` are frozen with their parent, found by the SQL over ``{row}`` given there."""
    return tuple(FrozenPart(table, name, message, parent, key) for table, key in keys.items())
