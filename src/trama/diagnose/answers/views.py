"""The answering pages: what is asked in areas, one area to answer, the worker that keeps them offline."""

from functools import cache
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join, json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from trama.foundation.http import found_or_404
from trama.foundation.policies import route

from ..policies import CHANGE_ROUNDS, SHOW_ROUNDS
from ..rounds.models import Round, RoundMember
from ..rounds.selectors import membership_of, reader_of_one
from .errors import Refusal
from .forms import saves_in_form
from .models import Submission
from .presentation import Sheet, fill_area, grace_ends, has_unsettled, level_label, person_mark, sheet_of
from .protocol import MAX_TEXT, About
from .rows import answer_rows, area_addresses
from .selectors import open_conflicts, refused_saves
from .services import Result, record_saves

FILTERS = {"faltam": gettext_lazy("Missing"), "essenciais": gettext_lazy("Essential")}
# What the scripts say. In the page, so that it is in its language without connection too.
DEVICE_TEXTS = {
    "waiting": gettext_lazy("Saved on this device, not sent yet"),
    "sending": gettext_lazy("Sending…"),
    "sent": gettext_lazy("Saved"),
    "typing": gettext_lazy("Not saved yet"),
    "refused": gettext_lazy("Not accepted: %s"),
    "malformed": gettext_lazy("Could not be stored: %s"),
    "conflict": gettext_lazy("Changed in two places: choose below"),
    "lost": gettext_lazy("Not saved: this browser keeps nothing and there is no connection"),
    "allSent": gettext_lazy("Everything you answered on this device has arrived."),
    "someWaiting": gettext_lazy("Not sent yet: %s. They are kept on this device and sent by themselves."),
    "noStorage": gettext_lazy(
        "This browser does not let the page keep answers on this device (a private window, or storage is blocked). "
        "Answers are saved only while there is a connection. To answer without connection, open the page in a normal "
        "window."
    ),
    "mayForget": gettext_lazy(
        "This browser may delete what is kept on the device when space runs out or after weeks without a visit. Send "
        "soon, or save the answers that were not sent to a file."
    ),
    "offline": gettext_lazy("No connection. You can go on: answers are kept on this device."),
    "signIn": gettext_lazy("Your session ended. Your answers are kept on this device: sign in again to send them."),
    "signInLink": gettext_lazy("Sign in"),
    "otherPerson": gettext_lazy(
        "Somebody else signed in on this device. Answers that were not sent wait for the person who gave them."
    ),
    "mine": gettext_lazy("Keep mine"),
    "theirs": gettext_lazy("Keep the other"),
    "mineIs": gettext_lazy("Here"),
    "theirsIs": gettext_lazy("Saved meanwhile"),
    "noComment": gettext_lazy("no comment"),
    "imported": gettext_lazy("Answers read from the file: %s."),
    "notOurs": gettext_lazy("This file holds no answers of yours to this round."),
    "offeredAgain": gettext_lazy("The site lost answers that this device had sent; they were sent again: %s."),
    "kept": gettext_lazy("This round opens on this device without connection too."),
}


