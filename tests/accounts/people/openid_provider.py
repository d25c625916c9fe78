"""A small OpenID provider that plays gov.br: discovery, authorization, token with PKCE, user information, keys.

It runs in a thread on a free port of this machine and speaks real HTTP. ``spoil`` makes it misbehave in one way.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, SECRET = "trama-tests", "a-secret-of-the-tests"


def _unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Provider:
    """``person`` is who signs in next; ``spoil`` names what goes wrong; ``asked`` keeps the authorization requests."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.person: dict[str, Any] = {}
        self.spoil = ""
        self.asked: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}
        self._tokens: dict[str, dict[str, Any]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.get(self)

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", "0"))
                provider.post(self, {k: v[0] for k, v in parse_qs(self.rfile.read(length).decode()).items()})

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    # --- what the browser does: follow the redirect to us, agree, and go back ---

    def authorize(self, location: str) -> str:
        """The person agrees at the provider; gives the address the browser is sent back to."""
        query = {key: values[0] for key, values in parse_qs(urlsplit(location).query).items()}
        self.asked.append(query)
        if self.spoil == "denied":
            return f"{query['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': query['state']})}"
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        state = "another-state" if self.spoil == "state" else query["state"]
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': state})}"

    # --- what the site asks ---

    def get(self, request: BaseHTTPRequestHandler) -> None:
        path = urlsplit(request.path).path
        if path == "/.well-known/openid-configuration":
            self._send(
                request,
                {
                    "issuer": self.address,
                    "authorization_endpoint": f"{self.address}/authorize",
                    "token_endpoint": f"{self.address}/token",
                    "userinfo_endpoint": f"{self.address}/userinfo",
                    "jwks_uri": f"{self.address}/jwk",
                    "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                },
            )
        elif path == "/jwk":
            numbers = self.key.public_key().public_numbers()
            modulus = _unpadded(numbers.n.to_bytes(256, "big"))
            exponent = _unpadded(numbers.e.to_bytes(3, "big"))
            self._send(
                request,
                {"keys": [{"kty": "RSA", "kid": "1", "use": "sig", "alg": "RS256", "n": modulus, "e": exponent}]},
            )
        elif path == "/userinfo":
            token = request.headers.get("Authorization", "").removeprefix("Bearer ")
            claims = self._tokens.get(token)
            self._send(request, claims or {"error": "invalid_token"}, 200 if claims else 401)
        else:
            self._send(request, {"error": "not found"}, 404)

    def post(self, request: BaseHTTPRequestHandler, fields: dict[str, str]) -> None:
        expected = "Basic " + base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
        asked = self._codes.pop(fields.get("code", ""), None)  # a code is used once
        challenge = _unpadded(hashlib.sha256(fields.get("code_verifier", "").encode()).digest())
        right = (
            request.headers.get("Authorization") == expected
            and asked is not None
            and asked.get("code_challenge_method") == "S256"
            and asked.get("code_challenge") == challenge
            and asked["redirect_uri"] == fields.get("redirect_uri")
        )
        if not right or asked is None:
            self._send(request, {"error": "invalid_grant"}, 400)
            return
        token = secrets.token_urlsafe(16)
        self._tokens[token] = {**self.person, **({"sub": "somebody-else"} if self.spoil == "sub" else {})}
        self._send(
            request,
            {"access_token": token, "token_type": "Bearer", "expires_in": 60, "id_token": self._id_token(asked)},
        )

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": "https://evil.example" if self.spoil == "issuer" else self.address,
            "aud": "another-client" if self.spoil == "audience" else CLIENT_ID,
            "sub": self.person["sub"],
            "iat": now,
            "exp": now - 10 if self.spoil == "expired" else now + 60,
            "nonce": "another-nonce" if self.spoil == "nonce" else asked.get("nonce"),
        }
        if self.spoil == "no nonce":
            del claims["nonce"]
        if self.spoil == "unsigned":
            return jwt.encode(claims, None, algorithm="none", headers={"kid": "1"})
        key = self.stranger if self.spoil == "signature" else self.key
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "1"})

    def _send(self, request: BaseHTTPRequestHandler, data: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(data).encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
