"""Importing an official file, and taking one back.

A file is read once, checked whole and packed; only then is anything written, and it is seen only when all of it is
there. See decision 0045.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from ...foundation.audit import record_event
from ...foundation.policies import require
from ..indicators.models import Indicator, Release
from ..territory import services as territory
from .checking import Checker
from .errors import NotPublished
from .formats.base import Chunk, Description, Format, Problem, UnreadableFile
from .formats.describing import describe
from .formats.isolation import read_apart
from .formats.opening import OFFICIAL, Limits, opened
from .lock import import_lock
from .models import RejectedRow, ReleaseIndicator
from .policies import IMPORT_FILE, WITHDRAW
from .rawfiles import file_hash, keep_raw, report_path
from .report import ImportReport, Outcome, ProblemLog
from .spool import Deduplicated, Spool
from .staging import clear_staged, discard, stage

UNKNOWN_SOURCE = "unknown"

type Told = Callable[[int, int | None, str], None]
"""How much is done, of how much, and what is being done."""


@dataclass(slots=True)
class _Import:
    """One file on its way in."""

    path: Path
    name: str
    by: Any
    at: datetime
    told: Told
    sha256: str
    size: int
    log: ProblemLog
    spool: Spool
    layout: Format | None = None
    description: Description | None = None
    checker: Checker | None = None
    kept: Deduplicated | None = None

    @property
    def source(self) -> str:
        return self.layout.source if self.layout is not None else UNKNOWN_SOURCE

    def report(self, outcome: Outcome, **fields: Any) -> ImportReport:
        checker, kept, told = self.checker, self.kept, self.description
        rows = checker.rows_read if checker is not None else 0
        rejected = min(self.log.rows(), rows)
        counts: dict[str, Any] = {}
        if checker is not None:
            records = checker.records
            counts = {
                "places": len(records.places),
                "schools": len(records.schools),
                "boundaries": len(records.boundaries),
                "memberships": len(records.memberships),
            }
        if kept is not None:
            counts |= {
                "observations": len(kept.order),
                "duplicates": kept.duplicates,
                "indicators": self.spool.summary(kept.order),
            }
        return ImportReport(
            outcome=outcome,
            source=self.source,
            title_pt=(told.title if told is not None else self.name)[:240],
            title_en=(told.title_en if told is not None else self.name)[:240],
            publisher=self.layout.publisher[:80] if self.layout is not None else "",
            vintage=told.vintage[:40] if told is not None else "",
            file_name=self.name[:255],
            file_sha256=self.sha256,
            file_bytes=self.size,
            rows_read=rows,
            rows_accepted=rows - rejected,
            rows_rejected=rejected,
            problems_count=self.log.count,
            problems=tuple(self.log.first),
            **(counts | fields),
        )


def _silent(_done: int, _total: int | None, _message: str) -> None:
    """Tells nobody."""


def import_path(
    path: Path,
    *,
    by: Any,
    at: datetime,
    progress: Told | None = None,
    dry_run: bool = False,
    source: str | None = None,
    limits: Limits = OFFICIAL,
    name: str = "",
    isolated: bool = False,
) -> ImportReport:
    """Read an official file or folder and publish it whole, or leave nothing but the report of what is wrong with it.

    ``by`` None: whoever administers the machine. ``source`` None: the layout is recognised from the content. A dry
    run gives the same report and writes nothing. A file that is published already is left alone. ``isolated``: a
    process with ceilings of time and memory reads it, for what people send.

    Raises ``PermissionDenied`` if ``by`` may not import, ``ImportBusy`` if another import runs for too long, and
    ``ValueError`` if ``source`` is not a layout known here.
    """
    if by is not None:
        require(by, IMPORT_FILE)
    began = time.monotonic()
    told = progress or _silent
    with (
        translation.override(settings.LANGUAGE_CODE),  # what is kept of a file reads the same for everyone
        tempfile.TemporaryDirectory(prefix="trama-spool-") as folder,
        _work(path, name or path.name, by, at, told, Path(folder)) as work,
    ):
        if dry_run:
            report = replace(_read(work, limits, source, isolated), dry_run=True)
        else:
            with import_lock(waiting=lambda: told(0, None, "")):
                clear_staged()
                report = _bring_in(work, limits, source, isolated)
    return replace(report, seconds=time.monotonic() - began)


@contextmanager
def _work(path: Path, name: str, by: Any, at: datetime, told: Told, folder: Path) -> Iterator[_Import]:
    sha256, size = file_hash(path) if path.exists() else ("", 0)
    log = ProblemLog(folder / "problems.csv")
    spool = Spool(folder, list(Indicator.objects.values_list("code", flat=True)))
    try:
        yield _Import(path, name, by, at, told, sha256, size, log, spool)
    finally:
        log.close()
        spool.close()


def _read(work: _Import, limits: Limits, source: str | None, isolated: bool) -> ImportReport:
    """The first pass: everything read and checked, nothing written."""
    wanted = _layout(source) if source else None
    try:
        with _reading(work, limits, wanted, isolated) as chunks:
            earlier = _published(work)
            if earlier is not None:
                return _unchanged(work, earlier)
            _check(work, chunks)
    except UnreadableFile as error:
        for problem in error.problems:
            work.log.add(problem)
    return work.report("rejected" if work.log.count else "published")


@contextmanager
def _reading(
    work: _Import, limits: Limits, wanted: Format | None, isolated: bool
) -> Iterator[Callable[[], Iterator[Chunk]]]:
    """Find the layout, here or in a process apart; gives what starts the reading."""
    if isolated:
        with read_apart(work.path, limits, name=work.name) as apart:
            work.layout, work.description = _layout(apart.source), apart.description
            yield lambda: iter(apart.chunks)
        return
    from .formats.registry import detect  # it brings Polars, which few processes need

    with opened(work.path, limits, name=work.name) as members:
        layout = work.layout = wanted or detect(members)

        def chunks() -> Iterator[Chunk]:
            work.description = describe(layout, members)
            yield from layout.read(members)

        yield chunks


def _check(work: _Import, chunks: Callable[[], Iterator[Chunk]]) -> None:
    checker = work.checker = Checker(work.spool, work.log)
    for chunk in chunks():
        checker.take(chunk)
        total = work.description.rows_expected if work.description is not None else None
        work.told(checker.rows_read, total, chunk.member)
    work.kept = checker.finish()
    records = checker.records
    held = (records.places, records.schools, records.boundaries, records.memberships)
    if not work.log.count and not len(work.kept.order) and not any(held):
        work.log.add(Problem(work.name, 0, "", "", _("at least one row of data")))


def _layout(source: str) -> Format:
    from .formats.registry import FORMATS

    found = next((layout for layout in FORMATS if layout.source == source), None)
    if found is None:
        raise ValueError(f"unknown source {source!r}; known: {', '.join(layout.source for layout in FORMATS)}")
    return found


def _published(work: _Import) -> Release | None:
    return Release.objects.filter(source=work.source, file_sha256=work.sha256, state=Release.State.PUBLISHED).first()


def _unchanged(work: _Import, release: Release) -> ImportReport:
    """The same file again: the report of the release that is there."""
    return ImportReport(
        outcome="unchanged", source=release.source, title_pt=release.title_pt, title_en=release.title_en,
        publisher=release.publisher,
        vintage=release.vintage, file_name=work.name[:255], file_sha256=work.sha256, file_bytes=work.size,
        rows_read=release.rows_read, rows_accepted=release.rows_accepted, observations=release.observations_count,
        release_id=release.pk,
    )  # fmt: skip


def _bring_in(work: _Import, limits: Limits, source: str | None, isolated: bool) -> ImportReport:
    report = _read(work, limits, source, isolated)
    if report.outcome == "unchanged":
        return report
    if report.outcome == "rejected":
        return replace(report, release_id=_keep_rejection(work, report).pk)
    facts = {
        "name": report.file_name, "source": report.source, "publisher": report.publisher, "vintage": report.vintage,
        "rows": report.rows_read, "observations": report.observations, "read_at": work.at.isoformat(),
    }  # fmt: skip
    keep_raw(work.path, work.sha256, facts)
    return replace(report, release_id=_publish(work, report).pk)


def _release(work: _Import, report: ImportReport, state: str) -> Release:
    return Release.objects.create(
        source=report.source, title_pt=report.title_pt, title_en=report.title_en,
        publisher=report.publisher, vintage=report.vintage,
        file_name=report.file_name, file_sha256=report.file_sha256, file_bytes=report.file_bytes,
        rows_read=report.rows_read, rows_accepted=report.rows_accepted, rows_rejected=report.rows_rejected,
        observations_count=report.observations, state=state, created_at=work.at,
        is_demonstration=bool(getattr(work.layout, "is_demonstration", False)),
    )  # fmt: skip


def _keep_rejection(work: _Import, report: ImportReport) -> Release:
    """The release that records a refused file, with its rows. It takes the place of an earlier one of that file."""
    with transaction.atomic():
        for earlier in Release.objects.filter(
            source=report.source, file_sha256=report.file_sha256, state=Release.State.REJECTED
        ):
            discard(earlier)
        release = _release(work, report, Release.State.REJECTED)
        rows = [
            RejectedRow(
                release=release, member=p.member[:200], row=max(p.row, 0), column=p.column[:120], found=p.found[:200],
                expected=p.expected[:300],
            )
            for p in report.problems
        ]  # fmt: skip
        RejectedRow.objects.bulk_create(rows, batch_size=2_000)
        work.log.close()
        target = report_path(release.pk)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(work.log.path.read_bytes())
        detail = {"rows": report.rows_read, "problems": report.problems_count, "sha256": report.file_sha256}
        record_event("file rejected", by=work.by, at=work.at, target=release, detail=detail)
    return release


def _publish(work: _Import, report: ImportReport) -> Release:
    assert work.checker is not None
    assert work.kept is not None
    order = work.kept.order

    def told(done: int) -> None:
        work.told(done, len(order), "")

    if connection.vendor == "postgresql":
        with transaction.atomic():
            release = _release(work, report, Release.State.STAGED)
            _save_territory(work, release)
            stage(release, work.spool, order, told)
            _flip(work, release, report)
        return release
    with transaction.atomic():
        release = _release(work, report, Release.State.STAGED)
    try:
        stage(release, work.spool, order, told)
        with transaction.atomic():
            _save_territory(work, release)
            _flip(work, release, report)
    except BaseException:
        if not connection.needs_rollback:
            discard(Release.objects.get(pk=release.pk))
        raise
    return release


def _save_territory(work: _Import, release: Release) -> None:
    assert work.checker is not None
    records = work.checker.records
    if records.places:
        territory.save_places(records.places.values())
    if records.places or records.schools or records.memberships:
        territory.derive_networks()
    if records.schools:
        territory.save_schools(records.schools.values())
    if records.boundaries:
        territory.save_boundaries(records.boundaries.values(), release)
    if records.memberships:
        territory.save_memberships(records.memberships)


def _flip(work: _Import, release: Release, report: ImportReport) -> None:
    """From this commit on everyone sees it."""
    release.state = Release.State.PUBLISHED
    release.published_at = work.at
    release.save(update_fields=["state", "published_at"])
    ReleaseIndicator.objects.bulk_create(
        ReleaseIndicator(
            release=release,
            indicator_id=held.code,
            observations=held.observations,
            first_year=held.first_year,
            last_year=held.last_year,
        )
        for held in report.indicators
    )
    detail = {"rows": report.rows_read, "observations": report.observations, "sha256": report.file_sha256}
    record_event("release published", by=work.by, at=work.at, target=release, detail=detail)


@transaction.atomic
def withdraw_release(release: Release, *, by: Any, at: datetime, reason: str = "") -> Release:
    """Take a release out of every page. Its observations and its file stay, for the record; its outlines go.

    Places, schools and groups stay too: other releases may speak of them. Raises ``PermissionDenied`` if ``by`` may
    not, and ``NotPublished`` unless the release is published.
    """
    if by is not None:
        require(by, WITHDRAW)
    release = Release.objects.select_for_update().get(pk=release.pk)
    if release.state != Release.State.PUBLISHED:
        raise NotPublished(release)
    release.state = Release.State.WITHDRAWN
    release.save(update_fields=["state"])
    territory.forget_boundaries(release)
    record_event("release withdrawn", by=by, at=at, target=release, detail={"reason": reason[:400]})
    return release
