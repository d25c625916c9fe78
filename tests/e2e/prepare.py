"""Prepare the database of an end-to-end site. Run as a script in its environment; what is asked is done in one process.

``python -m tests.e2e.prepare empty`` migrates and loads the content; ``site`` loads the demonstration state too and
creates the people of ``people.py``, and prints person to session key as the last line.
"""

import sys

import django
from django.core.management import call_command

from . import people


def main(kind: str) -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("content", "load", stdout=sys.stderr)
    if kind == "site":
        call_command("load", demonstration=True, stdout=sys.stderr)
    if kind in ("site", "people"):
        people.main()


if __name__ == "__main__":
    main(sys.argv[1])
