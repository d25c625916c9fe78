"""``trama tidy_rounds``: deletes invitations to rounds that are past their time."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from trama.diagnose.policies import FORGET_INVITATIONS
from trama.diagnose.rounds.team import forget_invitations


class Command(BaseCommand):
    help = "Counts invitations past their time; with --apply, deletes them. The worker does this by itself once a day."
    policy = FORGET_INVITATIONS

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--apply", action="store_true", help="delete; without this, only count")

    def handle(self, *args: Any, **options: Any) -> None:
        number = forget_invitations(at=timezone.now(), apply=options["apply"])
        self.stdout.write(f"invitations: {number}{'' if options['apply'] else ' (nothing was changed; use --apply)'}")
