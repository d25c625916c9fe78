"""``trama tidy_accounts``: deletes invitations and appointment documents that are past their time."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from trama.accounts.roles.policies import FORGET
from trama.accounts.roles.retention import forget_old


class Command(BaseCommand):
    help = "Counts what is past its time (docs/security/personal-data.md); with --apply, deletes it. Run it once a day."
    policy = FORGET

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="delete; without this, only count")

    def handle(self, *args: Any, **options: Any) -> None:
        for what, number in forget_old(at=timezone.now(), apply=options["apply"]).items():
            self.stdout.write(f"{what}: {number}{'' if options['apply'] else ' (nothing was changed; use --apply)'}")
