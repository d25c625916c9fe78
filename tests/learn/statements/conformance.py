"""Which requirement a test covers: the register is docs/methods/xapi_conformance.md, and test_register compares."""

from collections.abc import Callable
from typing import Any

COVERED: dict[str, list[str]] = {}


def covers(*requirements: int | range | str) -> Callable[[Any], Any]:
    """``@covers(142, range(187, 191), "2.0 contextAgents")``: numbers are those of XAPI-00142."""

    def mark(test: Any) -> Any:
        for one in requirements:
            for number in one if isinstance(one, range) else [one]:
                name = number if isinstance(number, str) else f"XAPI-{number:05d}"
                COVERED.setdefault(name, []).append(f"{test.__module__.rpartition('.')[2]}.{test.__name__}")
        return test

    return mark
