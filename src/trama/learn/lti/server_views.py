"""What other servers ask: keys, tokens, columns, scores, results, members. JSON, in the words of LTI Advantage."""

import json
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trama.foundation.http import own_transactions, public_cache
from trama.foundation.policies import route

from ..cohorts.models import Cohort
from ..keys.models import SigningKey
from ..keys.selectors import public_keys
from ..policies import LTI_SERVER
from . import vocabulary as lti
from .addresses import at as address
from .errors import LtiError, NotThere
from .grades import add_item, change_item, remove_item, take_score
from .launching import resource_link
from .models import LineItem, Tool
from .people import shared_of, subject_of
from .selectors import cohort_of_tool, latest_scores, learners_for, line_items_of
from .tokens import bearer, token_for

PAGE = 100
HOUR = 3600


def answers_in_json[V: Callable[..., Any]](view: V) -> V:
    """An error of the room becomes an OAuth error; nothing is kept by any cache."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response: HttpResponse = view(request, *args, **kwargs)
        except LtiError as problem:
            told = {"error": problem.code, "error_description": problem.told[:300]}
            response = JsonResponse(told, status=problem.status)
            if problem.status == 401:
                response["WWW-Authenticate"] = 'Bearer realm="lti"'
        response["Cache-Control"] = "no-store"
        return response

    return answered  # type: ignore[return-value]


@route(LTI_SERVER)
@public_cache(HOUR)
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The public keys that this site signs messages with (JWKS)."""
    return JsonResponse(public_keys(SigningKey.Purpose.LTI))


@route(LTI_SERVER)
@csrf_exempt
@own_transactions  # it may ask the tool's server for its keys
@require_POST
@answers_in_json
def token(request: HttpRequest) -> HttpResponse:
    """A tool proves who it is and gets a token."""
    return JsonResponse(token_for(request.POST.dict(), at=timezone.now()))


def _asked(request: HttpRequest, cohort: UUID, *scopes: str) -> tuple[Tool, Cohort]:
    tool = bearer(request.headers.get("Authorization", ""), *scopes)
    found = cohort_of_tool(tool, cohort)
    if found is None:
        raise NotThere
    return tool, found


def _body(request: HttpRequest) -> Any:
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as problem:
        raise LtiError("body") from problem


def _item(request: HttpRequest, cohort: UUID, uid: UUID, *scopes: str) -> LineItem:
    tool, found = _asked(request, cohort, *scopes)
    item = line_items_of(tool, found).select_related("tool", "cohort__version").filter(uid=uid).first()
    if item is None:
        raise NotThere
    return item


def _paged(request: HttpRequest, rows: Sequence[Any] | Any) -> tuple[list[Any], str]:
    """A page of rows, and the ``Link`` header to the next one."""
    limit, page = (request.GET.get(name, "") for name in ("limit", "page"))
    size = max(1, min(int(limit), PAGE)) if limit.isascii() and limit.isdigit() and len(limit) < 6 else PAGE
    found = Paginator(rows, size).get_page(page or 1)
    if not found.has_next():
        return list(found), ""
    query = request.GET.copy()
    query["page"] = str(found.next_page_number())
    return list(found), f'<{address_of(request)}?{query.urlencode()}>; rel="next"'


def address_of(request: HttpRequest) -> str:
    """The whole address that was asked, by the site's own name, not by what the request says its host is."""
    match = request.resolver_match
    return address(str(match.url_name), *match.kwargs.values()) if match else ""


def _json(told: Any, kind: str, link: str = "", status: int = 200) -> HttpResponse:
    response = JsonResponse(told, safe=False, content_type=kind, status=status)
    if link:
        response["Link"] = link
    return response


def _item_told(item: LineItem, cohort: Cohort) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": address("lti_line_item", cohort.uid, item.uid), "label": item.label, "scoreMaximum": float(item.maximum),
    }  # fmt: skip
    if item.resource_id:
        told["resourceId"] = item.resource_id
    if item.tag:
        told["tag"] = item.tag
    if item.part is not None:
        told["resourceLinkId"] = resource_link(cohort, item.part)
    return told


