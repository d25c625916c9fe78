"""What another server signed: its keys, whether it is it that speaks, and that it says a thing once.

Tokens are read by PyJWT. The algorithms are ours, never the token's; the keys are those registered, pasted or fetched
from the registered address (``foundation.fetching``) and kept for an hour.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.core.cache import caches
from django.db import IntegrityError, transaction

from trama.foundation.fetching import FetchRefused, fetch

from .errors import NotTrusted
from .models import UsedOnce

ALGORITHMS = ("RS256", "RS384", "RS512", "ES256", "ES384", "PS256")
KEPT_SECONDS = 3600
AGAIN_SECONDS = 60  # before keys are asked for once more because one was missing
DOWN_SECONDS = 30  # before a server that did not answer is asked again
LEEWAY = 30  # seconds that clocks may differ
LONGEST = 24 * 3600  # seconds that a message may be valid
SMALLEST_RSA = 2048  # bits


class Party(Protocol):
    """A registered tool or platform."""

    jwks_url: str
    public_key: str


def read_keys(text: str) -> list[jwt.PyJWK]:
    """Public keys that a person pasted: PEM, one JWK, or a set of them. Raises ``ValueError``."""
    text = text.strip()
    if text.startswith("{"):
        raw = json.loads(text)
        rows = raw.get("keys") if isinstance(raw.get("keys"), list) else [raw]
        return _usable(rows)
    key: Any = load_pem_public_key(text.encode())
    made = jwt.get_algorithm_by_name("ES256" if hasattr(key, "curve") else "RS256")
    return _usable([json.loads(made.to_jwk(key))])


def _usable(rows: Sequence[Any]) -> list[jwt.PyJWK]:
    """Those of a set that can sign what is read here: asymmetric, and long enough. Raises ``ValueError`` for none."""
    found = []
    for row in rows:
        if not isinstance(row, dict) or row.get("kty") not in ("RSA", "EC") or "d" in row:
            continue
        try:
            key = jwt.PyJWK(row, row.get("alg") or ("RS256" if row["kty"] == "RSA" else None))
        except (jwt.PyJWTError, ValueError, TypeError):
            continue
        if key.key_type == "RSA" and key.key.key_size < SMALLEST_RSA:
            continue
        found.append(key)
    if not found:
        raise ValueError("no usable public key")
    return found


def keys_of(party: Party, *, anew: bool = False) -> list[jwt.PyJWK]:
    """The keys of a party. ``anew``: ask again, unless that was done a moment ago. Raises ``NotTrusted``."""
    try:
        return read_keys(_key_text(party, anew))
    except (ValueError, TypeError, AttributeError, RecursionError, FetchRefused) as problem:
        raise NotTrusted from problem


def _key_text(party: Party, anew: bool) -> str:
    if party.public_key:
        return party.public_key
    name = "learn.lti.keys." + hashlib.sha256(party.jwks_url.encode()).hexdigest()[:32]
    cache = caches["default"]
    held: str | None = cache.get(name)
    if held is not None and (not anew or not cache.add(f"{name}.again", 1, AGAIN_SECONDS)):
        return held
    if cache.get(f"{name}.down"):
        raise FetchRefused(party.jwks_url)  # asked a moment ago, in vain: whoever sends messages makes nobody wait
    try:
        text = _fetched(party.jwks_url)
    except (FetchRefused, ValueError):
        cache.set(f"{name}.down", 1, DOWN_SECONDS)
        raise
    cache.set(name, text, KEPT_SECONDS)
    return text


def _fetched(address: str) -> str:
    """A set of keys that can be read. Raises ``FetchRefused`` and ``ValueError``."""
    answer = fetch(address, headers={"Accept": "application/json"})
    if answer.status != 200:
        raise FetchRefused(str(answer.status))
    text = answer.body.decode()
    read_keys(text)
    return text


def read_signed(
    party: Party, token: str, *, audience: str | Sequence[str], issuer: str, needs: Sequence[str] = ("exp", "iat")
) -> dict[str, Any]:
    """The claims of a token that the party signed for ``audience``. Raises ``NotTrusted``."""
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError) as problem:
        raise NotTrusted from problem
    if header.get("alg") not in ALGORITHMS:
        raise NotTrusted
    key = _named(party, header.get("kid"))
    try:
        claims: dict[str, Any] = jwt.decode(
            token, key.key, algorithms=[header["alg"]], audience=audience, issuer=issuer, leeway=LEEWAY,
            options={"require": [*needs], "strict_aud": False},
        )  # fmt: skip
        lasts = int(claims["exp"]) - int(claims["iat"])
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as problem:
        raise NotTrusted from problem
    if lasts > LONGEST:
        raise NotTrusted
    return claims


def _named(party: Party, kid: Any) -> jwt.PyJWK:
    """The key that a header names; the only one, where it names none."""
    for anew in (False, True):
        keys = keys_of(party, anew=anew)
        found = [key for key in keys if key.key_id == kid]
        if not found and len(keys) == 1 and (kid is None or keys[0].key_id is None):
            found = keys
        if found:
            return found[0]
    raise NotTrusted


def once(what: str, *parts: str, at: datetime, seconds: int = 3600) -> None:
    """Note that something was said. Raises ``NotTrusted`` for what was said before. The database decides."""
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    try:
        with transaction.atomic():
            UsedOnce.objects.create(what=what, key=key, until=at + timedelta(seconds=seconds))
    except IntegrityError as problem:
        raise NotTrusted from problem


def forget_used(at: datetime) -> int:
    """Remove what is too old to be said again anyway. How many. A day's grace for clocks."""
    removed, _each = UsedOnce.objects.filter(until__lt=at - timedelta(days=1)).delete()
    return removed
