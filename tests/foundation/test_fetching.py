"""SSRF (B8): no address that somebody writes down leads into the house; a real server over TLS beside it."""

import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from trama.foundation import fetching
from trama.foundation.fetching import FetchRefused, check_address, fetch

NAME = "keys.example.org"


@pytest.fixture
def connections(monkeypatch) -> list[Any]:
    """A sinkhole: what would have been connected to. Nothing is."""
    seen: list[Any] = []

    def connect(address: Any, *_more: Any, **_named: Any) -> Any:
        seen.append(address)
        raise OSError("no network in tests")

    monkeypatch.setattr(urllib3.util.connection, "create_connection", connect)
    return seen


def resolving(monkeypatch, *answers: list[str]) -> None:
    """The name service gives one answer after another; the last one again and again."""
    left = list(answers)

    def resolve(host: str, port: int, **_more: Any) -> list[Any]:
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(0, 0, 0, "", (one, port)) for one in found]

    monkeypatch.setattr(fetching.socket, "getaddrinfo", resolve)


INSIDE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1", "192.0.2.1", "198.18.0.1", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_never_connected_to(address, monkeypatch, connections):
    resolving(monkeypatch, [address])
    with pytest.raises(FetchRefused, match=NAME):
        fetch(f"https://{NAME}/jwks")
    resolving(monkeypatch, ["8.8.8.8", address])  # one public address beside it changes nothing
    with pytest.raises(FetchRefused, match=NAME):
        fetch(f"https://{NAME}/jwks")
    assert connections == []


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f000001", "127.1", "[::1]", "localhost", "0"])
def test_no_way_of_writing_the_own_machine_leads_there(host, connections):
    with pytest.raises(FetchRefused):
        fetch(f"https://{host}/")
    assert connections == []


def test_the_address_that_was_looked_at_is_the_one_connected_to(monkeypatch, connections):
    resolving(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])  # rebinding: the second answer would lead inside
    with pytest.raises(FetchRefused):
        fetch(f"https://{NAME}/jwks")
    assert connections == [("8.8.8.8", 443)]


@pytest.mark.parametrize(
    "address",
    [
        "http://keys.example.org/", "file:///etc/passwd", "ftp://keys.example.org/", "gopher://x/",
        "//keys.example.org/",
        "https://", "https:///jwks", "https://user:pw@keys.example.org/", "https://keys.example.org/\r\nX: y",
        "https://keys.example.org:99999/", "https://keys.example.org:x/", "https://[::1/", "", "jwks", "https://a b/",
    ],
)  # fmt: skip
def test_only_whole_https_addresses_are_asked(address, connections):
    with pytest.raises(FetchRefused):
        fetch(address)
    assert connections == []


@settings(deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_written_is_an_address_or_refused(text):
    for address in (text, f"https://{text}"):
        try:
            host, port, path = check_address(address)
        except FetchRefused:
            continue
        assert host
        assert 0 < port < 65536
        assert path.startswith("/")


# --- a real server ------------------------------------------------------------------------------------------------


class Handler(BaseHTTPRequestHandler):
    """Answers by path."""

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Host"]))  # type: ignore[attr-defined]
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "https://127.0.0.1/secret")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        if self.path == "/big":
            for _piece in range(40):
                self.wfile.write(b"x" * 64 * 1024)
        elif self.path == "/slow":
            for _piece in range(100):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.05)
        else:
            self.wfile.write(b'{"keys": []}')

    def log_message(self, *_args: Any) -> None:
        """Quiet."""


def a_certificate(name: str) -> tuple[bytes, bytes]:
    """(certificate, key) of a server that vouches for itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(True, False, False, False, False, True, True, False, False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made.public_bytes(serialization.Encoding.PEM), private


@pytest.fixture
def server(tmp_path, monkeypatch) -> Iterator[Any]:
    """A server under ``NAME``, reached as if the address of this machine were public."""
    certificate, key = a_certificate(NAME)
    (tmp_path / "cert.pem").write_bytes(certificate)
    (tmp_path / "key.pem").write_bytes(key)
    made: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.asked, made.daemon_threads = [], True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    made.socket = context.wrap_socket(made.socket, server_side=True)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setattr(fetching, "public_address", lambda host, port: "127.0.0.1")
    monkeypatch.setattr(fetching.certifi, "where", lambda: str(tmp_path / "cert.pem"))
    yield made
    made.shutdown()


def test_a_server_with_the_certificate_of_its_name_answers(server):
    port = server.server_address[1]
    assert fetch(f"https://{NAME}:{port}/jwks?a=1").json() == {"keys": []}
    assert server.asked == [("/jwks?a=1", f"{NAME}:{port}")]


def test_a_server_with_the_certificate_of_another_name_is_refused(server):
    with pytest.raises(FetchRefused):
        fetch(f"https://other.example.org:{server.server_address[1]}/jwks")
    assert server.asked == []


def test_what_leads_elsewhere_is_too_big_or_too_slow_is_refused(server, monkeypatch):
    port = server.server_address[1]
    monkeypatch.setattr(fetching, "ALL_SECONDS", 0.3)
    for path in ("elsewhere", "slow"):
        with pytest.raises(FetchRefused):
            fetch(f"https://{NAME}:{port}/{path}")
    monkeypatch.setattr(fetching, "ALL_SECONDS", 15)
    with pytest.raises(FetchRefused):
        fetch(f"https://{NAME}:{port}/big")
    assert len(server.asked) == 3  # nothing was followed
