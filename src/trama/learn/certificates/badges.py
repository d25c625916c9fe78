"""A certificate of completion as an Open Badge 3.0: a verifiable credential, signed as a VC-JWT.

The issuer is the programme, named ``did:web`` and the host of the installation; its keys stand in the DID document.
The badge holds no name and no e-mail in clear: the person is a salted hash of the e-mail of the account, and the page
of the certificate is its evidence (decision 0193). A status list, worked out from certificates, says what still holds.
"""

import base64
import gzip
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trama.accounts.api import absolute

from ..courses.models import CourseVersion
from ..courses.presentation import rules_in_words
from ..keys.models import SigningKey
from ..keys.services import sign
from .models import Certificate

CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
LANGUAGE = "pt-br"  # of what a badge says: it is the same whoever downloads it
LIST_SIZE = 131_072  # entries of a status list: the smallest that hides who was asked about (Bitstring Status List 1.0)
LIST_HOLDS = timedelta(days=1)
BADGE = SigningKey.Purpose.BADGE


def _at(name: str, *args: Any) -> str:
    return absolute(reverse(f"exchange:{name}", args=args), "")


def issuer_did() -> str:
    """The programme as an issuer: ``did:web:trama.example.org``."""
    return "did:web:" + quote(urlsplit(settings.TRAMA_ORIGIN).netloc, safe=".-")


def issuer_profile() -> dict[str, Any]:
    return {
        "id": issuer_did(), "type": ["Profile"], "name": settings.SITE_NAME, "url": absolute("/", ""),
    }  # fmt: skip


def did_document(keys: list[dict[str, Any]]) -> dict[str, Any]:
    """The DID document: every key that ever signed, the one that signs now first."""
    did = issuer_did()
    methods = [
        {"id": f"{did}#{key['kid']}", "type": "JsonWebKey", "controller": did, "publicKeyJwk": key} for key in keys
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [one["id"] for one in methods],
        "service": [{"id": f"{did}#profile", "type": "LinkedDomains", "serviceEndpoint": absolute("/", "")}],
    }


def achievement(version: CourseVersion) -> dict[str, Any]:
    """What a badge is for: a version of a course, with its hours and what it asks."""
    with translation.override(LANGUAGE):
        asked = "\n".join(f"- {one}" for one in _asked_of(version))
        hours = _("Workload: %d h.") % version.hours
        goals = "\n".join(f"- {one}" for one in version.objectives_pt.splitlines())
        narrative = "\n\n".join([hours, _("Objectives:") + "\n" + goals, _("What the course asks:") + "\n" + asked])
        return {
            "id": _at("achievement", version.course.slug, version.version),
            "type": ["Achievement"],
            "achievementType": "Course",
            "name": version.title_pt,
            "description": version.summary_pt,
            "criteria": {"narrative": narrative},
            "creator": issuer_profile(),
            "inLanguage": "pt-BR",
            "version": version.version,
        }


def _asked_of(version: CourseVersion) -> list[str]:
    return rules_in_words(version) or [_("what its parts ask")]


def has_badge(certificate: Certificate) -> bool:
    """Badges are for completion, while the certificate holds."""
    return certificate.kind == Certificate.Kind.COMPLETE and certificate.is_valid


def credential(certificate: Certificate) -> dict[str, Any]:
    """The badge of a certificate, not signed yet. The same each time, whoever asks."""
    one, version = certificate, certificate.enrolment.cohort.version
    number, index = divmod(one.pk, LIST_SIZE)
    listed = _at("badge_status", number)
    subject = {
        "type": ["AchievementSubject"],
        "identifier": [_identity(one)],
        "activityStartDate": _moment(datetime(*one.started_on.timetuple()[:3], tzinfo=UTC)),
        "activityEndDate": _moment(datetime(*one.ended_on.timetuple()[:3], tzinfo=UTC)),
        "achievement": achievement(version),
    }
    return {
        "@context": CONTEXTS,
        "id": f"urn:uuid:{one.uid}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": one.course_pt,
        "issuer": issuer_profile(),
        "validFrom": _moment(one.issued_at),
        "credentialSubject": subject,
        "evidence": [_evidence(one)],
        "credentialStatus": {
            "id": f"{listed}#{index}", "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
            "statusListIndex": str(index), "statusListCredential": listed,
        },
    }  # fmt: skip


