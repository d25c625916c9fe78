"""``trama content load``: load the content that ships with the project, without touching what people edited."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from ... import policies
from ...content import ContentError, load_content

POLICY = policies.declare("foundation.content.load", kind="command", allow=policies.NOBODY)


class Command(BaseCommand):
    help = "Load the content files (indicators, calls, …). Rows that people edited on the site are left alone."
    policy = POLICY

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        load = actions.add_parser("load", help="load all content, or one kind of it")
        load.add_argument("--only", default="", help="name of the content, e.g. calls")
        load.add_argument(
            "--from", dest="directory", type=Path, default=settings.CONTENT_DIR, help="folder of the files"
        )

    def handle(self, *args: Any, directory: Path, only: str = "", **options: Any) -> None:
        try:
            outcomes = load_content(directory, at=timezone.now(), only=only)
        except ContentError as error:
            raise CommandError(str(error)) from error
        for name, outcome in outcomes.items():
            self.stdout.write(
                _("%(name)s: %(created)d created, %(updated)d updated, %(unchanged)d as before, %(kept)d edited, kept")
                % {
                    "name": name,
                    "created": outcome.created,
                    "updated": outcome.updated,
                    "unchanged": outcome.unchanged,
                    "kept": outcome.kept,
                }
            )
