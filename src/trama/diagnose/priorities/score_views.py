"""Scoring: gravity, urgency and trend, one after the other over the proposed criteria, saved as they are given."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from trama.foundation.policies import route

from ..policies import CHANGE_ROUNDS
from ..rounds.models import RoundItem, RoundMember
from . import services
from .errors import PriorityError, ScoreChanged
from .models import GutPart
from .rows import score_rows
from .scales import GUT_ANCHORS, GUT_QUESTIONS, PROPOSED
from .selectors import given_of, order_shown
from .views import CONFLICT, Opened, opened_or_404

ADDRESSES = {"gravidade": GutPart.GRAVITY, "urgencia": GutPart.URGENCY, "tendencia": GutPart.TREND}
NAMES = {part: name for name, part in ADDRESSES.items()}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) == 1 else None


@route(CHANGE_ROUNDS)
@never_cache
@require_http_methods(["GET", "POST"])
def scores(request: HttpRequest, uid: Any) -> HttpResponse:
    """One of the three questions over the proposed criteria, most relevant first. Without scripts, one button saves."""
    shown = opened_or_404(request, uid)
    if not shown.viewer.may_score:
        return redirect("diagnose:priorities", shown.round.uid)
    part = ADDRESSES.get(request.GET.get("parte", ""), GutPart.GRAVITY)
    if request.method == "POST":
        try:
            _save_all(request, shown, part)
        except PriorityError as problem:
            messages.error(request, str(problem))
            return _page(request, shown, part, CONFLICT)
        return _next(shown, part)
    return _page(request, shown, part)


def _save_all(request: HttpRequest, shown: Opened, part: str) -> None:
    member = shown.viewer.member
    assert member is not None  # who may score is a member
    items = {str(one.pk): one for one in shown.round.items.all()}
    for name, text in request.POST.items():
        item, value = items.get(name.removeprefix("score-")), _number(str(text))
        if not name.startswith("score-") or item is None or value is None:
            continue
        before = _number(request.POST.get(f"before-{item.pk}", ""))
        if value != before:
            services.score(member, item, part, value, before=before, by=request.user, at=timezone.now())


def _next(shown: Opened, part: str) -> HttpResponse:
    """To the next question, and after the last to the order."""
    parts = list(GutPart.values)
    following = parts.index(part) + 1
    if following == len(parts):
        return redirect("diagnose:priorities", shown.round.uid)
    response = redirect("diagnose:priority_scores", shown.round.uid)
    response["Location"] += f"?parte={NAMES[GutPart(parts[following])]}"
    return response


def _page(request: HttpRequest, shown: Opened, part: str, status: int = 200) -> HttpResponse:
    given = given_of(shown.kept)
    order = order_shown(shown.kept, with_gut=False, given=given)
    facts = [place.facts for place in order.places]
    own = given.of_member(shown.viewer.member)
    asked, others = facts[:PROPOSED], facts[PROPOSED:]
    steps = [
        {
            "part": one,
            "address": NAMES[GutPart(one)],
            "label": GutPart(one).label,
            "done": all(own.get(f.item.pk, {}).get(one) for f in asked) and bool(asked),
        }
        for one in GutPart.values
    ]
    context = {
        "round": shown.round,
        "viewer": shown.viewer,
        "part": part,
        "label": GutPart(part).label,
        "question": GUT_QUESTIONS[part],
        "anchors": GUT_ANCHORS[part],
        "steps": steps,
        "asked": score_rows(asked, own, part),
        "others": score_rows(others, own, part),
        "last": part == GutPart.TREND,
    }
    return render(request, "diagnose/priorities/scores.html", context, status=status)


@route(CHANGE_ROUNDS)
@never_cache
@require_POST
def save(request: HttpRequest, uid: Any) -> HttpResponse:
    """One score, saved as it is tapped. Answers in JSON: what is on disk, or why it was refused."""
    shown = opened_or_404(request, uid)
    member: RoundMember | None = shown.viewer.member
    value = _number(request.POST.get("value", ""))
    if member is None or value is None:
        return JsonResponse({"error": _("You have nothing to score in this round.")}, status=403)
    item = get_object_or_404(RoundItem, round=shown.round, pk=_key(request.POST.get("item", "")))
    try:
        services.score(
            member,
            item,
            request.POST.get("part", ""),
            value,
            before=_number(request.POST.get("before", "")),
            by=request.user,
            at=timezone.now(),
        )
    except ScoreChanged as changed:
        return JsonResponse({"error": str(changed), "there": changed.there}, status=CONFLICT)
    except PriorityError as problem:
        return JsonResponse({"error": str(problem)}, status=CONFLICT)
    return JsonResponse({"saved": value})


def _key(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


@route(CHANGE_ROUNDS)
@never_cache
@require_POST
def look(request: HttpRequest, uid: Any) -> HttpResponse:
    """See the order without scoring."""
    shown = opened_or_404(request, uid)
    if shown.viewer.may_score and shown.viewer.member is not None:
        services.look_without_scoring(shown.viewer.member, by=request.user, at=timezone.now())
    return redirect("diagnose:priorities", shown.round.uid)