def _evidence(certificate: Certificate) -> dict[str, Any]:
    """The page of the certificate, which shows the name to whoever has the badge."""
    with translation.override(LANGUAGE):
        address = absolute(reverse("learn:verified", args=[certificate.code]), "")
        return {"id": address, "type": ["Evidence"], "name": _("Certificate %(code)s") % {"code": certificate.code}}


def _identity(certificate: Certificate) -> dict[str, Any]:
    """The person, as a salted hash of the e-mail of the account: who knows the e-mail can check it, nobody reads it."""
    salt = hashlib.sha256(f"badge {certificate.uid}".encode()).hexdigest()[:32]
    email = certificate.enrolment.person.email
    return {
        "type": "IdentityObject", "hashed": True, "identityType": "emailAddress", "salt": salt,
        "identityHash": "sha256$" + hashlib.sha256((email + salt).encode()).hexdigest(),
    }  # fmt: skip


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _signed(document: dict[str, Any], issued: datetime, at: datetime) -> str:
    """A VC-JWT: the document itself with the registered claims (Open Badges 3.0, 8.2)."""
    claims = document | {"iss": issuer_did(), "jti": document["id"], "nbf": int(issued.timestamp())}
    return sign(BADGE, claims, at=at, kid=issuer_did() + "#{kid}", shown=True)


def signed_badge(certificate: Certificate, *, at: datetime) -> str:
    """The badge of a certificate, signed."""
    return _signed(credential(certificate), certificate.issued_at, at)


def status_list(number: int, *, at: datetime) -> str:
    """Which certificates of a list do not hold any more, revoked or replaced: a signed credential. One query."""
    bits = bytearray(LIST_SIZE // 8)
    first = number * LIST_SIZE
    gone = Certificate.objects.filter(pk__gte=first, pk__lt=first + LIST_SIZE).exclude(
        revoked_at__isnull=True, replaced_at__isnull=True
    )
    for key in gone.values_list("pk", flat=True):
        bits[(key - first) // 8] |= 0x80 >> ((key - first) % 8)
    encoded = base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode().rstrip("=")
    where = _at("badge_status", number)
    document = {
        "@context": CONTEXTS[:1],
        "id": where,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_did(),
        "validFrom": _moment(at),
        "validUntil": _moment(at + LIST_HOLDS),
        "credentialSubject": {
            "id": f"{where}#list", "type": "BitstringStatusList", "statusPurpose": "revocation",
            "encodedList": "u" + encoded,
        },
    }  # fmt: skip
    return _signed(document, at, at)


def badge_svg(certificate: Certificate, token: str) -> str:
    """A picture of the badge that carries the signed badge inside it (Open Badges 3.0, 5.3)."""
    with translation.override(LANGUAGE):
        lines = _lines(certificate.course_pt)
        told = "".join(
            f'<text x="200" y="{178 + 26 * place}" font-size="20" font-weight="700">{escape(line)}</text>'
            for place, line in enumerate(lines)
        )
        hours = ngettext("%(n)d hour", "%(n)d hours", certificate.hours) % {"n": certificate.hours}
        label = _("Digital badge: %s") % certificate.course_pt
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"'
        f' viewBox="0 0 400 400" width="400" height="400" role="img" aria-label="{escape(label)}">'
        f'<openbadges:credential verify="{token}"/>'
        '<circle cx="200" cy="200" r="192" fill="#1351b4"/><circle cx="200" cy="200" r="176" fill="#fff"/>'
        '<g font-family="Rawline, Raleway, sans-serif" text-anchor="middle" fill="#071d41">'
        f'<text x="200" y="110" font-size="24" font-weight="700" fill="#1351b4">{escape(settings.SITE_NAME)}</text>'
        f'{told}<text x="200" y="{196 + 26 * len(lines)}" font-size="18">{escape(hours)}</text></g></svg>'
    )


def _lines(title: str, width: int = 26, most: int = 5) -> list[str]:
    """A title broken into lines that fit the badge."""
    lines = [""]
    for word in title.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [*lines[: most - 1], lines[most - 1] + "…"] if len(lines) > most else lines
