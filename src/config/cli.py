"""The ``trama`` command: Django's commands with the embedded settings as default."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["trama", *sys.argv[1:]])


if __name__ == "__main__":
    main()
