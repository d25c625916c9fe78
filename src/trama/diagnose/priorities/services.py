"""Verbs on priorities: score, weigh, adjust, decide, sign, reopen. Each checks, writes and leaves its trace.

The trail holds numbers, never the words of a team and never a person's scores.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F

from trama.foundation.audit import record_event
from trama.foundation.policies import require
from trama_measure.diagnosis import FACTORS, PriorityWeights

from ..policies import SIGN_PRIORITIES
from ..rounds.content import hash_of
from ..rounds.models import Round, RoundItem, RoundMember
from ..rounds.numbers import new_number
from ..rounds.services import require_coordinator
from .content import list_content
from .decision_selectors import Differences, decided, differences, outside_the_usual, set_aside
from .errors import (
    AlreadySigned,
    ChoseNotToScore,
    NotACandidate,
    NotAScore,
    NothingChosen,
    NothingDecided,
    NotSigned,
    NotSubmitted,
    ReasonMissing,
    ReasonsMissing,
    SamePlace,
    ScoreChanged,
    StaleList,
    StillToScore,
    WeightOutside,
)
from .models import (
    Factor,
    GutChange,
    GutPart,
    GutScore,
    OrderOpened,
    Priority,
    PriorityList,
    PriorityReopening,
    PrioritySignature,
    SetAside,
)
from .selectors import has_scored, list_of, order_of, own_scores, proposed


def _open_list(of: Round) -> PriorityList:
    """The round's list, held until the transaction ends. Raises ``NotSubmitted``, ``AlreadySigned``."""
    if not Round.objects.filter(pk=of.pk, state=Round.State.SUBMITTED).exists():
        raise NotSubmitted()
    PriorityList.objects.get_or_create(round=of)
    kept = PriorityList.objects.select_for_update(of=("self",)).get(round=of)
    kept.round = of
    if kept.is_signed:
        raise AlreadySigned()
    return kept


