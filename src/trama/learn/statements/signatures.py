"""Signatures of statements: a JSON Web Signature as an attachment (xAPI 1.0.3, Data 2.6; RFC 7515)."""

import binascii
from base64 import b64decode, urlsafe_b64decode
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_der_x509_certificate

from .checking import check_statement
from .errors import Malformed
from .parts import File
from .sameness import signed
from .wire import read_json

_ALGORITHMS = {"RS256": hashes.SHA256(), "RS384": hashes.SHA384(), "RS512": hashes.SHA512()}
_WHERE = "signature"


def check_signature(statement: dict[str, Any], file: File, *, second: bool) -> None:
    """Raises ``Malformed`` if the signature is none, is of another statement, or its certificate did not make it.

    Without a certificate (``x5c``) only the form and what it signs can be checked.
    """
    parts = file.content.strip().split(b".")
    if len(parts) != 3:
        raise Malformed(_WHERE, "a JSON Web Signature in compact form is expected")
    head = read_json(_decoded(parts[0]), _WHERE)
    algorithm = _ALGORITHMS.get(str(head.get("alg"))) if isinstance(head, dict) else None
    if algorithm is None:
        raise Malformed(_WHERE, "the algorithm must be RS256, RS384 or RS512")
    inside = read_json(_decoded(parts[1]), _WHERE)
    check_statement(inside, second=second)
    if signed(inside) != signed(statement):
        raise Malformed(_WHERE, "it signs another statement")
    chain = head.get("x5c")
    if chain is not None:
        _check_by_certificate(chain, parts[0] + b"." + parts[1], _decoded(parts[2]), algorithm)


def _check_by_certificate(chain: Any, message: bytes, signature: bytes, algorithm: Any) -> None:
    try:
        key = load_der_x509_certificate(b64decode(chain[0])).public_key()
    except (ValueError, TypeError, IndexError, KeyError):
        raise Malformed(_WHERE, "its certificate cannot be read") from None
    if not isinstance(key, RSAPublicKey):
        raise Malformed(_WHERE, "its certificate holds no RSA key")
    try:
        key.verify(signature, message, padding.PKCS1v15(), algorithm)
    except InvalidSignature:
        raise Malformed(_WHERE, "it was not made with the key of its certificate") from None


def _decoded(part: bytes) -> bytes:
    try:
        return urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        raise Malformed(_WHERE, "a JSON Web Signature in compact form is expected") from None
