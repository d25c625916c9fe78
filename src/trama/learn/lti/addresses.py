"""Where this site is found by other servers: whole addresses, the same in every language."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from trama.accounts.api import absolute


def issuer() -> str:
    """Who this site is to tools: its origin."""
    return str(settings.TRAMA_ORIGIN)


def at(name: str, *args: Any) -> str:
    """The whole address of a route for servers (``learn/urls_plain.py``)."""
    return absolute(reverse(f"exchange:{name}", args=args), "")
