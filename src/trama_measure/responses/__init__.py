"""Answers of students: codes, keys, booklets, packing, sums. The prose is in docs/methods/responses.md.

Read answers with ``from_arrays``, ``from_strings``, ``from_wide`` or ``from_long``, or a batch at a time with
``partitions.Partitions`` (which alone opens files, and is imported from its module). ``mark`` scores them with a
``Key``; ``pack`` puts them eight to a byte; ``by_item`` and ``by_descriptor`` add them up by school.

* ``codes``: what a byte means. * ``roster``: who answered. * ``container``: raw and scored answers.
* ``keys``: versions of the key. * ``booklets``: designs, their balance and whether they hang together.
* ``assembly``: blocks from a bank.
* ``packing``, ``sums``: bits, and their sums. * ``tables``, ``partitions``: from Polars, Arrow and Parquet.
"""

from .assembly import Assembly, BankItem, Infeasible, Missed, Requirements, assemble
from .booklets import (
    Balance,
    Design,
    UnconnectedBooklets,
    check,
    cyclic_design,
    difference_family,
    parts,
    refuse_unconnected,
)
from .codes import ENEM, SAEB_1995, Alphabet, Code, decode, trailing_blanks_are_not_reached
from .container import MISSING, Answers, Responses, Treatment, from_arrays
from .keys import Key, mark
from .packing import Packed, PackedBooklet, pack, unpack
from .roster import DuplicatedStudents, Groups, Roster, groups_of
from .sums import GroupSums, WeightedSums, by_descriptor, by_item, by_item_weighted
from .tables import Columns, from_long, from_strings, from_wide

__all__ = [
    "ENEM",
    "MISSING",
    "SAEB_1995",
    "Alphabet",
    "Answers",
    "Assembly",
    "Balance",
    "BankItem",
    "Code",
    "Columns",
    "Design",
    "DuplicatedStudents",
    "GroupSums",
    "Groups",
    "Infeasible",
    "Key",
    "Missed",
    "Packed",
    "PackedBooklet",
    "Requirements",
    "Responses",
    "Roster",
    "Treatment",
    "UnconnectedBooklets",
    "WeightedSums",
    "assemble",
    "by_descriptor",
    "by_item",
    "by_item_weighted",
    "check",
    "cyclic_design",
    "decode",
    "difference_family",
    "from_arrays",
    "from_long",
    "from_strings",
    "from_wide",
    "groups_of",
    "mark",
    "pack",
    "parts",
    "refuse_unconnected",
    "trailing_blanks_are_not_reached",
    "unpack",
]