@route(LTI_SERVER)
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@answers_in_json
def line_items(request: HttpRequest, cohort: UUID) -> HttpResponse:
    """The columns of a tool in a cohort; a POST adds one."""
    if request.method == "POST":
        tool, found = _asked(request, cohort, lti.SCOPE_ITEM)
        told = _body(request)
        if not isinstance(told, dict):
            raise LtiError("body")
        made = add_item(tool, found, told, at=timezone.now())
        return _json(_item_told(made, found), lti.ITEM_TYPE, status=201)
    tool, found = _asked(request, cohort, lti.SCOPE_ITEM, lti.SCOPE_ITEM_READ)
    rows = line_items_of(tool, found)
    for name, field in (("resource_id", "resource_id"), ("tag", "tag")):
        if "\x00" in request.GET.get(name, ""):
            raise LtiError(name)
        if name in request.GET:
            rows = rows.filter(**{field: request.GET[name]})
    if "resource_link_id" in request.GET:
        _cohort, _point, part = request.GET["resource_link_id"].partition(".")
        rows = rows.filter(part=int(part) if part.isascii() and part.isdigit() and len(part) < 18 else 0)
    page, link = _paged(request, rows)
    return _json([_item_told(one, found) for one in page], lti.ITEMS_TYPE, link)


@route(LTI_SERVER)
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "PUT", "DELETE"])
@answers_in_json
def line_item(request: HttpRequest, cohort: UUID, uid: UUID) -> HttpResponse:
    """One column."""
    if request.method in ("GET", "HEAD"):
        item = _item(request, cohort, uid, lti.SCOPE_ITEM, lti.SCOPE_ITEM_READ)
        return _json(_item_told(item, item.cohort), lti.ITEM_TYPE)
    item = _item(request, cohort, uid, lti.SCOPE_ITEM)
    if request.method == "DELETE":
        remove_item(item)
        return HttpResponse(status=204)
    told = _body(request)
    if not isinstance(told, dict):
        raise LtiError("body")
    return _json(_item_told(change_item(item, told), item.cohort), lti.ITEM_TYPE)


@route(LTI_SERVER)
@csrf_exempt
@require_POST
@answers_in_json
def scores(request: HttpRequest, cohort: UUID, uid: UUID) -> HttpResponse:
    """A tool tells a score of a learner."""
    item = _item(request, cohort, uid, lti.SCOPE_SCORE)
    take_score(item, _body(request), at=timezone.now())
    return HttpResponse(status=204)


@route(LTI_SERVER)
@never_cache
@require_safe
@answers_in_json
def results(request: HttpRequest, cohort: UUID, uid: UUID) -> HttpResponse:
    """What stands in a column, by learner; ``?user_id=``: of one."""
    item = _item(request, cohort, uid, lti.SCOPE_RESULT)
    told = latest_scores([item.pk])
    where = address("lti_line_item", item.cohort.uid, item.uid)
    rows = []
    for one in learners_for(item.cohort):
        score, subject = told.get((item.pk, one.pk)), subject_of(item.tool, one.person)
        if score is None or score.given is None or score.maximum is None:
            continue
        if request.GET.get("user_id", subject) != subject:
            continue
        scaled = score.given * item.maximum / score.maximum
        rows.append(
            {
                "id": f"{where}/results/{subject}",
                "scoreOf": where,
                "userId": subject,
                "resultScore": float(scaled),
                "resultMaximum": float(item.maximum),
                "comment": score.comment,
            }
        )
    page, link = _paged(request, rows)
    return _json(page, lti.RESULTS_TYPE, link)


@route(LTI_SERVER)
@never_cache
@require_safe
@answers_in_json
def members(request: HttpRequest, cohort: UUID) -> HttpResponse:
    """Who learns in a cohort (Names and Role Provisioning 2.0): opaque names, and what else a tool may know."""
    tool, found = _asked(request, cohort, lti.SCOPE_MEMBERS)
    role = request.GET.get("role", "")
    asked = not role or role in (lti.LEARNER, "Learner")
    page, link = _paged(request, learners_for(found) if asked else [])
    told = {
        "id": address("lti_members", found.uid),
        "context": {
            "id": str(found.uid), "label": found.version.course.slug, "title": found.version.title,
        },
        "members": [
            {
                "status": "Active", "user_id": subject_of(tool, one.person), "roles": [lti.LEARNER],
                **shared_of(tool, one.person),
            }
            for one in page
        ],
    }  # fmt: skip
    return _json(told, lti.MEMBERS_TYPE, link)
