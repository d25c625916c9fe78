"""Asking another server, at an address that somebody else wrote down: only over https, only in the public internet.

The name is resolved here, every address it has must be public, and the connection goes to the very address that was
looked at, under the name's own certificate. Nothing is followed elsewhere; what comes back is small and comes soon.
"""

import ipaddress
import json
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import certifi
import urllib3
from django.utils.translation import gettext as _

MOST_BYTES = 1024 * 1024
SECONDS = 5.0  # to connect, and between two pieces of an answer
ALL_SECONDS = 15.0  # of the whole answer
PIECE = 16 * 1024


class FetchRefused(Exception):
    """The address may not be asked, or gave nothing that can be used. The message is for who wrote it down."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``headers`` by their names in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON. Raises ``FetchRefused``."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as problem:
            raise FetchRefused(_("The other server did not answer with JSON.")) from problem


def check_address(address: str) -> tuple[str, int, str]:
    """(host, port, path with query) of an address that may be asked. Raises ``FetchRefused``. Resolves nothing."""
    try:
        parts = urlsplit(address)
        port = parts.port or 443
    except ValueError as problem:
        raise FetchRefused(_("This is no address.")) from problem
    if parts.scheme != "https" or not parts.hostname:
        raise FetchRefused(_("Only addresses that begin with https:// are asked."))
    if parts.username is not None or parts.password is not None or any(ord(one) <= 32 for one in address):
        raise FetchRefused(_("This is no address."))
    return parts.hostname, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def public_address(host: str, port: int) -> str:
    """The first address of a host, if all of them are in the public internet. Raises ``FetchRefused``."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as problem:
        raise FetchRefused(_("The server %s was not found.") % host) from problem
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    if not addresses or not all(_is_public(one) for one in addresses):
        raise FetchRefused(_("The server %s is not in the public internet.") % host)
    return str(addresses[0])


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether a packet to it leaves for the public internet, whatever IPv4 address is written inside it."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None and not inner.is_global:
            return False
        if address in ipaddress.ip_network("64:ff9b::/96"):
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF).is_global
    return address.is_global and not address.is_multicast


def fetch(
    address: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Answer:
    """Ask an address. Raises ``FetchRefused`` for one that may not be asked, and for what cannot be used.

    An answer of 400 and more is an answer; one that leads elsewhere (3xx) is refused.
    """
    host, port, path = check_address(address)
    pool = urllib3.HTTPSConnectionPool(
        public_address(host, port),
        port,
        server_hostname=host,
        assert_hostname=host,
        cert_reqs="CERT_REQUIRED",
        ca_certs=certifi.where(),
        timeout=urllib3.Timeout(connect=SECONDS, read=SECONDS),
        retries=False,
        maxsize=1,
    )
    name = host if port == 443 else f"{host}:{port}"
    try:
        answer = pool.request(
            method, path, body=body, headers={"Host": name, "User-Agent": "Trama", **(headers or {})},
            redirect=False, preload_content=False, decode_content=False,
        )  # fmt: skip
        if 300 <= answer.status < 400:
            raise FetchRefused(_("The server %s sends elsewhere, which is not followed.") % host)
        return Answer(answer.status, {key.lower(): value for key, value in answer.headers.items()}, _read(answer, host))
    except (urllib3.exceptions.HTTPError, OSError) as problem:
        raise FetchRefused(_("The server %s did not answer.") % host) from problem
    finally:
        pool.close()


def _read(answer: Any, host: str) -> bytes:
    """The body, as long as it is small and comes in time."""
    until, held = time.monotonic() + ALL_SECONDS, b""
    for piece in answer.stream(PIECE, decode_content=False):
        held += piece
        if len(held) > MOST_BYTES:
            raise FetchRefused(_("The server %s answered with too much.") % host)
        if time.monotonic() > until:
            raise FetchRefused(_("The server %s answered too slowly.") % host)
    return held
