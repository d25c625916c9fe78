"""What the scripts of the answering pages ask: save one, save several, which saves are known, who is signed in.

An answer leaves after the commit: these views open their own transaction, around what they write and nothing else, so
that a client that sends slowly or hangs up holds nobody back.
"""

import json
from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from trama.foundation.http import own_transactions
from trama.foundation.policies import route

from ..policies import CHANGE_ROUNDS, SHOW_ROUNDS
from ..rounds.models import RoundMember
from .errors import Refusal, TooManySaves
from .models import Submission
from .presentation import person_mark
from .protocol import MAX_BODY, Standing
from .selectors import known_saves, membership_for_saving
from .services import Result, record_saves

MAX_ASKED = 500
STATUS = {"saved": 200, "merged": 200, "conflict": 409, "refused": 422, "malformed": 400}


class _Unreadable(Exception):
    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


@route(CHANGE_ROUNDS)
@own_transactions
@require_POST
def save_answer(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One save. 200 saved or merged, 409 in conflict (both are kept), 422 refused (and kept), 400 no save at all."""
    try:
        (result,) = _record(request, uid, [_body(request)])
    except _Unreadable as error:
        return JsonResponse({"message": str(error)}, status=error.status)
    told = told_of(result)
    return JsonResponse(told, status=STATUS[told["outcome"]])


@route(CHANGE_ROUNDS)
@own_transactions
@require_POST
def save_answers(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Several saves, ``{"saves": […]}``. Always 200 once they were read: what became of each is in its own answer."""
    try:
        body = _body(request)
        sent = body.get("saves") if isinstance(body, dict) else None
        if not isinstance(sent, list):
            raise _Unreadable(400, _("Send an object with a list of saves."))
        results = _record(request, uid, sent)
    except _Unreadable as error:
        return JsonResponse({"message": str(error)}, status=error.status)
    return JsonResponse({"results": [told_of(result) for result in results]})


@route(CHANGE_ROUNDS)
@own_transactions
@require_POST
def check_answers(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Which of the saves a device had sent are not here: after a restore it sends them again."""
    try:
        body = _body(request)
        asked = [UUID(one) for one in body["ids"]][:MAX_ASKED]
    except _Unreadable as error:
        return JsonResponse({"message": str(error)}, status=error.status)
    except (KeyError, TypeError, ValueError, AttributeError):
        return JsonResponse({"message": _("Send an object with a list of ids.")}, status=400)
    member = membership_for_saving(request.user, uid)
    if member is None:
        raise Http404
    known = known_saves(member, asked)
    return JsonResponse({"unknown": [str(one) for one in asked if one not in known]})


@route(SHOW_ROUNDS)
@never_cache
@require_safe
def answer_session(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Who is signed in, and the token that their requests carry: a page kept on the device may hold an old one."""
    if membership_for_saving(request.user, uid) is None:
        raise Http404
    return JsonResponse({"person": person_mark(request.user), "token": get_token(request)})


def told_of(result: Result) -> dict[str, Any]:
    """What became of one save, for the client. The part of the receipt is the same however often it was sent."""
    if result.submission is None:
        problem = result.problem
        return {
            "id": result.id,
            "outcome": "malformed",
            "field": problem.field if problem else "",
            "message": str(problem or ""),
        }
    submission = result.submission
    told: dict[str, Any] = {
        "id": result.id,
        "outcome": submission.outcome,
        "receipt": {"revision": submission.revision, "received_at": submission.received_at.isoformat()},
        "now": _standing(result.standing or Standing()),
    }
    if submission.refusal:
        told |= {"code": submission.refusal, "message": str(Refusal(submission.refusal).label)}
    if submission.outcome == Submission.Outcome.CONFLICT:
        told["conflict"] = {
            "id": str(submission.pk),
            "fields": [name for name in submission.changes.split() if name not in submission.applied.split()],
            "level": submission.level,
            "text": submission.text,
        }
    if result.clash is not None:
        told["clash"] = {
            "level": result.clash.level,
            "text": result.clash.text,
            "received_at": result.clash.received_at.isoformat(),
        }
    return told


def _standing(standing: Standing) -> dict[str, Any]:
    return {"level": standing.level, "text": standing.text, "revision": standing.revision}


def _record(request: HttpRequest, uid: UUID, sent: list[Any]) -> list[Result]:
    try:
        return record_saves(uid, sent, by=request.user, at=timezone.now())
    except TooManySaves as error:
        raise _Unreadable(413, str(error)) from error
    except RoundMember.DoesNotExist:
        raise Http404 from None


def _body(request: HttpRequest) -> Any:
    """The JSON of a request. Raises ``_Unreadable`` with a status and a message for the client."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > MAX_BODY:
        raise _too_large()
    try:
        body = request.body
        if len(body) > MAX_BODY:
            raise _too_large()
        return json.loads(body.decode(), parse_constant=_no_number)
    except RequestDataTooBig:
        raise _too_large() from None
    except UnreadablePostError:
        raise _Unreadable(400, _("The request was cut off.")) from None
    except (ValueError, RecursionError):
        raise _Unreadable(400, _("This is no JSON that can be read.")) from None


def _too_large() -> _Unreadable:
    return _Unreadable(413, _("The request is larger than %(kib)d KiB.") % {"kib": MAX_BODY // 1024})


def _no_number(name: str) -> None:
    raise ValueError(name)
