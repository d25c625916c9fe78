"""Verbs on evidence: add a link or a file to an item, take one away."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from trama.foundation.audit import record_event
from trama.foundation.files import FileRefused, media_type_of, safe_name, sha256_of, web_address

from ..rounds.models import RoundItem, RoundMember
from .errors import EvidenceRefused
from .models import Evidence

MOST_PER_ITEM = 20


@transaction.atomic
def add_evidence(
    item: RoundItem, member: RoundMember, *, title: str, by: Any, at: datetime, address: str = "", file: Any = None
) -> Evidence:
    """Add a link or a file.

    Raises ``PermissionDenied`` for who is not a member that answers, and ``EvidenceRefused`` where the round is over,
    the item is full, the address is no web address or the file is not of an accepted kind.
    """
    _require_part(member, item, by)
    if item.round.is_frozen:
        raise EvidenceRefused(_("The round is over, so its evidence does not change any more."))
    if Evidence.objects.filter(item=item, removed_at__isnull=True).count() >= MOST_PER_ITEM:
        raise EvidenceRefused(_("There are %(n)d pieces of evidence here already.") % {"n": MOST_PER_ITEM})
    evidence = Evidence(item=item, member=member, title=title, added_at=at)
    try:
        if file is not None:
            evidence.media_type = media_type_of(file, file.name or "")
            evidence.kind, evidence.file, evidence.size = Evidence.Kind.FILE, file, file.size
            evidence.file_name, evidence.sha256 = safe_name(file.name or ""), sha256_of(file)
        else:
            evidence.kind, evidence.address = Evidence.Kind.LINK, web_address(address)
    except FileRefused as refused:
        raise EvidenceRefused(str(refused)) from refused
    evidence.save(force_insert=True)
    record_event(
        "evidence added", by=by, at=at, target=item.round, detail={"evidence": evidence.pk, "sha256": evidence.sha256}
    )
    return evidence


@transaction.atomic
def remove_evidence(evidence: Evidence, member: RoundMember, *, by: Any, at: datetime) -> None:
    """Take a piece of evidence away: its author, or a coordinator. The file stays until the round is deleted.

    Raises ``PermissionDenied`` and, once the round is over, ``EvidenceRefused``. Removing twice changes nothing.
    """
    _require_part(member, evidence.item, by)
    if evidence.member_id != member.pk and member.part != RoundMember.Part.COORDINATOR:
        raise PermissionDenied
    if evidence.item.round.is_frozen:
        raise EvidenceRefused(_("The round is over, so its evidence does not change any more."))
    if Evidence.objects.filter(pk=evidence.pk, removed_at__isnull=True).update(removed_at=at):
        record_event("evidence removed", by=by, at=at, target=evidence.item.round, detail={"evidence": evidence.pk})


def _require_part(member: RoundMember, item: RoundItem, by: Any) -> None:
    answers = member.part != RoundMember.Part.READER and member.removed_at is None
    if member.user_id != by.pk or member.round_id != item.round_id or not answers:
        raise PermissionDenied
