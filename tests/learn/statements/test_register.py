"""The register of requirements, docs/methods/xapi_conformance.md, and the tests say the same."""

import importlib
import re
from pathlib import Path

from .conformance import COVERED

FILE = Path(__file__).resolve().parents[3] / "docs" / "methods" / "xapi_conformance.md"
MODULES = ("test_form", "test_statements", "test_documents", "test_wire")
LEFT_OUT = {136, 137, 152}  # the register says why
LAST = 336


def rows() -> list[tuple[set[str], set[str]]]:
    """Requirements and tests of each row."""
    found = []
    for line in FILE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0] not in ("requirement", "---"):
            found.append((named(cells[0]), set(re.findall(r"`([\w.]+)`", cells[3]))))
    return found


def named(cell: str) -> set[str]:
    if not cell.startswith("XAPI-"):
        return {cell}
    numbers: set[int] = set()
    for part in cell.split(", "):
        first, _, last = part.removeprefix("XAPI-").partition(" to ")
        numbers |= set(range(int(first), int(last or first) + 1))
    return {f"XAPI-{number:05d}" for number in numbers}


def test_every_requirement_has_a_test_that_says_so():
    for module in MODULES:
        importlib.import_module(f"{__package__}.{module}")
    listed: set[str] = set()
    for requirements, tests in rows():
        listed |= requirements
        for one in requirements:
            assert tests & set(COVERED.get(one, [])), f"{one}: none of {sorted(tests)} covers it"
        for test in tests:
            module, _, name = test.partition(".")
            assert hasattr(importlib.import_module(f"{__package__}.{module}"), name), test
    assert set(COVERED) <= listed
    wanted = {f"XAPI-{number:05d}" for number in range(1, LAST + 1) if number not in LEFT_OUT}
    assert wanted <= listed
