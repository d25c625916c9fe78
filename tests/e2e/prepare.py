"""Prepare the database of an end-to-end site. Run as a script in its environment; what is asked is done in one process.

``python -m tests.e2e.prepare empty`` migrates and loads the content; ``site`` loads the demonstration state too and
creates the people of ``people.py``, and prints person to session key as the last line.
"""

import sys
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection

from tests import migrated

from . import people


def main(kind: str) -> None:
    django.setup()
    database = Path(connection.settings_dict["NAME"])
    if not database.exists():
        migrated.copy_sqlite(database)
    call_command("migrate", verbosity=0)
    call_command("content", "load", stdout=sys.stderr)
    if kind == "site":
        call_command("load", demonstration=True, stdout=sys.stderr)
    if kind in ("site", "people"):
        people.main()


if __name__ == "__main__":
    main(sys.argv[1])