@route(SHOW_ROUNDS)
@never_cache
@require_safe
def answer(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Everything a member is asked, by dimension and area, with what is missing."""
    of, member = part_of(request, uid)
    sheet, asked = sheet_of(member), request.GET.get("mostrar", "")
    chosen = asked if asked in FILTERS else ""
    conflicts, refused = _not_settled(sheet, member)
    context = {
        **frame(of, member),
        "sheet": sheet,
        "areas": area_addresses(of, sheet),
        "chosen": chosen,
        "filters": FILTERS.items(),
        "rows": answer_rows(sheet, of, chosen, conflicts),
        "refused": [_refused_line(one) for one in refused],
    }
    return personal(request, render(request, "diagnose/answers/answer.html", context))


def _not_settled(sheet: Sheet, member: RoundMember) -> tuple[set[int], list[Submission]]:
    """Items in conflict, and refused saves. One query where there are none, as nearly always."""
    if not has_unsettled(member):
        return set(), []
    conflicts = {one.item_id for one in open_conflicts([line.pk for line in sheet.lines], member=member)}
    return conflicts, refused_saves(member)


@route(CHANGE_ROUNDS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_area(request: HttpRequest, uid: UUID, code: str) -> HttpResponse:
    """The criteria of one area. Without scripts the form saves by the same service."""
    of, member = part_of(request, uid)
    sheet = sheet_of(member)
    place = next((n for n, area in enumerate(sheet.areas) if area.code == code), None)
    if place is None:
        raise Http404
    area = sheet.areas[place]
    if request.method == "POST":
        now = timezone.now()
        saves = saves_in_form(request.POST, [line.pk for line in area.lines], About.ANSWER, now)
        tell(request, record_saves(of.uid, saves, by=request.user, at=now))
        if "next" not in request.POST:
            return HttpResponseRedirect(request.path)
        if place + 1 == len(sheet.areas):
            return HttpResponseRedirect(reverse("diagnose:answer", args=[of.uid]) + "?mostrar=faltam")
        return HttpResponseRedirect(reverse("diagnose:answer_area", args=[of.uid, sheet.areas[place + 1].code]))
    fill_area(area.lines, member, of)
    context = {
        **frame(of, member),
        "sheet": sheet,
        "areas": area_addresses(of, sheet),
        "area": area,
        "before": sheet.areas[place - 1] if place else None,
        "after": sheet.areas[place + 1] if place + 1 < len(sheet.areas) else None,
        "dimension": next(one for one in sheet.dimensions if area in one.areas),
        "new_ids": {line.pk: uuid4() for line in area.lines},
        "max_text": MAX_TEXT,
    }
    return personal(request, render(request, "diagnose/answers/area.html", context))


@route(SHOW_ROUNDS)
@require_safe
def answer_worker(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The service worker. It lives under the answering address, so its scope is that address and nothing else."""
    script = render_to_string("diagnose/answers/sw.js")
    return HttpResponse(
        script, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache, private"}
    )


def tell(request: HttpRequest, results: list[Result]) -> None:
    """What became of the saves of a form, as messages."""
    saved = sum(one.submission is not None and one.submission.outcome in {"saved", "merged"} for one in results)
    if saved:
        text = ngettext("%(n)d answer saved.", "%(n)d answers saved.", saved) % {"n": saved}
        messages.success(request, text)
    for one in results:
        if one.problem is not None:
            messages.error(request, str(one.problem))
        elif one.submission is not None and one.submission.outcome == Submission.Outcome.CONFLICT:
            messages.warning(request, _("An answer was changed in two places. Both are kept: choose below."))
        elif one.submission is not None and one.submission.refusal:
            messages.error(request, str(Refusal(one.submission.refusal).label))
    if not results:
        messages.info(request, _("Nothing was changed."))


_round_of_part = reader_of_one("version", "network", "school", "group")


def part_of(request: HttpRequest, uid: UUID) -> tuple[Round, RoundMember]:
    """The round and the person's part in it, with the owner and no more around it. Two queries."""
    of = found_or_404(_round_of_part(request.user, uid))
    member = found_or_404(membership_of(request.user, of))
    person: Any = request.user
    member.round, member.user = of, person
    return of, member


def frame(of: Round, member: RoundMember) -> dict[str, Any]:
    return {
        "round": of,
        "member": member,
        "person": person_mark(member.user),
        "script_texts": _script_texts(get_language() or ""),
        "answers_until": of.answers_until_local,
        "grace_ends": grace_ends(of),
        "rendered_at": timezone.now().isoformat(),
    }


@cache
def _script_texts(_language: str) -> SafeString:
    """What the scripts say, in the language of the page."""
    texts = {name: str(text) for name, text in DEVICE_TEXTS.items()}
    levels = {str(level): level_label(level) for level in range(-1, 5)}
    pieces = (json_script(texts, "answers-texts"), json_script(levels, "answers-levels"))
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def personal(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Mark whose page it is: the worker keeps it under that mark, and takes it away with it."""
    response["X-Trama-Person"] = person_mark(request.user)
    return response


def _refused_line(submission: Submission) -> dict[str, Any]:
    subject = submission.item.criterion or submission.item.own_question
    return {
        "title": getattr(subject, "title", ""),
        "level": level_label(submission.level) if "level" in submission.changes else "",
        "text": submission.text,
        "why": Refusal(submission.refusal).label,
        "received_at": submission.received_at,
    }
