"""Passkeys: registered, used as second factor, used alone; a key of another site or without its owner opens nothing."""

import hashlib
import json
import os
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.cache import cache
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

from tests.accounts.factories import PASSWORD, a_person, person_with
from trama.accounts.roles.selectors import standings_of
from trama.accounts.roles.vocabulary import Role

pytestmark = pytest.mark.django_db
ORIGIN = "https://testserver"
FLAG = AuthenticatorData.FLAG


class SoftwareKey:
    """An authenticator in memory: what a phone does, without the phone."""

    def __init__(self, origin: str = ORIGIN, *, verifies_its_owner: bool = True) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(16)
        self.origin = origin
        self.user_handle = b""
        self.flags = FLAG.UP | (FLAG.UV if verifies_its_owner else FLAG(0))

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": f"webauthn.{kind}", "challenge": challenge, "origin": self.origin}).encode()

    def create(self, options: dict[str, Any]) -> str:
        public = options["publicKey"]
        self.user_handle = websafe_decode(public["user"]["id"])
        data = self._client_data("create", public["challenge"])
        credential = AttestedCredentialData.create(
            Aaguid.NONE, self.id, ES256.from_cryptography_key(self.key.public_key())
        )
        rp_hash = hashlib.sha256(public["rp"]["id"].encode()).digest()
        authenticator_data = AuthenticatorData.create(rp_hash, self.flags | FLAG.AT, 0, bytes(credential))
        attestation = AttestationObject.create("none", authenticator_data, {})
        return self._answer({"clientDataJSON": data, "attestationObject": bytes(attestation)})

    def get(self, options: dict[str, Any]) -> str:
        public = options["publicKey"]
        data = self._client_data("get", public["challenge"])
        rp_hash = hashlib.sha256(public["rpId"].encode()).digest()
        authenticator_data = bytes(AuthenticatorData.create(rp_hash, self.flags, 1))
        signed = self.key.sign(authenticator_data + hashlib.sha256(data).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": data,
                "authenticatorData": authenticator_data,
                "signature": signed,
                "userHandle": self.user_handle,
            }
        )

    def _answer(self, response: dict[str, bytes]) -> str:
        encoded = {name: websafe_encode(value) for name, value in response.items()}
        return json.dumps(
            {
                "id": websafe_encode(self.id),
                "rawId": websafe_encode(self.id),
                "type": "public-key",
                "response": encoded,
                "clientExtensionResults": {"credProps": {"rk": True}},
            }
        )


@pytest.fixture(autouse=True)
def _empty_counters():
    cache.clear()


def _client_of(user) -> Client:
    client = Client()
    client.post("/conta/login/", {"login": user.email, "password": PASSWORD}, secure=True)
    client.post("/conta/reauthenticate/", {"password": PASSWORD}, secure=True)
    return client


def _register(client: Client, key: SoftwareKey) -> Any:
    page = client.get("/conta/2fa/webauthn/add/", secure=True)
    options = page.context["js_data"]["creation_options"]
    fields = {"name": "Celular", "credential": key.create(options), "passwordless": "on"}
    return client.post("/conta/2fa/webauthn/add/", fields, secure=True)


def _signed_in(client: Client) -> bool:
    return client.get("/conta/", secure=True).status_code == 200


def test_a_passkey_is_a_second_factor_and_wakes_the_role():
    user = person_with(Role.NETWORK_PRINCIPAL, second_factor=False)
    assert standings_of(user) == []
    key = SoftwareKey()
    assert _register(_client_of(user), key).status_code == 302
    assert [standing.role for standing in standings_of(user)] == [Role.NETWORK_PRINCIPAL]

    client = Client()
    answer = client.post("/conta/login/", {"login": user.email, "password": PASSWORD}, secure=True)
    assert "/2fa/authenticate/" in answer["Location"]
    page = client.get(answer["Location"], secure=True)
    stranger = SoftwareKey()
    options = page.context["js_data"]["request_options"]
    wrong = client.post("/conta/2fa/authenticate/", {"credential": stranger.get(options)}, secure=True)
    assert wrong.status_code == 200
    assert not _signed_in(client)
    page = client.get("/conta/2fa/authenticate/", secure=True)
    right = client.post(
        "/conta/2fa/authenticate/", {"credential": key.get(page.context["js_data"]["request_options"])}, secure=True
    )
    assert right.status_code == 302
    assert _signed_in(client)


def test_a_passkey_signs_in_alone():
    user = a_person(second_factor=False)
    key = SoftwareKey()
    _register(_client_of(user), key)
    client = Client()
    options = client.get("/conta/2fa/webauthn/login/", secure=True, HTTP_ACCEPT="application/json").json()
    answer = client.post("/conta/2fa/webauthn/login/", {"credential": key.get(options["request_options"])}, secure=True)
    assert answer.status_code == 302
    assert _signed_in(client)


@pytest.mark.parametrize(
    "key", [SoftwareKey("https://trama.evil.example"), SoftwareKey(verifies_its_owner=False)], ids=["phished", "touch"]
)
def test_a_key_of_another_site_or_that_does_not_verify_its_owner_is_not_registered(key):
    answer = _register(_client_of(a_person(second_factor=False)), key)
    assert answer.status_code == 200
    assert not Authenticator.objects.filter(type="webauthn").exists()


def test_a_factor_is_removed_by_its_owner_only():
    user = a_person(second_factor=False)
    client = _client_of(user)
    _register(client, SoftwareKey())
    factor = Authenticator.objects.get(type="webauthn")
    other = _client_of(a_person(second_factor=False))
    assert other.post(f"/conta/2fa/webauthn/keys/{factor.pk}/remove/", secure=True).status_code == 404
    client.post(f"/conta/2fa/webauthn/keys/{factor.pk}/remove/", secure=True)
    assert not Authenticator.objects.filter(type="webauthn").exists()
