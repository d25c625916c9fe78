"""Progress in the command line: a bar on a terminal, plain lines in a file or a log."""

import contextlib
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import TextIO

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from .progress import Progress

BAR_WIDTH = 28
SECONDS_BETWEEN_LINES = 10.0
SECONDS_BETWEEN_FRAMES = 0.1


def time_left(seconds: float) -> str:
    """``0:07``, ``12:40``, ``1:02:00``."""
    return (
        str(timedelta(seconds=round(seconds))).removeprefix("0:").removeprefix("0")
        if seconds >= 60
        else (f"0:{round(seconds):02d}")
    )


class ConsoleBar:
    """Draws what a ``Progress`` tells. ``label`` says what is being done."""

    def __init__(self, stream: TextIO, label: str) -> None:
        self._stream, self._label = stream, label
        self._terminal = stream.isatty()
        self._started = time.monotonic()
        self._shown_at = float("-inf")
        self._last = (0, None, "")  # type: tuple[int, int | None, str]

    def __call__(self, done: int, total: int | None, message: str) -> None:
        now = time.monotonic()
        self._last = (done, total, message)
        pause = SECONDS_BETWEEN_FRAMES if self._terminal else SECONDS_BETWEEN_LINES
        if now - self._shown_at < pause:
            return
        self._shown_at = now
        self._show(self.line(*self._last, seconds=now - self._started), end="")

    def line(self, done: int, total: int | None, message: str, *, seconds: float) -> str:
        """One line: label, bar, share, counts, time left, and what it is at."""
        parts = [self._label]
        if total:
            share = min(1.0, done / total)
            full = int(share * BAR_WIDTH)
            parts.append(f"[{'█' * full}{'·' * (BAR_WIDTH - full)}] {int(share * 100):3d}%")
            parts.append(_("%(done)s of %(total)s") % {"done": _count(done), "total": _count(total)})
            if 0 < done < total:
                parts.append(_("%(time)s left") % {"time": time_left(seconds * (total - done) / done)})
        elif done:
            parts.append(_count(done))
        if message:
            parts.append(message)
        return "  ".join(parts)

    def finish(self) -> None:
        """The last line stays, with the time it all took."""
        seconds = time.monotonic() - self._started
        done, total, message = self._last
        self._show(self.line(done, total, message, seconds=seconds) + f"  ({time_left(seconds)})", end="\n")

    def _show(self, line: str, *, end: str) -> None:
        if self._terminal:
            self._stream.write(f"\r\x1b[2K{line}{end}")
        else:
            self._stream.write(f"{line}\n")
        self._stream.flush()


def _count(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)


@contextlib.contextmanager
def console_progress(label: str, stream: TextIO | None = None) -> Iterator[Progress]:
    """``with console_progress(_("Importing")) as progress: service(..., progress=progress)``."""
    bar = ConsoleBar(stream or sys.stderr, label)
    try:
        yield Progress(echo=bar)
    finally:
        bar.finish()
