"""What this site asks of a platform that sent somebody: a token, the members of a context, to take a score."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from trama.foundation.fetching import Answer, FetchRefused, fetch

from ..keys.models import SigningKey
from ..keys.services import sign
from . import vocabulary as lti
from .models import Platform, PlatformLaunch

MOST_PAGES = 20


def _token(platform: Platform, scope: str, *, at: datetime) -> str:
    now = int(at.timestamp())
    claims = {
        "iss": platform.client_id, "sub": platform.client_id, "aud": platform.token_url, "iat": now, "exp": now + 300,
        "jti": secrets.token_urlsafe(24),
    }  # fmt: skip
    form = {
        "grant_type": "client_credentials", "client_assertion_type": lti.ASSERTION_TYPE, "scope": scope,
        "client_assertion": sign(SigningKey.Purpose.LTI, claims, at=at),
    }  # fmt: skip
    answer = fetch(
        platform.token_url, method="POST", body=urlencode(form).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
    )  # fmt: skip
    told = answer.json() if answer.status == 200 else {}
    token = told.get("access_token") if isinstance(told, dict) else None
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise FetchRefused(f"token: {answer.status}")
    return token


def send_score(launch: PlatformLaunch, completed_at: datetime, *, at: datetime) -> None:
    """Tell a platform that its person completed the course: all points. Raises ``FetchRefused``."""
    token = _token(launch.platform, lti.SCOPE_SCORE, at=at)
    told = {
        "userId": launch.subject, "scoreGiven": 100, "scoreMaximum": 100, "activityProgress": "Completed",
        "gradingProgress": "FullyGraded", "timestamp": completed_at.isoformat(timespec="milliseconds"),
    }  # fmt: skip
    parts = urlsplit(launch.line_item_url)
    where = urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/scores"))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": lti.SCORE_TYPE}
    answer = fetch(where, method="POST", body=json.dumps(told).encode(), headers=headers)
    if answer.status not in (200, 201, 202, 204, 409):  # 409: it knows something newer, which stands
        raise FetchRefused(f"score: {answer.status}")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a context, as the platform says. ``name`` is "" where it tells none."""

    subject: str
    name: str
    roles: tuple[str, ...]
    active: bool


def members(launch: PlatformLaunch, *, at: datetime) -> list[Member]:
    """Who is in the context that a launch came from. Nothing of it is kept. Raises ``FetchRefused``."""
    token = _token(launch.platform, lti.SCOPE_MEMBERS, at=at)
    headers = {"Authorization": f"Bearer {token}", "Accept": lti.MEMBERS_TYPE}
    found: list[Member] = []
    where = launch.members_url
    for _page in range(MOST_PAGES):
        answer = fetch(where, headers=headers)
        told = answer.json() if answer.status == 200 else None
        rows = told.get("members") if isinstance(told, dict) else None
        if not isinstance(rows, list):
            raise FetchRefused(f"members: {answer.status}")
        found += [_member(row) for row in rows if isinstance(row, dict)]
        following = _next(answer)
        if not following or urlsplit(following).netloc != urlsplit(where).netloc:
            break
        where = following
    return found


def _member(row: dict[str, Any]) -> Member:
    roles = row.get("roles") if isinstance(row.get("roles"), list) else []
    name = row.get("name") if isinstance(row.get("name"), str) else ""
    said = tuple(str(one).rpartition("#")[2][:60] for one in roles or ())
    return Member(str(row.get("user_id", ""))[:255], str(name)[:160], said, row.get("status", "Active") == "Active")


def _next(answer: Answer) -> str:
    for piece in answer.headers.get("link", "").split(","):
        address, _semicolon, rest = piece.partition(";")
        if 'rel="next"' in rest.replace(" ", "") or "rel=next" in rest.replace(" ", ""):
            return address.strip().strip("<>")
    return ""
