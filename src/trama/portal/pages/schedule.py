"""What an editor gave a date goes public, or ends, in that minute."""

from datetime import datetime

from django.core.management import call_command

from .selectors import next_change


def is_due(at: datetime) -> bool:
    return next_change(at)


def publish_due(at: datetime) -> str:
    """Publish and end what is due; the framework's own command does it, and may do it twice."""
    call_command("publish_scheduled", verbosity=0)
    return ""
