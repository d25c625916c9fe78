"""``trama data``: import, list, report on, withdraw and download official files."""

import csv
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from trama.know.indicators.models import Release
from trama.know.sources.catalogue import publications
from trama.know.sources.downloads import DownloadFailed, download
from trama.know.sources.errors import ImportBusy, NotPublished
from trama.know.sources.formats.registry import FORMATS
from trama.know.sources.models import RejectedRow
from trama.know.sources.policies import COMMANDS
from trama.know.sources.rawfiles import report_path
from trama.know.sources.report import HEADER, safe_cell
from trama.know.sources.services import import_path, withdraw_release
from trama.know.sources.terminal import Bar, number, report_lines


class Command(BaseCommand):
    help = "Official files: import, list, report, withdraw, download."
    policy = COMMANDS

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        bring = verbs.add_parser("import", help="read a file or folder and publish it")
        bring.add_argument("source", help="the layout, or “auto” to recognise it")
        bring.add_argument("path", type=Path)
        bring.add_argument("--dry-run", action="store_true", help="read and check, write nothing")
        verbs.add_parser("list", help="releases, newest first")
        report = verbs.add_parser("report", help="what a release holds, and its rejected rows")
        report.add_argument("id", type=int)
        report.add_argument("--csv", action="store_true", help="every rejected row, as CSV")
        away = verbs.add_parser("withdraw", help="take a release out of every page")
        away.add_argument("id", type=int)
        away.add_argument("--reason", default="")
        fetch = verbs.add_parser("download", help="fetch official files from their publishers")
        fetch.add_argument("sources", nargs="*", metavar="SOURCE")
        fetch.add_argument("--base-url", default="", help="a server on this machine that stands in for the publishers")
        fetch.add_argument("--again", action="store_true", help="fetch also what is here already")

    def handle(self, *_args: Any, verb: str, **options: Any) -> None:
        getattr(self, f"_{verb}")(**options)

    def _import(self, source: str, path: Path, dry_run: bool, **_options: Any) -> None:
        known = {layout.source for layout in FORMATS}
        if source != "auto" and source not in known:
            raise CommandError(_("%(source)s: not a layout; known: auto, %(known)s") % {
                "source": source, "known": ", ".join(sorted(known)),
            })  # fmt: skip
        bar = Bar(self.stdout, path.name)
        wanted = None if source == "auto" else source
        try:
            report = import_path(path, by=None, at=timezone.now(), progress=bar, dry_run=dry_run, source=wanted)
        except ImportBusy:
            raise CommandError(_("Another import is running. Try again when it is done.")) from None
        finally:
            bar.clear()
        report_lines(report, self.stdout.write)
        if report.outcome == "rejected":
            if report.release_id:
                self.stdout.write(f"  {report_path(report.release_id)}")
            sys.exit(1)

    def _list(self, **_options: Any) -> None:
        for release in Release.objects.order_by("-pk"):
            self.stdout.write(
                f"{release.pk:>5}  {release.get_state_display():<12.12}  {release.vintage:<10}  "
                f"{number(release.observations_count):>12}  {release.source}  {release.title}"
            )

    def _release(self, pk: int) -> Release:
        release = Release.objects.filter(pk=pk).first()
        if release is None:
            raise CommandError(_("There is no release %(id)d. See “trama data list”.") % {"id": pk})
        return release

    def _report(self, id: int, **options: Any) -> None:
        release = self._release(id)
        if options["csv"]:
            self._csv(release)
            return
        self.stdout.write(release.title)
        self.stdout.write(f"  {release.publisher} · {release.source} · {release.vintage} · {release.file_name}")
        self.stdout.write(f"  SHA-256 {release.file_sha256} · {number(release.file_bytes)} bytes")
        self.stdout.write(f"  {release.get_state_display()}")
        counts = _("%(read)s rows read, %(accepted)s accepted, %(rejected)s rejected, %(observations)s observations")
        values = {
            "read": number(release.rows_read),
            "accepted": number(release.rows_accepted),
            "rejected": number(release.rows_rejected),
            "observations": number(release.observations_count),
        }
        self.stdout.write(f"  {counts % values}")
        for row in release.rejected.order_by("pk")[:20]:
            self.stdout.write(f"    {row.member} {row.row} {row.column}: {row.found!r}; {row.expected}")

    def _csv(self, release: Release) -> None:
        path = report_path(release.pk)
        if path.exists():
            self.stdout.write(path.read_text(encoding="utf-8-sig"), ending="")
            return
        writer = csv.writer(self.stdout)
        writer.writerow(HEADER)
        for row in RejectedRow.objects.filter(release=release).order_by("pk"):
            cells = (row.member, str(row.row), row.column, row.found, row.expected)
            writer.writerow([safe_cell(cell) for cell in cells])

    def _withdraw(self, id: int, reason: str, **_options: Any) -> None:
        release = self._release(id)
        try:
            withdraw_release(release, by=None, at=timezone.now(), reason=reason)
        except NotPublished:
            state = release.get_state_display()
            raise CommandError(_("Release %(id)d is not published (%(state)s).") % {"id": id, "state": state}) from None
        self.stdout.write(_("Withdrawn: %(title)s") % {"title": release.title})

    def _download(self, sources: list[str], base_url: str, again: bool, **_options: Any) -> None:
        known = publications()
        if unknown := [slug for slug in sources if slug not in known]:
            values = {"source": ", ".join(unknown), "known": ", ".join(known)}
            raise CommandError(_("%(source)s: not in content/sources.toml; known: %(known)s") % values)
        failed = 0
        for slug in sources or known:
            self.stdout.write(f"{known[slug].title} · {known[slug].publisher}")
            for file in known[slug].files:
                failed += not self._fetch(file, slug, base_url, again)
        if failed:
            raise CommandError(_("Files that did not come: %(count)d. Run it again to go on.") % {"count": failed})

    def _fetch(self, file: Any, slug: str, base_url: str, again: bool) -> bool:
        bar = Bar(self.stdout, file.name)
        folder = Path(settings.VAR_DIR) / "downloads" / slug
        try:
            got = download(file, folder, at=timezone.now(), base_url=base_url, progress=bar, again=again)
        except (DownloadFailed, ValueError) as error:
            bar.clear()
            self.stderr.write(f"  {error}")
            return False
        bar.clear()
        state = _("fetched") if got.fetched else _("here already")
        self.stdout.write(f"  {file.name}: {state}, {number(got.size)} bytes, SHA-256 {got.sha256[:12]}…")
        return True
