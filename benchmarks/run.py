"""Every benchmark in turn: ``make bench``. Each file here can also be run alone.

A benchmark is a file of this folder with a ``main``; those that other parts add are found by themselves.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
NOT_BENCHMARKS = {"run", "floor", "load", "__init__"}


def benchmarks() -> list[Path]:
    return sorted(
        path for path in FOLDER.glob("*.py") if path.stem not in NOT_BENCHMARKS and "def main(" in path.read_text()
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="only these, e.g. pages")
    chosen = set(parser.parse_args().names)
    failed = []
    for path in benchmarks():
        if chosen and path.stem not in chosen:
            continue
        print(f"\n## {path.stem}\n", flush=True)
        started = time.monotonic()
        done = subprocess.run([sys.executable, str(path)], cwd=FOLDER.parent, check=False)
        print(f"\n({path.stem}: {time.monotonic() - started:.0f} s)", flush=True)
        if done.returncode != 0:
            failed.append(path.stem)
    if failed:
        print(f"Failed: {', '.join(failed)}", flush=True)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
