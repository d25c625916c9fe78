"""Progress and reports on a terminal: a bar where there is one, plain lines where there is none."""

import time
from collections.abc import Callable
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .report import ImportReport

BAR_CELLS = 28
SHOWN_PROBLEMS = 20


def number(value: int) -> str:
    """A count with thousands separated as the language does."""
    return str(formats.number_format(value, use_l10n=True, force_grouping=True))


class Bar:
    """Progress of one file: ``[######------] 12,000 of 40,000, 3 s left``. Silent where there is no terminal."""

    def __init__(self, stream: Any, label: str) -> None:
        self._stream, self._label = stream, label
        self._live = bool(getattr(stream, "isatty", lambda: False)())
        self._began = self._drawn = time.monotonic()

    def __call__(self, done: int, total: int | None = None, message: str = "") -> None:
        now = time.monotonic()
        if not self._live or (now - self._drawn < 0.1 and done != total):
            return
        self._drawn = now
        self._stream.write(f"\r\x1b[2K{self._text(done, total, now - self._began)}", ending="")
        self._stream.flush()

    def _text(self, done: int, total: int | None, elapsed: float) -> str:
        if not total or done > total:
            return f"{self._label}  {number(done)}"
        full = round(BAR_CELLS * done / total)
        left = _("%(seconds)d s left") % {"seconds": round(elapsed * (total - done) / done)} if done else ""
        counts = _("%(done)s of %(total)s") % {"done": number(done), "total": number(total)}
        return f"{self._label}  [{'#' * full}{'-' * (BAR_CELLS - full)}] {counts}  {left}"

    def clear(self) -> None:
        """Take the bar away, so that a line can be written in its place."""
        if self._live:
            self._stream.write("\r\x1b[2K", ending="")
            self._stream.flush()


def outcome_text(report: ImportReport) -> str:
    """What became of the file, in one phrase."""
    if report.outcome == "unchanged":
        return _("already published")
    if report.outcome == "rejected":
        return _("rejected: nothing was kept but the report")
    return _("would be published") if report.dry_run else _("published")


def report_lines(report: ImportReport, write: Callable[[str], object]) -> None:
    """A readable report: what it is, counts, and the first problems."""
    write(f"{report.title}")
    write(f"  {report.publisher} · {report.source} · {report.vintage} · {report.file_name}")
    write(f"  SHA-256 {report.file_sha256}")
    release = _("(release %(number)d)") % {"number": report.release_id} if report.release_id else ""
    write(f"  {outcome_text(report)} {release}".rstrip())
    rows = ngettext("%(count)s row read", "%(count)s rows read", report.rows_read) % {"count": number(report.rows_read)}
    rejected = _("%(count)s rejected") % {"count": number(report.rows_rejected)}
    write(f"  {rows}, {rejected}, {report.seconds:.1f} s")
    counts = (
        (_("observations"), report.observations), (_("identical duplicates dropped"), report.duplicates),
        (_("places"), report.places), (_("schools"), report.schools), (_("outlines"), report.boundaries),
        (_("memberships"), report.memberships),
    )  # fmt: skip
    for label, count in counts:
        if count:
            write(f"  {label}: {number(count)}")
    for summary in report.indicators:
        write(f"    {summary.code}: {number(summary.observations)} ({summary.first_year}-{summary.last_year})")
    if not report.problems_count:
        return
    write("  " + _("problems: %(count)s") % {"count": number(report.problems_count)})
    for problem in report.problems[:SHOWN_PROBLEMS]:
        where = _("%(member)s, row %(row)d, column %(column)s")
        place = where % {"member": problem.member, "row": problem.row, "column": problem.column or "-"}
        found = _("found %(found)r, expected %(expected)s") % {"found": problem.found, "expected": problem.expected}
        write(f"    {place}: {found}")
    if report.problems_count > SHOWN_PROBLEMS:
        write("    " + _("… the file of the report has them all"))
