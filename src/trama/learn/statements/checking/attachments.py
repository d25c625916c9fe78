"""Attachments as a statement names them (xAPI 1.0.3, Data 2.4.11)."""

from typing import Any

from .facts import Facts
from .formats import an_object, fail, iri, language_map, media_type, sha2

SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"
SIGNATURE_TYPE = "application/octet-stream"
_ATTACHMENT = frozenset({"usageType", "display", "description", "contentType", "length", "sha2", "fileUrl"})


def check_attachments(value: Any, facts: Facts) -> None:
    if not isinstance(value, list):
        fail("attachments", "an array is expected")
    for one in value:
        _check(an_object(one, "attachments", _ATTACHMENT), facts)


def _check(attachment: dict[str, Any], facts: Facts) -> None:
    usage = iri(attachment.get("usageType"), "attachments.usageType")
    language_map(attachment.get("display"), "attachments.display")
    if "description" in attachment:
        language_map(attachment["description"], "attachments.description")
    kind = media_type(attachment.get("contentType"), "attachments.contentType")
    length = attachment.get("length")
    if isinstance(length, bool) or not isinstance(length, int) or length < 0:
        fail("attachments.length", "a number of octets is expected")
    found = sha2(attachment.get("sha2"), "attachments.sha2").lower()
    facts.files.add(found)
    if "fileUrl" in attachment:
        iri(attachment["fileUrl"], "attachments.fileUrl")
    else:
        facts.hashes.append(found)
    if usage == SIGNATURE:
        if kind.split(";")[0].strip().lower() != SIGNATURE_TYPE:
            fail("attachments.contentType", f"a signature is {SIGNATURE_TYPE}")
        facts.signatures.append(found)
