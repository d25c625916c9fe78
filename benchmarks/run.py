"""Every benchmark in turn: ``make bench``. Each file can also be run alone.

    .venv/bin/python benchmarks/run.py                          # all of them
    .venv/bin/python benchmarks/run.py pages measure.answers    # these
    .venv/bin/python benchmarks/run.py measure                  # a folder

A benchmark is a file of this folder or of a folder in it with a ``main``; those that other parts add are found by
themselves. Programs that a benchmark runs in processes of their own are named ``..._worker``.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
NOT_BENCHMARKS = {"run", "floor", "load", "__init__"}


def benchmarks() -> dict[str, Path]:
    """Name and file of each: ``pages``, ``measure.calibration``."""
    found = {}
    for path in sorted([*FOLDER.glob("*.py"), *FOLDER.glob("*/*.py")]):
        helper = path.stem in NOT_BENCHMARKS or path.stem.endswith("_worker")
        if not helper and "def main(" in path.read_text(encoding="utf-8"):
            found[".".join(path.relative_to(FOLDER).with_suffix("").parts)] = path
    return found


def chosen(names: list[str], among: dict[str, Path]) -> dict[str, Path]:
    """Those named, or in a folder that is named; all if none is.

    Raises
    ------
    SystemExit
        If a name is no benchmark and no folder of benchmarks.
    """
    kept = {}
    for wanted in names or list(among):
        own = {name: path for name, path in among.items() if name == wanted or name.startswith(f"{wanted}.")}
        if not own:
            sys.exit(f"no benchmark is called {wanted}; there are {', '.join(among)}")
        kept |= own
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="only these, e.g. pages, measure or measure.calibration")
    failed = []
    for name, path in chosen(parser.parse_args().names, benchmarks()).items():
        print(f"\n## {name}\n", flush=True)
        started = time.monotonic()
        done = subprocess.run([sys.executable, str(path)], cwd=FOLDER.parent, check=False)
        print(f"\n({name}: {time.monotonic() - started:.0f} s)", flush=True)
        if done.returncode != 0:
            failed.append(name)
    if failed:
        print(f"Failed: {', '.join(failed)}", flush=True)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
