"""The end of an archive: what it says of its own list of members, read before anything trusts it."""

import struct
from dataclasses import dataclass
from pathlib import Path

SIGNATURE = b"PK\x05\x06"
LAYOUT = struct.Struct("<4s4H2LH")
END_BYTES = LAYOUT.size  # 22
LONGEST_COMMENT = 65_535


@dataclass(frozen=True, slots=True)
class Ending:
    """The last record of an archive. ``large``: it points to the form for archives of more than 4 GB."""

    members: int
    list_bytes: int
    list_at: int
    comment: int
    disks: int
    large: bool


def read_ending(path: Path) -> Ending | None:
    """The record at the end; None where there is none that fits the length of the file."""
    size = path.stat().st_size
    length = min(size, END_BYTES + LONGEST_COMMENT)
    with path.open("rb") as file:
        file.seek(size - length)
        tail = file.read(length)
    at = tail.rfind(SIGNATURE)
    if at < 0 or len(tail) - at < END_BYTES:
        return None
    _sign, disk, first_disk, here, members, list_bytes, list_at, comment = LAYOUT.unpack_from(tail, at)
    if at + END_BYTES + comment != len(tail):
        return None
    large = 0xFFFF in (here, members) or 0xFFFFFFFF in (list_bytes, list_at)
    return Ending(max(here, members), list_bytes, list_at, comment, disk or first_disk, large)
