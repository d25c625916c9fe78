"""A platform of somebody else, written for these tests on jwcrypto: another implementation of JOSE than ours."""

import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from django.test import Client
from jwcrypto import jwk, jwt

from tests.accounts import factories as accounts
from tests.learn.factories import NOON
from trama.accounts.roles.vocabulary import Role
from trama.foundation.fetching import Answer, FetchRefused
from trama.learn.lti.services import register_platform
from trama.learn.models import Platform

from .world import asked

ISSUER = "https://moodle.example.org"
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
GRADES = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NAMES = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
CHOICE = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
KEY = jwk.JWK.generate(kty="RSA", size=2048, kid="moodle-1", use="sig", alg="RS256")
WRONG_KEY = jwk.JWK.generate(kty="RSA", size=2048, kid="moodle-1", use="sig", alg="RS256")


@dataclass
class ForeignPlatform:
    """What it knows, what it was told, and how it answers. ``down``: it answers nothing."""

    row: Platform
    key: jwk.JWK = KEY
    down: bool = False
    scores: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    # --- messages -------------------------------------------------------------------------------------------------

    def token(self, told: dict[str, str], *, key: jwk.JWK | None = None, drop: str = "", **changed: Any) -> str:
        """A message for whom the authorisation request ``told`` asks."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": told["client_id"],
            "sub": "person-7",
            "nonce": told["nonce"],
            "iat": now,
            "exp": now + 300,
            "name": "Bia Lima",
            "email": "bia@exemplo.org",
            CLAIM + "version": "1.3.0",
            CLAIM + "message_type": "LtiResourceLinkRequest",
            CLAIM + "deployment_id": "7",
            CLAIM + "target_link_uri": "http://localhost:8000/lti/abrir?curso=conhecer",
            CLAIM + "resource_link": {"id": "link-1"},
            CLAIM + "context": {"id": "turma-1", "title": "Turma A"},
            CLAIM + "roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
            GRADES: {
                "scope": ["https://purl.imsglobal.org/spec/lti-ags/scope/score"],
                "lineitem": f"{ISSUER}/grades/5/lineitem?type_id=1",
            },
            NAMES: {"context_memberships_url": f"{ISSUER}/names/1", "service_versions": ["2.0"]},
        }
        claims |= changed
        claims.pop(drop, None)
        made = jwt.JWT(header={"alg": "RS256", "kid": "moodle-1"}, claims=claims)
        made.make_signed_token(key or self.key)
        return str(made.serialize())

    def choice(self, told: dict[str, str], **changed: Any) -> str:
        settings = {
            "deep_link_return_url": f"{ISSUER}/chosen",
            "accept_types": ["ltiResourceLink", "link"],
            "accept_presentation_document_targets": ["window"],
            "data": "from-moodle",
        }
        teacher = ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"]
        more = {CLAIM + "message_type": "LtiDeepLinkingRequest", CHOICE: settings, CLAIM + "roles": teacher}
        return self.token(told, **(more | changed))

    # --- its server -----------------------------------------------------------------------------------------------

    def fetch(self, address: str, *, method: str = "GET", headers: Any = None, body: bytes | None = None) -> Answer:
        self.asked.append(f"{method} {address}")
        if self.down:
            raise FetchRefused("The server did not answer.")
        if address == f"{ISSUER}/jwks":
            return self._answer({"keys": [json.loads(self.key.export_public())]})
        if address == f"{ISSUER}/token":
            return self._token(body or b"")
        if (headers or {}).get("Authorization") != "Bearer moodle-token":
            return Answer(401, {}, b"")
        if address == f"{ISSUER}/grades/5/lineitem/scores?type_id=1":
            self.scores.append(json.loads(body or b""))
            return Answer(204, {}, b"")
        if address.startswith(f"{ISSUER}/names/1"):
            return self._names(address)
        return Answer(404, {}, b"")

    def _token(self, body: bytes) -> Answer:
        """Checks the assertion with jwcrypto against the keys that this site shows."""
        told = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        keys = jwk.JWKSet.from_json(Client().get("/lti/chaves.json").content.decode())
        read = jwt.JWT(jwt=told["client_assertion"], key=keys, algs=["RS256"])
        claims = json.loads(read.claims)
        fine = claims["iss"] == claims["sub"] == self.row.client_id and claims["aud"] == f"{ISSUER}/token"
        if not fine or claims["jti"] in self.seen or told["grant_type"] != "client_credentials":
            return Answer(400, {}, b'{"error": "invalid_client"}')
        self.seen.add(claims["jti"])
        return self._answer({"access_token": "moodle-token", "token_type": "Bearer", "scope": told["scope"]})

    def _names(self, address: str) -> Answer:
        first = "page" not in address
        rows = [{"user_id": "person-7", "name": "Bia Lima", "roles": ["x#Learner"]}] if first else []
        rows += [{"user_id": "person-9", "roles": ["x#Instructor"], "status": "Active"}] if not first else []
        link = {"link": f'<{ISSUER}/names/1?page=2>; rel="next"'} if first else {}
        return Answer(200, link, json.dumps({"members": rows}).encode())

    @staticmethod
    def _answer(told: Any) -> Answer:
        return Answer(200, {}, json.dumps(told).encode())


def a_platform(monkeypatch: Any, **fields: Any) -> ForeignPlatform:
    values = {
        "name": "Moodle da rede",
        "issuer": ISSUER,
        "client_id": "trama-at-moodle",
        "deployment_ids": "7\n8",
        "auth_url": f"{ISSUER}/auth",
        "token_url": f"{ISSUER}/token",
        "jwks_url": f"{ISSUER}/jwks",
    }
    row = register_platform(values | fields, by=accounts.person_with(Role.PROGRAMME_ADMIN), at=NOON)
    made = ForeignPlatform(row)
    monkeypatch.setattr("trama.learn.lti.trust.fetch", made.fetch)
    monkeypatch.setattr("trama.learn.lti.asking.fetch", made.fetch)
    return made


def begun(browser: Client, **more: str) -> dict[str, str]:
    """The login that the platform begins, and what this site asks of it."""
    told = {
        "iss": ISSUER,
        "login_hint": "person-7",
        "target_link_uri": "http://localhost:8000/lti/abrir?curso=conhecer",
        "lti_message_hint": "m-1",
        "client_id": "trama-at-moodle",
    } | more
    answer = browser.post("/lti/login", told)
    assert answer.status_code == 302, answer.content
    assert answer["Location"].startswith(f"{ISSUER}/auth?")
    return asked(answer["Location"])
