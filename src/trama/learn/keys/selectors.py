"""Questions about signing keys: what is published."""

from typing import Any

from .models import SigningKey


def public_keys(purpose: str) -> dict[str, Any]:
    """The JSON Web Key Set of a purpose: the key that signs now and those before it, the newest first. One query."""
    return {"keys": list(SigningKey.objects.filter(purpose=purpose).values_list("public", flat=True))}


def public_key(purpose: str, kid: str) -> dict[str, Any] | None:
    """One published key."""
    found: dict[str, Any] | None = (
        SigningKey.objects.filter(purpose=purpose, kid=kid).values_list("public", flat=True).first()
    )
    return found
