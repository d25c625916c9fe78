"""The process apart: reads an archive within limits of the system and says what it found as lines of JSON.

Started by ``reading``, never imported by the site. No Django here: it begins quickly, with little to be taken over.
"""

import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .archive import Refused, opened
from .manifests import read_manifest

CPU_SECONDS = 30
ADDRESS_SPACE = 1 << 30  # bytes
FILE_BYTES = 1 << 20  # it writes nothing


def limit_self() -> None:
    """Ceilings that the system keeps for this process."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))


def records(path: Path) -> list[dict[str, Any]]:
    """What is said of an archive: what it holds, or why it is refused."""
    try:
        archive = opened(path)
        manifest = read_manifest(archive)
    except Refused as refused:
        return [{"refused": asdict(refused.finding)}]
    except (MemoryError, RecursionError) as error:
        return [{"refused": {"code": "broken", "where": "", "found": type(error).__name__}}]
    found = {
        "kind": manifest.kind,
        "title": manifest.title,
        "manifest": manifest.plain(),
        "unpacked": archive.unpacked,
        "members": len(archive.sizes),
    }
    return [{"found": found}]


def main(text: str) -> None:
    limit_self()
    for record in [*records(Path(json.loads(text)["path"])), {"end": True}]:
        sys.stdout.write(json.dumps(record) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
