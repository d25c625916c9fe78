"""Importing a file that came through the site: long work, watched on its own page."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from ...foundation.jobs import Progress, job
from .formats.opening import UPLOAD
from .policies import PROGRAMME, TOOL
from .report import ImportReport
from .services import import_path

JOB = "know.sources.import_upload"
KEPT_SECONDS = 7 * 24 * 3600


def uploads_folder() -> Path:
    """Where uploads wait for their import."""
    return Path(settings.RAW_FILES_DIR) / "uploads"


def report_key(upload: str) -> str:
    """Where the report of a trial lies until it is looked at."""
    return f"know.sources.trial.{upload}"


@job(JOB, allow=PROGRAMME, tool=TOOL, access="edit")
def import_upload(progress: Progress, *, by: Any, upload: str, file_name: str, dry_run: bool) -> str | None:
    """Import ``upload``, a name in the uploads folder. Gives the address of its report."""
    folder = uploads_folder() / upload
    path = folder / "file"
    report = cache.get(report_key(upload))
    if path.exists() or report is None:
        report = import_path(
            path,
            by=by,
            at=timezone.now(),
            progress=progress,
            dry_run=dry_run,
            limits=UPLOAD,
            name=file_name,
            isolated=True,
        )
    _keep_trial(upload, report)
    shutil.rmtree(folder, ignore_errors=True)
    if report.release_id is not None:
        return reverse("know:import_report", args=[report.release_id])
    return reverse("know:trial", args=[upload])


def _keep_trial(upload: str, report: ImportReport) -> None:
    cache.set(report_key(upload), report, KEPT_SECONDS)
