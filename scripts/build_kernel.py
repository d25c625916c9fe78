"""Build the optional extension of the measures: part of the package's build, or by hand into the source folder.

    .venv/bin/python scripts/build_kernel.py

Ordinary packaging calls it (``tool.hatch.build.hooks``). Without a C compiler the package is built without it and
everything works by numpy; ``TRAMA_KERNEL=no`` leaves it out, ``TRAMA_KERNEL=must`` fails where it cannot be built.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = Path("src/trama_measure/irt/kernel")
NAME = "_kernel.abi3.so"
FLAGS = ("-O3", "-fPIC", "-std=gnu11", "-Wno-psabi")


def build(root: Path) -> Path | None:
    """Compile; the file, or None where no compiler could."""
    wish = os.environ.get("TRAMA_KERNEL", "")
    if wish == "no" or sys.platform == "win32":
        return None
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")[:1]
    shared = ("-bundle", "-undefined", "dynamic_lookup") if sys.platform == "darwin" else ("-shared",)
    include = f"-I{sysconfig.get_paths()['include']}"
    target = root / FOLDER / NAME
    said = ""
    for extra in ((), ("-DONE_VERSION",)):  # without versions for each processor, where the compiler knows none
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / NAME
            source = str(root / FOLDER / "kernel.c")
            command = [*compiler, *FLAGS, *shared, *extra, include, source, "-o", str(made), "-lm"]
            try:
                done = subprocess.run(command, capture_output=True, text=True, check=False)
            except OSError as error:
                said = str(error)
                break
            said = done.stderr
            if done.returncode == 0:
                partial = target.with_suffix(".partial")
                partial.write_bytes(made.read_bytes())
                partial.replace(target)
                return target
    if wish == "must":
        raise RuntimeError(f"the kernel could not be built: {said}")
    print(f"Built without the kernel of the measures (numpy serves): {said.strip().splitlines()[:1]}", file=sys.stderr)
    return None


class CustomBuildHook(BuildHookInterface[Any]):
    """Hatch calls this for wheels and for editable installations."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        made = build(Path(self.root))
        if made is None or version == "editable":
            return
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"cp312-abi3-{platform}"
        build_data["force_include"][str(made)] = str(Path(*FOLDER.parts[1:]) / NAME)


if __name__ == "__main__":
    sys.exit(0 if build(Path(__file__).resolve().parent.parent) else 1)
