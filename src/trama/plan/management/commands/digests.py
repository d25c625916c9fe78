"""``trama digests``: the mail that tells people, in one message, what waits for them."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from trama.plan.followup.digest import send_digests
from trama.plan.policies import SEND_DIGESTS


class Command(BaseCommand):
    help = "Shows who would get today's digest; with --apply, sends it. The worker does this by itself once a day."
    policy = SEND_DIGESTS

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="send; without this, only tell")

    def handle(self, *args: Any, **options: Any) -> None:
        report = send_digests(at=timezone.now(), apply=options["apply"], origin=settings.TRAMA_ORIGIN)
        done = "sent" if options["apply"] else "to send (nothing was sent; use --apply)"
        self.stdout.write(f"{done}: {report.sent}")
        self.stdout.write(f"nothing waits for: {report.empty}")
        self.stdout.write(f"not their day, not wanted, or sent already: {report.skipped}")
