"""What a list of choices shows before one is chosen. Django has no Portuguese for it; named here, our catalogue has."""

from typing import Final

from django.utils.translation import gettext_noop

NOTHING_CHOSEN: Final = gettext_noop("- Select an option -")
