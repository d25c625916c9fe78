"""``trama doctor``: what is wrong with this installation, and how to mend it."""

import sys
from argparse import ArgumentParser
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ... import policies
from ...checks import connect_to_mail
from ...doctor import FAILURE, GOOD, WARNING, examine, language_of_the_terminal

SIGNS = {GOOD: "✓", WARNING: "!", FAILURE: "✗"}


class Command(BaseCommand):
    help = "Say what is wrong with this installation and how to mend it. Ends with code 1 if something must be mended."
    policy = policies.declare("foundation.site.examine", kind="command", allow=policies.NOBODY)
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mail", action="store_true", help="also connect to the mail server")

    def handle(self, *args: Any, **options: Any) -> None:
        with language_of_the_terminal():
            counts = dict.fromkeys(SIGNS, 0)
            for finding in chain(examine(), connect_to_mail() if options["mail"] else ()):
                counts[finding.level] += 1
                self.stdout.write(f"{SIGNS[finding.level]} {finding.what}")
                if finding.mend:
                    self.stdout.write(f"    → {finding.mend}")
            self.stdout.write("")
            self.stdout.write(self._conclusion(counts))
        if counts[FAILURE]:
            sys.exit(1)

    def _conclusion(self, counts: dict[str, int]) -> str:
        if counts[FAILURE]:
            return ngettext("%(n)d thing must be mended.", "%(n)d things must be mended.", counts[FAILURE]) % {
                "n": counts[FAILURE]
            }
        if counts[WARNING]:
            return ngettext(
                "It works; %(n)d thing deserves attention.",
                "It works; %(n)d things deserve attention.",
                counts[WARNING],
            ) % {"n": counts[WARNING]}
        return _("All is well.")
