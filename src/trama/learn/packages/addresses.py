"""Addresses of packages on their own origin: one host name for each learner and file, and a path that ends.

The path is signed and says which file, for which host, for which site it may stand in a frame, and until when. It
names nobody. Within one window it stays the same, so a browser can keep what it has loaded.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

from ..courses.models import PackageFile

WINDOW = 6 * 3600  # seconds: an address is good for six to twelve hours
SALT = "learn.packages.address"
LABEL_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Pass:
    """What a signed path says."""

    file: str
    label: str
    site: str


def label_of(file: PackageFile, whom: str) -> str:
    """The first part of a host name: that of one file for one learner, so that what a package leaves in a browser is
    read by no other package, and by no other person at the same machine.
    """
    digest = salted_hmac(f"{SALT}.label", f"{file.sha256} {whom}", algorithm="sha256").hexdigest()
    return digest[:LABEL_LENGTH]


def domain() -> str:
    """The domain that packages run on; "" where none was set, and no package can be opened."""
    found: str = settings.TRAMA_PACKAGES_DOMAIN
    return found


def origin_of(request: Any, label: str) -> str:
    """Scheme, host and port. The port is that of the site: one server answers both."""
    _host, colon, port = request.get_host().rpartition(":")
    end = f":{port}" if colon and port.isdigit() else ""
    return f"{request.scheme}://{label}.{domain()}{end}"


def signed_path(file: PackageFile, label: str, site: str, at: datetime) -> str:
    """The first part of the path, with its end."""
    ends = (int(at.timestamp()) // WINDOW + 2) * WINDOW
    return signing.Signer(salt=SALT).sign(signing.b64_encode(f"{file.uid} {label} {ends} {site}".encode()).decode())


def read_path(token: str, label: str, at: datetime) -> Pass | None:
    """What a path says, if we signed it for this host and it has not ended."""
    try:
        plain = signing.b64_decode(signing.Signer(salt=SALT).unsign(token).encode()).decode()
    except (signing.BadSignature, ValueError):
        return None
    file, for_label, ends, site = plain.split(" ", 3)
    if not hmac.compare_digest(for_label, label) or int(ends) < at.timestamp():
        return None
    return Pass(file, for_label, site)


def learner_number(enrolment: Any) -> str:
    """The number that a package knows a learner by: of no use outside it."""
    key = hashlib.sha256(f"{settings.SECRET_KEY} learner {enrolment.uid}".encode()).hexdigest()
    return key[:16]


def quoted(href: str) -> str:
    """The launch address of an item as a browser takes it: its path is a name in the archive."""
    path, mark, rest = href.partition("?") if "?" in href.partition("#")[0] else href.partition("#")
    return quote(path) + mark + rest
