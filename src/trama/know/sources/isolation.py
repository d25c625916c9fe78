"""A trial reading in a child process with ceilings of memory and time: what a person sends may be made to hurt.

The child only reads: no database, no network. If it is stopped by a ceiling the file is refused, and the process
that serves people never saw it.
"""

import multiprocessing
import resource
import signal
from pathlib import Path

from django.utils.translation import gettext as _

from .formats.base import Problem, UnreadableFile

MEMORY_BYTES = 512 << 20
CPU_SECONDS = 60
WAIT_SECONDS = 120


def trial_problem(path: Path, name: str) -> Problem | None:
    """The problem to report if reading the file breaks a ceiling; None if a child read it within them."""
    context = multiprocessing.get_context("spawn")
    child = context.Process(target=read_within_limits, args=(str(path), name), daemon=True)
    child.start()
    child.join(WAIT_SECONDS)
    if child.is_alive():
        child.kill()
        child.join()
    if child.exitcode == 0:
        return None
    found = _("stopped: %(reason)s") % {"reason": _reason(child.exitcode)}
    expected = _("a file that can be read with %(mib)d MiB of memory in %(seconds)d seconds")
    return Problem(name, 0, "", found, expected % {"mib": MEMORY_BYTES >> 20, "seconds": CPU_SECONDS})


def _reason(exit_code: int | None) -> str:
    if exit_code in (-signal.SIGXCPU, -signal.SIGKILL):
        return _("time")
    return _("memory") if exit_code == 3 else f"{exit_code}"


def read_within_limits(path: str, name: str) -> None:
    """What the child does. Ends with 0 also for a file that cannot be read: the import itself says why."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    import django

    django.setup()
    from .formats.opening import UPLOAD, opened
    from .formats.registry import detect

    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    try:
        with opened(Path(path), UPLOAD, name=name) as members:
            layout = detect(members)
            layout.describe(members)
            for _chunk in layout.read(members):
                pass
    except UnreadableFile:
        return
    except MemoryError:
        raise SystemExit(3) from None
