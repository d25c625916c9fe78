"""The results of a round for its own people: page, print view, PDF and spreadsheet."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from trama.foundation.http import found_or_404
from trama.foundation.policies import may, route
from trama.know.api import data_version

from ..keeping import kept_html
from ..policies import EXPORT_PROFILE, SHARE_ROUND, SHOW_PROFILE
from ..rounds.models import Round
from ..rounds.selectors import membership_of, round_visible_to
from .exports import XLSX, results_xlsx
from .pdf import results_pdf
from .presentation import Results, earlier_of, results_of
from .selectors import own_answers, owner_today, similar_to, standing_shares_of
from .wording import level_signs, level_words

State = Round.State
SHORT = "curta"  # ?criterios=curta: those of the short version
PRINT = "impressao"  # ?versao=impressao: everything open, nothing to press


def round_or_404(request: HttpRequest, uid: uuid.UUID) -> Round:
    """A round the person sees; another one does not exist for them."""
    return found_or_404(round_visible_to(request.user, uid))


def round_with_results_or_404(request: HttpRequest, uid: uuid.UUID) -> Round:
    """A round whose answers the team may see: while people answer, each alone, there are no results to carry away."""
    of = round_or_404(request, uid)
    if of.state in {State.ANSWERING, State.CANCELLED}:
        raise Http404
    return of


@route(SHOW_PROFILE)
@never_cache
@require_GET
def results(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What the round says. While people answer, each sees only what they answered themselves."""
    of = round_or_404(request, uid)
    if of.state in {State.ANSWERING, State.CANCELLED}:
        return _own_answers(request, of)
    now = timezone.now()
    starred, dimension = request.GET.get("criterios") == SHORT, request.GET.get("dimensao", "")[:80]
    printing = request.GET.get("versao") == PRINT
    earlier, rounds = earlier_of(of, request.GET.get("anterior", ""))
    data = data_version()
    told = similar_to(of, at=now, data=data)

    def draw() -> str:
        shown = results_of(of, told=told, starred=starred, dimension=dimension, earlier=earlier)
        context = {
            "results": shown,
            "of": of,
            "starred": starred,
            "dimension": dimension,
            "printing": printing,
            "earlier_rounds": rounds,
            "signs": level_signs(),
            "all_dimensions": _dimensions_of(of),
        }
        return render_to_string("diagnose/profiles/_results.html", context)

    if of.state == State.SUBMITTED:
        asked = (starred, dimension, printing, earlier and (earlier.pk, earlier.revision))
        known = ([(one.pk, one.revision) for one in rounds], told.mark if told is not None else "", data)
        body = kept_html("results", (of.pk, of.revision, of.submitted_at, asked, known), draw)
    else:
        body = mark_safe(draw())  # noqa: S308 — our own template, escaped there
    context = {
        "round": of,
        "body": body,
        "is_provisional": of.state != State.SUBMITTED,
        "printing": printing,
        "may_share": may(request.user, SHARE_ROUND, of),
        "standing": standing_shares_of(of, owner_today(of, now)) if not printing else [],
    }
    return render(request, "diagnose/profiles/results.html", context)


def _dimensions_of(of: Round) -> list[Any]:
    return list(of.version.dimensions.order_by("position"))


def _own_answers(request: HttpRequest, of: Round) -> HttpResponse:
    """What the person answered, and nothing of anybody else."""
    member = membership_of(request.user, of)
    lines = [(answer, level_words(level)) for answer, level in own_answers(member)] if member is not None else []
    context = {"round": of, "member": member, "lines": lines, "cancelled": of.state == State.CANCELLED}
    return render(request, "diagnose/profiles/own_answers.html", context)


def _whole(of: Round) -> Results:
    """The whole round, as the page shows it without a filter: what files hold."""
    earlier, _rounds = earlier_of(of)
    return results_of(of, told=similar_to(of, at=timezone.now()), earlier=earlier)


def download(content: bytes, name: str, extension: str, media_type: str) -> HttpResponse:
    """A file with a name that every system takes."""
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{slugify(name)[:80] or "trama"}.{extension}"'
    return response


@route(EXPORT_PROFILE)
@never_cache
@require_GET
def results_as_pdf(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The results on paper."""
    of = round_with_results_or_404(request, uid)
    return download(results_pdf(_whole(of)), of.title, "pdf", "application/pdf")


@route(EXPORT_PROFILE)
@never_cache
@require_GET
def results_as_xlsx(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """The results as a spreadsheet."""
    of = round_with_results_or_404(request, uid)
    return download(results_xlsx(_whole(of)), of.title, "xlsx", XLSX)
