"""How much of a file is read before it is refused: counted while reading, never taken from what the file says."""

from dataclasses import dataclass

from .base import Member

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings for one import. Bytes, members and rows are counted as they pass."""

    file_bytes: int  # of the file as it came
    unpacked_bytes: int  # of everything that comes out of it, together
    members: int  # of a zip or folder
    ratio: int  # unpacked to packed, per member, once past a mebibyte
    rows: int  # of one sheet or table
    columns: int  # of one sheet
    table_columns: int = 1_000  # of one text table, which is read line by line
    cell_chars: int = 131_072
    line_chars: int = 2 * MEBIBYTE


UPLOAD = Limits(20 * MEBIBYTE, 200 * MEBIBYTE, 2_000, 100, 200_000, 200)
"""What a person sends through the site."""

OFFICIAL = Limits(1024 * MEBIBYTE, 4096 * MEBIBYTE, 2_000, 300, 6_000_000, 1_000)
"""National files, brought in by whoever runs the installation."""


@dataclass(frozen=True, slots=True)
class OpenedMember(Member):
    """A member that knows within which limits its rows may be read."""

    limits: Limits = UPLOAD


def limits_of(member: Member) -> Limits:
    """The limits a member was opened with; those of an upload if it was not."""
    return member.limits if isinstance(member, OpenedMember) else UPLOAD
