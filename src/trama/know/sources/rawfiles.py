"""The official files as received: hashed, and kept under their hash."""

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings

BLOCK = 1 << 20


def file_hash(path: Path) -> tuple[str, int]:
    """SHA-256 and size in bytes of a file, or of the files of a folder with their names."""
    if path.is_dir():
        total, digest = 0, hashlib.sha256()
        for item in sorted(path.rglob("*")):
            if item.is_file() and not item.is_symlink():
                inner, size = file_hash(item)
                digest.update(f"{item.relative_to(path).as_posix()}\0{inner}\n".encode())
                total += size
        return digest.hexdigest(), total
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size


def raw_path(sha256: str) -> Path:
    """Where the file with this hash is kept."""
    return Path(settings.RAW_FILES_DIR) / sha256[:2] / sha256


def keep_raw(path: Path, sha256: str, facts: dict[str, Any]) -> Path:
    """Keep a copy of the file (a folder: as a zip) and beside it what it was. A copy is whole or absent."""
    target = raw_path(sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        _whole(target, lambda out: _copy(path, out))
    _whole(target.with_name(f"{sha256}.json"), lambda out: out.write_text(json.dumps(facts, ensure_ascii=False)))
    return target


def _whole(target: Path, write: Any) -> None:
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".partial-")
    os.close(descriptor)
    partial = Path(name)
    try:
        write(partial)
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _copy(path: Path, out: Path) -> None:
    if not path.is_dir():
        shutil.copyfile(path, out)
        return
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in sorted(path.rglob("*")):
            if item.is_file() and not item.is_symlink():
                archive.write(item, item.relative_to(path).as_posix())


def report_path(release_id: int) -> Path:
    """Where the list of all rejected rows of a release is kept."""
    return Path(settings.RAW_FILES_DIR) / "reports" / f"release-{release_id}.csv"
