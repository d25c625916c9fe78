"""``trama load``: content, then every official file at hand, in order. What ``make run`` calls at the first start."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from trama.foundation.content import ContentError, load_content
from trama.know.sources.demonstration import DEMONSTRATION_FILE
from trama.know.sources.loading import find_data, load_folder
from trama.know.sources.policies import COMMANDS
from trama.know.sources.services import import_path
from trama.know.sources.terminal import Bar, number, outcome_text


class Command(BaseCommand):
    help = "Load the content and every official file at hand; without files, the invented demonstration."
    policy = COMMANDS

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="folder", type=Path, help="folder with official files")
        parser.add_argument("--demonstration", action="store_true", help="load the invented demonstration state")

    def handle(self, *_args: Any, folder: Path | None, demonstration: bool, **_options: Any) -> None:
        began = time.monotonic()
        self._content()
        if folder is not None and not folder.is_dir():
            raise CommandError(f"{folder}: not a folder")
        source = folder or (None if demonstration else find_data())
        rejected = self._load(source) if source is not None else 0
        if source is None:
            self._demonstrate()
        self.stdout.write(_("Done in %(seconds).1f s.") % {"seconds": time.monotonic() - began})
        if rejected:
            self.stdout.write(_("Files rejected: %(count)d. See “trama data list”.") % {"count": rejected})

    def _content(self) -> None:
        try:
            outcomes = load_content(settings.CONTENT_DIR, at=timezone.now())
        except ContentError as error:
            raise CommandError(str(error)) from error
        for name, outcome in outcomes.items():
            counts = _("%(created)d new, %(updated)d updated, %(kept)d edited on the site and left alone")
            values = {"created": outcome.created, "updated": outcome.updated, "kept": outcome.kept}
            self.stdout.write(f"{name}: {counts % values}")

    def _load(self, folder: Path) -> int:
        rejected = 0
        bars: dict[str, Bar] = {}

        def progress(label: str) -> Bar:
            bars[label] = Bar(self.stdout, label)
            return bars[label]

        for step in load_folder(folder, at=timezone.now(), progress=progress):
            if step.label in bars:
                bars[step.label].clear()
            if step.report is None:
                self.stdout.write(
                    _("%(file)s: left aside, not one of the layouts that Trama reads") % {"file": step.label}
                )
                continue
            report = step.report
            rows = _("%(count)s rows") % {"count": number(report.rows_read)}
            self.stdout.write(f"{step.label}: {outcome_text(report)} · {rows} · {step.seconds:.1f} s")
            if report.outcome == "rejected":
                rejected += 1
                for problem in report.problems[:3]:
                    self.stdout.write(
                        f"    {problem.member} {problem.row} {problem.column}: {problem.found!r}; {problem.expected}"
                    )
        return rejected

    def _demonstrate(self) -> None:
        bar = Bar(self.stdout, DEMONSTRATION_FILE.name)
        report = import_path(DEMONSTRATION_FILE, by=None, at=timezone.now(), progress=bar)
        bar.clear()
        self.stdout.write(f"{report.title}: {outcome_text(report)} · {report.seconds:.1f} s")
