"""Reading a package that somebody sent: in a process apart, within limits of time and memory (decision 0036)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trama.know.api import UnreadableFile, records_apart

from .archive import FILE_BYTES, Finding
from .errors import PackageRefused

MODULE = f"{__package__}.apart"
SECONDS, MEBIBYTES = 30, 512


@dataclass(frozen=True, slots=True)
class Found:
    """What a package holds, as its reader said."""

    kind: str
    title: str
    manifest: dict[str, Any]
    unpacked: int
    members: int


def read_package(path: Path, name: str) -> Found:
    """Read an archive. Raises ``PackageRefused`` with what was wrong, and where."""
    if path.stat().st_size > FILE_BYTES:
        raise PackageRefused(Finding("archive_large", "", str(path.stat().st_size)))
    request = {"path": str(path), "name": name}
    try:
        with records_apart(MODULE, request, seconds=SECONDS, mebibytes=MEBIBYTES) as records:
            record = next(records)
            if "refused" in record:
                raise PackageRefused(Finding(**record["refused"]))
            return Found(**record["found"])
    except UnreadableFile as error:
        raise PackageRefused(Finding("slow")) from error
