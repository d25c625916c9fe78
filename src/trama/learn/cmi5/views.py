"""The one address of cmi5 beside the store: it gives a session its token, once (section 8.2)."""

from django.http import HttpResponse
from django.utils import timezone

from ..statements.answers import store_view, told
from ..statements.selectors import Client
from ..statements.wire import Call
from .services import fetch_token

USED = "1"


@store_view("POST", about=True)
def fetch(call: Call, client: Client, secret: str) -> HttpResponse:
    """``{"auth-token": …}`` the first time; then, as the specification asks, an error with status 200."""
    token = fetch_token(secret, at=timezone.now())
    if token is None:
        return told({"error-code": USED, "error-text": "The token was given already, or the launch is over."})
    return told({"auth-token": token})
