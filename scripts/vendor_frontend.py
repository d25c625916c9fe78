"""Bring third-party front-end files into the tree, and note where each came from.

A developer runs this to change a version; the results are committed, so that neither running nor testing needs npm.
``tests/foundation/test_components.py`` re-checks the hashes in ``static/foundation/vendor.json``.

    python scripts/vendor_frontend.py

htmx is not here: ``django-htmx`` ships it, and the locked list of packages holds its hash.
"""

import hashlib
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

STATIC = Path(__file__).resolve().parents[1] / "src" / "trama" / "foundation" / "static" / "foundation"
MANIFEST = STATIC / "vendor.json"


class Package(NamedTuple):
    """What is taken from a package. ``files``: path in the package to path under ``static/foundation``."""

    version: str
    licence: str
    files: dict[str, str]


PACKAGES = {
    "@fontsource-variable/raleway": Package(
        "5.3.0",
        "OFL-1.1",
        {
            "files/raleway-latin-wght-normal.woff2": "fonts/raleway-latin-wght-normal.woff2",
            "LICENSE": "fonts/raleway-LICENSE.txt",
        },
    ),
}


def fetch(name: str, version: str, folder: Path) -> tarfile.TarFile:
    """The package as npm's registry has it. npm checks the archive against the registry's hash."""
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder), f"{name}@{version}"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder)
    return tarfile.open(folder / done.stdout.split()[-1])


def main() -> None:
    manifest = {}
    for name, package in PACKAGES.items():
        hashes = {}
        with tempfile.TemporaryDirectory() as folder, fetch(name, package.version, Path(folder)) as archive:
            for inside, outside in package.files.items():
                member = archive.extractfile(f"package/{inside}")
                assert member is not None, f"{name}: no file {inside}"
                content = member.read()
                target = STATIC / outside
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
                hashes[outside] = hashlib.sha256(content).hexdigest()
                print(f"{outside}: {len(content)} bytes")
        manifest[name] = {"version": package.version, "licence": package.licence, "sha256": hashes}
    MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()
