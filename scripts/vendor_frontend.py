"""Bring third-party front-end files into the tree, and note where each came from.

A developer runs this to change a version; the results are committed, so that neither running nor testing needs npm.
Tests re-check the hashes in each ``vendor.json`` (``tests/foundation/test_components.py``, ``tests/learn/packages``).

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

PHASES = Path(__file__).resolve().parents[1] / "src" / "trama"
STATIC = PHASES / "foundation" / "static" / "foundation"
RUNTIME = PHASES / "learn" / "packages" / "runtime"  # runs on the packages' origin, never on a page of the site
MANIFEST = "vendor.json"


class Package(NamedTuple):
    """What is taken from a package. ``files``: path in the package to path under ``folder``."""

    version: str
    licence: str
    files: dict[str, str]
    folder: Path = STATIC


PACKAGES = {
    "@fontsource-variable/raleway": Package(
        "5.3.0",
        "OFL-1.1",
        {
            "files/raleway-latin-wght-normal.woff2": "fonts/raleway-latin-wght-normal.woff2",
            "LICENSE": "fonts/raleway-LICENSE.txt",
        },
    ),
    "scorm-again": Package(
        "3.4.3",
        "MIT",
        {
            "dist/esm/scorm12.min.js": "vendor/scorm-again/scorm12.js",
            "dist/esm/scorm2004.min.js": "vendor/scorm-again/scorm2004.js",
            "LICENSE": "vendor/scorm-again/LICENSE.txt",
        },
        RUNTIME,
    ),
    "h5p-standalone": Package(
        "3.8.2",
        "MIT AND GPL-3.0-only",  # the frame holds the core of H5P: runtime/licences/README.txt, docs/decisions/0218
        {
            "dist/main.bundle.js": "vendor/h5p/main.bundle.js",
            "dist/frame.bundle.js": "vendor/h5p/frame.bundle.js",
            "dist/styles/h5p.css": "vendor/h5p/styles/h5p.css",
            "dist/styles/h5p-fonts.css": "vendor/h5p/styles/h5p-fonts.css",
            "dist/fonts/h5p-core-30.woff2": "vendor/h5p/fonts/h5p-core-30.woff2",
            "dist/fonts/h5p-theme.woff2": "vendor/h5p/fonts/h5p-theme.woff2",
            "dist/images/throbber.gif": "vendor/h5p/images/throbber.gif",
            "LICENSE": "vendor/h5p/LICENSE.txt",
        },
        RUNTIME,
    ),
}


def fetch(name: str, version: str, folder: Path) -> tarfile.TarFile:
    """The package as npm's registry has it. npm checks the archive against the registry's hash."""
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder), f"{name}@{version}"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder)
    return tarfile.open(folder / done.stdout.split()[-1])


def main() -> None:
    manifests: dict[Path, dict[str, object]] = {}
    for name, package in PACKAGES.items():
        hashes = {}
        with tempfile.TemporaryDirectory() as folder, fetch(name, package.version, Path(folder)) as archive:
            for inside, outside in package.files.items():
                member = archive.extractfile(f"package/{inside}")
                assert member is not None, f"{name}: no file {inside}"
                content = member.read()
                target = package.folder / outside
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
                hashes[outside] = hashlib.sha256(content).hexdigest()
                print(f"{outside}: {len(content)} bytes")
        told = {"version": package.version, "licence": package.licence, "sha256": hashes}
        manifests.setdefault(package.folder, {})[name] = told
    for place, manifest in manifests.items():
        (place / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()
