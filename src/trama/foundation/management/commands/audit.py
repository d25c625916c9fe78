"""``trama audit verify``: prove that nobody touched the audit trail."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from ... import policies
from ...audit.services import verify


class Command(BaseCommand):
    help = "Verify the audit trail: every row carries the hash of the one before it."
    policy = policies.declare("foundation.audit.verify", kind="command", allow=policies.NOBODY)

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        check = actions.add_parser("verify", help="go through the whole trail")
        check.add_argument("--head", default="", help="the last hash noted earlier: it must still be in the trail")

    def handle(self, *args: Any, head: str = "", **options: Any) -> None:
        found = verify()
        if found.first_wrong is not None:
            raise CommandError(
                _("The trail is broken: row %(row)d does not fit the one before it. %(good)d rows before it hold.")
                % {"row": found.first_wrong, "good": found.rows}
            )
        if head and head != found.head:
            from ...audit.models import Event

            if not Event.objects.filter(row_hash=head).exists():
                raise CommandError(_("The noted row is no longer in the trail: rows were cut off its end."))
        self.stdout.write(
            _("The trail holds: %(rows)d rows. Last hash: %(head)s") % {"rows": found.rows, "head": found.head}
        )
