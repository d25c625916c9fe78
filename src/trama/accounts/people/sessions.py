"""Open sessions of a person: ended when their rights change, shown on the page of active sessions."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.core.cache import caches
from django.http import HttpRequest
from django.utils import timezone

SEEN_EVERY_SECONDS = 900


def end_sessions_of(user: Any) -> int:
    """End every open session of a person, on all devices. Returns how many."""
    sessions = list(UserSession.objects.filter(user=user.pk))
    for session in sessions:
        session.end()
    return len(sessions)


def rotate_session(request: HttpRequest) -> None:
    """Give the session a new id (login does so too) and keep it in the list of active sessions."""
    old = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)


def note_activity(request: HttpRequest) -> None:
    """Remember when and from where a session was last used; one write in fifteen minutes and process."""
    key = request.session.session_key
    if key is None or not caches["pages"].add(f"seen:{hash(key)}", True, SEEN_EVERY_SECONDS):
        return
    UserSession.objects.filter(session_key=key).update(last_seen_at=timezone.now())
