"""Verbs on shares: share, take back, agree to anonymous distributions, withdraw. Each leaves its trace."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from trama.foundation.audit import record_event
from trama.foundation.policies import require

from ..policies import SHARE_ROUND
from ..rounds.models import Round
from .errors import AlreadyTakenBack, EndOutOfRange, NotSubmitted, ReceiverDoesNotFit
from .letters import send_shared, send_taken_back
from .models import AnonymousUse, Share
from .selectors import Receiver, latest_end, owner_today, receivers_for


def check_share(of: Round, receiver: Receiver, until: date, *, at: datetime) -> None:
    """Raise ``NotSubmitted``, ``ReceiverDoesNotFit`` or ``EndOutOfRange`` if this cannot be shared so."""
    if of.state != Round.State.SUBMITTED:
        raise NotSubmitted()
    if receiver.key not in {one.key for one in receivers_for(of, at=at)}:
        raise ReceiverDoesNotFit()
    last = latest_end(of, at)
    if not owner_today(of, at) <= until <= last:
        raise EndOutOfRange(last)


@transaction.atomic
def share_round(
    of: Round,
    receiver: Receiver,
    *,
    detail: str,
    named: bool,
    until: date,
    by: Any,
    at: datetime,
    origin: str = "",
) -> Share:
    """Let one receiver see the profile of a submitted round until a day. What it had before ends with this.

    Raises ``PermissionDenied`` and what ``check_share`` raises.
    """
    require(by, SHARE_ROUND, of)
    of = Round.objects.select_for_update(of=("self",)).get(pk=of.pk)
    check_share(of, receiver, until, at=at)
    Share.objects.filter(round=of, revoked_at__isnull=True, **{receiver.field: receiver.thing}).update(
        revoked_at=at, revoked_by=by
    )
    share = Share.objects.create(
        round=of,
        detail=Share.Detail(detail),
        named=named,
        until=until,
        granted_by=by,
        granted_at=at,
        **{receiver.field: receiver.thing},
    )
    send_shared(share, at=at, origin=origin)
    record_event(
        "round shared",
        by=by,
        at=at,
        target=of,
        detail={"share": share.uid, "receiver": receiver.key, "detail": detail, "named": named, "until": until},
    )
    return share


@transaction.atomic
def take_back(share: Share, *, by: Any, at: datetime, origin: str = "") -> Share:
    """End a share at once. The receiver's next request finds nothing.

    Raises ``PermissionDenied``, and ``AlreadyTakenBack`` if somebody did it before.
    """
    require(by, SHARE_ROUND, share.round)
    taken = Share.objects.filter(pk=share.pk, revoked_at__isnull=True, granted_at__lte=at)
    if not taken.update(revoked_at=at, revoked_by=by):
        raise AlreadyTakenBack()
    share.refresh_from_db()
    send_taken_back(share, at=at, origin=origin)
    record_event("share taken back", by=by, at=at, target=share.round, detail={"share": share.uid})
    return share


@transaction.atomic
def agree_to_distributions(of: Round, *, by: Any, at: datetime) -> AnonymousUse:
    """Let the agreed levels of a submitted round enter distributions of similar networks. Twice is once.

    Raises ``PermissionDenied``, ``NotSubmitted``.
    """
    require(by, SHARE_ROUND, of)
    of = Round.objects.select_for_update(of=("self",)).get(pk=of.pk)
    if of.state != Round.State.SUBMITTED:
        raise NotSubmitted()
    standing = AnonymousUse.objects.filter(round=of, withdrawn_at__isnull=True).first()
    if standing is not None:
        return standing
    made = AnonymousUse.objects.create(round=of, agreed_by=by, agreed_at=at)
    record_event("anonymous use agreed", by=by, at=at, target=of)
    return made


@transaction.atomic
def withdraw_from_distributions(of: Round, *, by: Any, at: datetime) -> None:
    """Take the round out of distributions that are computed from now on. Twice is once. Raises ``PermissionDenied``."""
    require(by, SHARE_ROUND, of)
    standing = AnonymousUse.objects.filter(round=of, withdrawn_at__isnull=True, agreed_at__lte=at)
    if standing.update(withdrawn_at=at, withdrawn_by=by):
        record_event("anonymous use withdrawn", by=by, at=at, target=of)
