"""``trama mandates``: ends of municipal mandates, warnings by e-mail, sessions of those whose mandate is over."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from trama.accounts.roles.mandates import keep_mandates
from trama.accounts.roles.policies import KEEP_MANDATES


class Command(BaseCommand):
    help = "Shows what the end of municipal mandates asks for today; with --apply, does it. Run it once a day."
    policy = KEEP_MANDATES

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="do it; without this, only tell")

    def handle(self, *args: Any, **options: Any) -> None:
        report = keep_mandates(at=timezone.now(), apply=options["apply"], origin=settings.TRAMA_ORIGIN)
        done = "done" if options["apply"] else "to do (nothing was changed; use --apply)"
        self.stdout.write(f"{done}:")
        self.stdout.write(f"  ends of mandate set: {len(report.ends_set)}")
        for days in (60, 30, 7):
            self.stdout.write(f"  warnings, {days} days: {sum(1 for _, sent in report.warned if sent == days)}")
        self.stdout.write(f"  people whose sessions end: {len(report.sessions_ended)}")