def _given(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing()
    return reason.strip()


# --- scores -------------------------------------------------------------------------------------------------------


def _require_scorer(member: RoundMember, by: Any) -> None:
    mine = member.user_id == by.pk and member.removed_at is None
    if not mine or member.part == RoundMember.Part.READER:
        raise PermissionDenied("diagnose.priorities.score")


@transaction.atomic
def score(
    member: RoundMember, item: RoundItem, part: str, value: int, *, before: int | None, by: Any, at: datetime
) -> GutScore:
    """A member scores one of gravity, urgency and trend of one item. ``before``: what they saw standing there.

    Sent again it changes nothing. Once a member has scored all that is proposed, the order opens to them. Raises
    ``PermissionDenied`` for another's scores, ``NotSubmitted``, ``AlreadySigned``, ``NotAScore``, ``ChoseNotToScore``,
    and ``ScoreChanged`` if another device gave something else since.
    """
    _require_scorer(member, by)
    kept = _open_list(member.round)
    opened = OrderOpened.objects.filter(list=kept, member=member).first()
    if opened is not None and not opened.scored:
        raise ChoseNotToScore()
    blind = order_of(kept, with_gut=False)
    if part not in GutPart.values or value not in range(1, 6) or item.pk not in blind.position_of:
        raise NotAScore()
    row, _ = GutScore.objects.get_or_create(list=kept, item=item, member=member, defaults={"saved_at": at})
    there = getattr(row, part)
    if there == value:
        return row
    if there != before:
        raise ScoreChanged(there)
    setattr(row, part, value)
    row.saved_at = at
    row.save(update_fields=[part, "saved_at"])
    GutChange.objects.create(list=kept, item=item, member=member, part=part, before=there, after=value, at=at)
    if opened is None and has_scored(own_scores(kept, member), [one.item.pk for one in proposed(blind)]):
        OrderOpened.objects.create(list=kept, member=member, scored=True, at=at)
    record_event("priority scored", by=by, at=at, target=kept, detail={"item": item.position, "part": part})
    return row


@transaction.atomic
def look_without_scoring(member: RoundMember, *, by: Any, at: datetime) -> None:
    """A member sees the order and others' scores now, and scores no more in this round.

    What they had scored stays. Raises ``PermissionDenied``, ``NotSubmitted``, ``AlreadySigned``.
    """
    _require_scorer(member, by)
    kept = _open_list(member.round)
    if OrderOpened.objects.filter(list=kept, member=member).exists():
        return
    OrderOpened.objects.create(list=kept, member=member, scored=False, at=at)
    record_event("priorities seen without scoring", by=by, at=at, target=kept)


# --- weights and factors ------------------------------------------------------------------------------------------


@transaction.atomic
def save_weights(of: Round, weights: Mapping[str, float], *, revision: int, by: Any, at: datetime) -> PriorityList:
    """Set how much each factor counts, if nobody changed it since ``revision``.

    Raises ``PermissionDenied``, ``NotSubmitted``, ``AlreadySigned``, ``WeightOutside``, ``StaleList``.
    """
    require_coordinator(by, of)
    kept = _open_list(of)
    try:
        valid = PriorityWeights(**{name: float(weights[name]) for name in FACTORS})
    except ValueError as problem:
        raise WeightOutside() from problem
    values = {f"weight_{name}": round(getattr(valid, name), 1) for name in FACTORS}
    changed = PriorityList.objects.filter(pk=kept.pk, revision=revision).update(**values, revision=F("revision") + 1)
    if not changed:
        raise StaleList()
    record_event("weights of priorities changed", by=by, at=at, target=kept, detail=values)
    return list_of(of)


@transaction.atomic
def adjust_factor(
    of: Round,
    item: RoundItem,
    *,
    reach: int | None,
    governability: int | None,
    reason: str,
    revision: int,
    by: Any,
    at: datetime,
) -> Factor:
    """Say reach and governability of an item as the team sees them, 1 to 5; None: as the instrument says.

    ``revision``: 0 where the team said nothing yet. Raises ``PermissionDenied``, ``NotSubmitted``, ``AlreadySigned``,
    ``NotAScore``, ``ReasonMissing``, ``StaleList``.
    """
    require_coordinator(by, of)
    kept = _open_list(of)
    if any(value is not None and value not in range(1, 6) for value in (reach, governability)):
        raise NotAScore()
    values = {
        "reach": reach,
        "governability": governability,
        "reason": _given(reason),
        "changed_by": by,
        "changed_at": at,
    }
    if revision == 0:
        factor, made = Factor.objects.get_or_create(list=kept, item=item, defaults=values)
        if not made:
            raise StaleList()
    else:
        changed = Factor.objects.filter(list=kept, item=item, revision=revision).update(
            **values, revision=F("revision") + 1
        )
        if not changed:
            raise StaleList()
        factor = Factor.objects.get(list=kept, item=item)
    detail = {"item": item.position, "reach": reach, "governability": governability}
    record_event("factor of a priority changed", by=by, at=at, target=kept, detail=detail)
    return factor


# --- the decision -------------------------------------------------------------------------------------------------


@transaction.atomic
def decide(
    of: Round,
    chosen: Sequence[int],
    *,
    reasons: Mapping[int, str],
    number_reason: str,
    revision: int,
    by: Any,
    at: datetime,
) -> PriorityList:
    """Choose the priorities, in order. ``chosen`` and the keys of ``reasons`` are items (primary keys).

    What differs from the computed order needs a reason each (``selectors.differences``), and so does choosing fewer
    than three or more than five. Raises ``PermissionDenied``, ``NotSubmitted``, ``AlreadySigned``, ``StillToScore``
    for who has to score first, ``NothingChosen``, ``SamePlace``, ``NotACandidate``, ``ReasonsMissing``, ``StaleList``.
    """
    require_coordinator(by, of)
    kept = _open_list(of)
    _require_order_open(kept, by)
    order = order_of(kept)
    if not chosen:
        raise NothingChosen()
    if len(set(chosen)) != len(chosen):
        raise SamePlace()
    if not set(chosen) <= set(order.position_of):
        raise NotACandidate()
    found = differences(list(chosen), order)
    words = {item: reasons.get(item, "").strip() for item in found.need_reason}
    number = outside_the_usual(len(chosen), order)
    _require_reasons(words, number and not number_reason.strip())
    changed = PriorityList.objects.filter(pk=kept.pk, decision_revision=revision).update(
        decided_at=at,
        decided_by=by,
        number_reason=number_reason.strip() if number else "",
        decision_revision=F("decision_revision") + 1,
    )
    if not changed:
        raise StaleList()
    _write_decision(kept, list(chosen), found, words, order.position_of, at)
    detail = {"chosen": len(chosen), "differ": len(found.need_reason)}
    record_event("priorities decided", by=by, at=at, target=kept, detail=detail)
    return list_of(of)


def _require_order_open(kept: PriorityList, by: Any) -> None:
    member = RoundMember.objects.filter(round=kept.round_id, user=by.pk, removed_at__isnull=True).first()
    scorer = member is not None and member.part != RoundMember.Part.READER
    if scorer and not OrderOpened.objects.filter(list=kept, member=member).exists():
        raise StillToScore()


def _require_reasons(words: Mapping[int, str], number_missing: bool) -> None:
    missing = {item for item, reason in words.items() if not reason}
    if missing or number_missing:
        raise ReasonsMissing(missing, number=number_missing)


def _write_decision(
    kept: PriorityList,
    chosen: list[int],
    found: Differences,
    words: Mapping[int, str],
    computed: Mapping[int, int],
    at: datetime,
) -> None:
    kept.priorities.filter(dropped_at__isnull=True).update(dropped_at=at)
    for position, item in enumerate(chosen, start=1):
        Priority.objects.update_or_create(
            list=kept,
            item_id=item,
            defaults={
                "position": position,
                "computed_position": computed[item],
                "reason": words.get(item, ""),
                "dropped_at": None,
            },
        )
    kept.set_aside.all().delete()
    SetAside.objects.bulk_create(
        SetAside(list=kept, item_id=item, computed_position=computed[item], reason=words[item])
        for item in found.left_out
    )


# --- signing ------------------------------------------------------------------------------------------------------


@transaction.atomic
def sign(of: Round, *, revision: int, by: Any, at: datetime) -> PrioritySignature:
    """The director signs what was decided: from now on nothing of the list changes, and there is a receipt.

    ``revision``: of the decision that the person read. Raises ``PermissionDenied``, ``NotSubmitted``,
    ``AlreadySigned``, ``NothingDecided``, ``StaleList``, and ``ReasonsMissing`` if the computed order has moved away
    from the decision since.
    """
    require(by, SIGN_PRIORITIES, of)
    kept = _open_list(of)
    chosen = decided(kept)
    if not chosen:
        raise NothingDecided()
    if kept.decision_revision != revision:
        raise StaleList()
    order = order_of(kept)
    chosen, aside = _as_computed_now(kept, chosen, order)
    content = list_content(kept, order, chosen, aside)
    year = at.astimezone(of.zone).year
    made = _signature(kept, content, year, by=by, at=at)
    PriorityList.objects.filter(pk=kept.pk).update(signed_at=at, signed_by=by, signed_hash=made.content_hash)
    detail = {"signature": made.number, "hash": made.content_hash}
    record_event("priorities signed", by=by, at=at, target=kept, detail=detail)
    return made


def _as_computed_now(kept: PriorityList, chosen: list[Priority], order: Any) -> tuple[list[Priority], list[SetAside]]:
    """The decision beside the order of this moment. Raises ``ReasonsMissing``, ``NotACandidate``."""
    items = [one.item_id for one in chosen]
    if not set(items) <= set(order.position_of):
        raise NotACandidate()
    found = differences(items, order)
    aside = {one.item_id: one.reason for one in set_aside(kept)}
    reasons = {one.item_id: one.reason for one in chosen} | aside
    words = {item: reasons.get(item, "") for item in found.need_reason}
    number = outside_the_usual(len(items), order)
    _require_reasons(words, number and not kept.number_reason)
    kept.set_aside.exclude(item__in=found.left_out).delete()
    for item in found.left_out:
        kept.set_aside.filter(item=item).update(computed_position=order.position_of[item])
    for one in chosen:
        one.computed_position = order.position_of[one.item_id]
        one.save(update_fields=["computed_position"])
    return chosen, set_aside(kept)


def _signature(kept: PriorityList, content: str, year: int, *, by: Any, at: datetime) -> PrioritySignature:
    for _ in range(5):  # a number that is taken already: once in a million signatures a year at most
        try:
            with transaction.atomic():
                return PrioritySignature.objects.create(
                    list=kept,
                    number=f"PR{new_number(year).removeprefix('AD')}",
                    content=content,
                    content_hash=hash_of(content),
                    signed_by=by,
                    signed_at=at,
                )
        except IntegrityError:
            continue
    raise RuntimeError("no free number for a signed list")


@transaction.atomic
def reopen_list(of: Round, *, reason: str, by: Any, at: datetime) -> PriorityList:
    """Take the signature off, to change the list. What was signed stays as it was, with the reason.

    Raises ``PermissionDenied``, ``NotSubmitted``, ``NotSigned``, ``ReasonMissing``.
    """
    require(by, SIGN_PRIORITIES, of)
    if not Round.objects.filter(pk=of.pk, state=Round.State.SUBMITTED).exists():
        raise NotSubmitted()
    given = _given(reason)
    kept = PriorityList.objects.select_for_update(of=("self",)).filter(round=of).first()
    if kept is None or not kept.is_signed:
        raise NotSigned()
    last = kept.signatures.order_by("-pk").first()
    if last is None:
        raise NotSigned()
    PriorityReopening.objects.create(signature=last, reason=given, by=by, at=at)
    PriorityList.objects.filter(pk=kept.pk).update(
        signed_at=None, signed_by=None, signed_hash="", decision_revision=F("decision_revision") + 1
    )
    record_event("priorities reopened", by=by, at=at, target=kept, detail={"signature": last.number})
    return list_of(of)
