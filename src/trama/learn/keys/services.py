"""Verbs on signing keys: sign, rotate. The cryptography is that of ``cryptography`` and PyJWT."""

import base64
import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import jwt
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import IntegrityError, transaction
from jwt.algorithms import RSAAlgorithm

from trama.foundation.audit import record_event
from trama.foundation.policies import require

from ..policies import ROTATE_KEYS
from .models import SigningKey

ALGORITHM = "RS256"  # what LTI 1.3 and Open Badges 3.0 ask every implementation to read
BITS = 2048


def _box(secret: str) -> Fernet:
    """What seals private halves: a key derived from the secret of the installation."""
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"trama.learn.keys").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def _made(purpose: str, at: datetime) -> SigningKey:
    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    kid = uuid.uuid4().hex
    public = json.loads(RSAAlgorithm.to_jwk(private.public_key())) | {"kid": kid, "alg": ALGORITHM, "use": "sig"}
    public.pop("key_ops", None)
    return SigningKey.objects.create(
        purpose=purpose, kid=kid, public=public, sealed=_box(settings.SECRET_KEY).encrypt(pem).decode(), created_at=at
    )


def signing_key(purpose: str, *, at: datetime) -> SigningKey:
    """The key that signs for a purpose now; it is made when there is none."""
    found = SigningKey.objects.filter(purpose=purpose, retired_at__isnull=True).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return _made(purpose, at)
    except IntegrityError:  # another process made one meanwhile: the constraint lets one of them in
        return SigningKey.objects.get(purpose=purpose, retired_at__isnull=True)


@lru_cache(maxsize=8)
def _private(sealed: str, secret: str) -> RSAPrivateKey | None:
    """The private half, ready to sign: reading it costs ten times what signing does. None under another secret."""
    try:
        pem = _box(secret).decrypt(sealed.encode())
    except InvalidToken:
        return None
    found = serialization.load_pem_private_key(pem, password=None)
    return found if isinstance(found, RSAPrivateKey) else None


def sign(purpose: str, claims: Mapping[str, Any], *, at: datetime, kid: str = "{kid}", shown: bool = False) -> str:
    """A compact JWS of ``claims``. ``kid``: how the header names the key, ``{kid}`` in it is the key's own name.

    ``shown``: the header carries the public key too. A key that cannot be read any more is retired and another one is
    made, so that a changed secret stops nothing; what the old one signed can still be verified.
    """
    key = signing_key(purpose, at=at)
    private = _private(key.sealed, settings.SECRET_KEY)
    if private is None:
        key = _replaced(purpose, by=None, at=at)
        private = _private(key.sealed, settings.SECRET_KEY)
        assert private is not None
    headers = {"kid": kid.format(kid=key.kid)} | ({"jwk": key.public} if shown else {})
    return jwt.encode(dict(claims), private, algorithm=ALGORITHM, headers=headers)


def rotate(purpose: str, *, by: Any, at: datetime) -> SigningKey:
    """Sign with a new key from now on. The old one stays published; its private half is removed.

    Raises ``PermissionDenied``.
    """
    require(by, ROTATE_KEYS)
    return _replaced(purpose, by=by, at=at)


@transaction.atomic
def _replaced(purpose: str, *, by: Any, at: datetime) -> SigningKey:
    held = SigningKey.objects.select_for_update().filter(purpose=purpose, retired_at__isnull=True)
    held.update(retired_at=at, sealed="")
    made = _made(purpose, at)
    record_event("signing key made", by=by, at=at, target=made, detail={"purpose": purpose})
    return made
