"""How a package is opened on a page: where its frame leads, its items, and what it begins with."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..courses.models import Package, PackageFile
from .addresses import label_of, learner_number, origin_of, quoted, signed_path
from .models import PackageLaunch, PackageState
from .selectors import last_number, outline, runnable, states_of
from .starting import starting_data


def frame_of(request: Any, file: PackageFile, whom: str, at: datetime) -> tuple[str, str]:
    """(origin, address of the bridge) for a file as one person runs it."""
    label = label_of(file, whom)
    origin = origin_of(request, label)
    site = f"{request.scheme}://{request.get_host()}"
    return origin, f"{origin}/{signed_path(file, label, site, at)}/"


def setup_of_launch(
    request: Any, launch: PackageLaunch, at: datetime, states: Mapping[str, PackageState] | None = None
) -> dict[str, Any]:
    """All that the page of a learner needs to run a package. ``states``: of its attempt, where they were read."""
    attempt = launch.attempt
    file = attempt.package.file
    assert file is not None, "a launch has a file"
    enrolment = attempt.enrolment
    states = states_of(attempt) if states is None else states
    learner = (learner_number(enrolment), enrolment.person.name.split(" ")[0])
    return _setup(request, file, str(enrolment.uid), at, states, learner) | {
        "launch": str(launch.uid),
        "attempt": str(attempt.uid),
        "number": last_number(launch),
    }


def setup_of_preview(request: Any, package: Package, at: datetime) -> dict[str, Any]:
    """The same for an author who tries the package: nothing is kept."""
    assert package.file is not None, "only a part with a file is tried"
    return _setup(request, package.file, f"author {request.user.pk}", at, {}, ("0", "Trama"))


def _setup(
    request: Any,
    file: PackageFile,
    whom: str,
    at: datetime,
    states: Mapping[str, PackageState],
    learner: tuple[str, str],
) -> dict[str, Any]:
    origin, address = frame_of(request, file, whom, at)
    items = [
        {
            "id": item["id"],
            "href": quoted(item["href"]),
            "tracked": item["tracked"],
            "data": starting_data(
                file.kind,
                item,
                states[item["id"]].data if item["id"] in states else None,
                seconds=states[item["id"]].seconds if item["id"] in states else 0,
                learner=learner,
            ),
        }
        for item in runnable(file)
    ]
    return {"kind": file.kind, "origin": origin, "address": address, "items": items, "first": _first(file, states)}


def _first(file: PackageFile, states: Mapping[str, PackageState]) -> str:
    """Where to go on: the item of the latest saving; where it is completed, the next that is not."""
    items = [item["id"] for item in runnable(file)]
    latest = max(states.values(), key=lambda one: (one.launch_id, one.at), default=None)
    if latest is None or latest.item not in items:
        return items[0] if items else ""
    if not latest.completed:
        return latest.item
    rest = [*items[items.index(latest.item) + 1 :], *items]
    return next((name for name in rest if name not in states or not states[name].completed), latest.item)


def lines_of(file: PackageFile, states: Mapping[str, PackageState]) -> list[dict[str, Any]]:
    """The list of items with how each stands."""
    return [item | {"state": states.get(item["id"])} for item in outline(file)]
