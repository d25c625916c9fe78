"""Tools prove who they are and get a token for the services (OAuth 2, client credentials with a signed assertion).

A token holds for an hour, for the scopes asked for, and only while the tool is in use. It is signed here, not kept.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import jwt
from django.core import signing

from . import vocabulary as lti
from .addresses import at as address
from .addresses import issuer
from .errors import LtiError, NotTrusted
from .models import Tool
from .selectors import tool_of_client
from .trust import once, read_signed

SALT = "trama.learn.lti.token"
SECONDS = 3600


class WrongScope(LtiError):
    """No known scope was asked for."""

    code = "invalid_scope"


class WrongClient(NotTrusted):
    """The assertion is not the tool's."""

    code = "invalid_client"
    status = 401


def token_for(asked: Mapping[str, str], *, at: datetime) -> dict[str, Any]:
    """The answer of the token address. Raises ``LtiError``, ``WrongClient`` and ``WrongScope``."""
    if asked.get("grant_type") != "client_credentials" or asked.get("client_assertion_type") != lti.ASSERTION_TYPE:
        raise LtiError("grant_type, client_assertion_type")
    assertion = asked.get("client_assertion", "")
    tool = _client(assertion)
    try:
        claims = read_signed(
            tool, assertion, audience=[address("lti_token"), issuer()], issuer=tool.client_id,
            needs=("exp", "iat", "jti", "sub"),
        )  # fmt: skip
        if claims["sub"] != tool.client_id:
            raise NotTrusted
        once("assertion", str(tool.pk), str(claims["jti"]), at=at, seconds=24 * 3600)
    except NotTrusted as problem:
        raise WrongClient from problem
    scopes = [one for one in asked.get("scope", "").split() if one in lti.SCOPES]
    if not scopes:
        raise WrongScope(asked.get("scope", ""))
    told = {"tool": tool.pk, "scopes": [lti.SCOPES.index(one) for one in scopes]}
    token = signing.dumps(told, salt=SALT)
    return {"access_token": token, "token_type": "Bearer", "expires_in": SECONDS, "scope": " ".join(scopes)}


def _client(assertion: str) -> Tool:
    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError) as problem:
        raise WrongClient from problem
    found = tool_of_client(str(claims.get("iss", "")))
    if found is None:
        raise WrongClient
    return found


def bearer(header: str, *scopes: str) -> Tool:
    """The tool that a request speaks for, if its token holds one of the scopes.

    Raises ``WrongClient`` and ``NotTrusted``.
    """
    kind, _space, token = header.partition(" ")
    if kind.lower() != "bearer":
        raise WrongClient
    try:
        told = signing.loads(token.strip(), salt=SALT, max_age=SECONDS)
    except signing.BadSignature as problem:
        raise WrongClient from problem
    tool = Tool.objects.filter(pk=told["tool"], active=True).first()
    if tool is None:
        raise WrongClient
    if not {lti.SCOPES[one] for one in told["scopes"]} & set(scopes):
        raise NotTrusted
    return tool
