"""The pages where a team agrees: what everybody said about an item, how far apart they are, what was agreed and why."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trama.foundation.files import as_download
from trama.foundation.http import found_or_404
from trama.foundation.policies import route
from trama.foundation.prepared import prepared
from trama_measure.diagnosis import Agreement as Spread
from trama_measure.diagnosis import order_of_discussion, respondent_divergence

from ..policies import CHANGE_ROUNDS, ROUND_FILES, SHOW_ROUNDS
from ..rounds.models import Round, RoundItem, RoundMember
from .errors import EvidenceRefused
from .evidence import add_evidence, remove_evidence
from .forms import EvidenceForm, saves_in_form
from .models import Agreement, Answer, Evidence
from .presentation import Line, all_items, beside_items, level_label, line_of, text_mark
from .protocol import MAX_TEXT, About
from .rows import agreement_rows
from .selectors import (
    answers_to,
    apart,
    evidence_of,
    history_of,
    may_see_others,
    measured,
    open_conflicts,
)
from .services import record_saves
from .views import frame, part_of, personal, tell

SPREAD_WORDS = {
    Spread.TOO_FEW: gettext_lazy("fewer than two people gave a level"),
    Spread.AGREE: gettext_lazy("people agree"),
    Spread.ONE_LEVEL: gettext_lazy("people differ by one level"),
    Spread.TWO_OR_MORE: gettext_lazy("people differ by two levels or more"),
}


@route(SHOW_ROUNDS)
@never_cache
@require_safe
def agree(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The items in the order in which a team does well to talk about them: where people are furthest apart first."""
    of, member = part_of(request, uid)
    if of.state == Round.State.ANSWERING:
        return HttpResponseRedirect(reverse("diagnose:answer", args=[of.uid]))
    lines = _agreement_lines(of)
    context = {
        **frame(of, member),
        "lines": lines,
        "rows": agreement_rows(lines, of),
        "may_agree": _may_agree(of, member),
    }
    return render(request, "diagnose/answers/agree.html", context)


@route(CHANGE_ROUNDS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def agree_item(request: HttpRequest, uid: UUID, position: int) -> HttpResponse:
    """What everybody said about one item, and what the team agrees. While people answer: only for who answered it."""
    of, member = part_of(request, uid)
    item = _item(of, position)
    here = reverse("diagnose:agree_item", args=[of.uid, position])
    if request.method == "POST":
        now = timezone.now()
        saves = saves_in_form(request.POST, [item.pk], About.AGREEMENT, now)
        tell(request, record_saves(of.uid, saves, by=request.user, at=now))
        return HttpResponseRedirect(here)
    own = next(iter(_level_of(item.pk, member.pk)), None)
    line = line_of(item)
    context: dict[str, Any] = {
        **frame(of, member),
        "line": line,
        "own_level": own,
        "own_label": level_label(own),
        "may_see": may_see_others(member, of, own),
        "form": EvidenceForm(),
        "evidence": evidence_of([item.pk]),
        "may_add": not of.is_frozen and member.part != RoundMember.Part.READER,
        "coordinates": member.part == RoundMember.Part.COORDINATOR,
        "max_text": MAX_TEXT,
        "new_id": uuid4(),
    }
    if context["may_see"]:
        context |= _what_was_said(of, member, item, line)
    if _may_agree(of, member):
        talk = _talk_of(of)
        rest = (one for one in talk.order if talk.agreed.get(one.pk) is None and one.pk != item.pk)
        context["next_line"] = next((line_of(one) for one in rest), None)
    return personal(request, render(request, "diagnose/answers/agree_item.html", context))


@route(CHANGE_ROUNDS)
@require_POST
def new_evidence(request: HttpRequest, uid: UUID, position: int) -> HttpResponse:
    """Add a link or a file to an item."""
    of, member = part_of(request, uid)
    item = _item(of, position)
    form = EvidenceForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data
        try:
            add_evidence(
                item, member, title=sent["title"], address=sent["address"] or "", file=sent["file"] or None,
                by=request.user, at=timezone.now(),
            )  # fmt: skip
        except EvidenceRefused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Evidence added."))
    else:
        for problems in form.errors.values():
            for problem in problems:
                messages.error(request, str(problem))
    return HttpResponseRedirect(reverse("diagnose:agree_item", args=[of.uid, position]) + "#evidence")


@route(CHANGE_ROUNDS)
@require_POST
def end_evidence(request: HttpRequest, uid: UUID, pk: int) -> HttpResponse:
    """Take a piece of evidence away."""
    of, member = part_of(request, uid)
    evidence = get_object_or_404(Evidence.objects.select_related("item__round"), pk=pk, item__round=of)
    try:
        remove_evidence(evidence, member, by=request.user, at=timezone.now())
    except EvidenceRefused as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("diagnose:agree_item", args=[of.uid, evidence.item.position]) + "#evidence")


@route(ROUND_FILES)
@require_safe
def evidence_file(request: HttpRequest, uid: UUID, pk: int) -> FileResponse:
    """A file of evidence, always as a download: it is never shown inside the site."""
    of, _member = part_of(request, uid)
    found = Evidence.objects.filter(item__round=of, kind=Evidence.Kind.FILE, removed_at__isnull=True)
    evidence = get_object_or_404(found, pk=pk)
    return as_download(evidence.file, evidence.file_name)


def _item(of: Round, position: int) -> RoundItem:
    item = found_or_404(next(iter(_items_at(of.pk, position)), None))
    item.round = of
    return item


@prepared
def _items_at(round_: int, position: int) -> QuerySet[RoundItem]:
    rows = RoundItem.objects.filter(round=round_, position=position)
    return rows.select_related("criterion__area__dimension", "own_question")


@prepared
def _level_of(item: int, member: int) -> QuerySet[Answer, int | None]:
    return Answer.objects.filter(item=item, member=member).values_list("level", flat=True)


def _may_agree(of: Round, member: RoundMember) -> bool:
    return of.state == Round.State.AGREEING and member.part == RoundMember.Part.COORDINATOR


@dataclass(frozen=True, slots=True)
class _Talk:
    """The items of a round in the order of discussion; by item, everybody's levels and the one that was agreed."""

    order: list[RoundItem]
    levels: dict[int, list[int | None]]
    agreed: dict[int, int | None]


def _talk_of(of: Round) -> _Talk:
    """Three queries."""
    items = all_items(of)
    levels: dict[int, list[int | None]] = {item.pk: [] for item in items}
    for item_id, level in _levels_in(of.pk):
        levels[item_id].append(level)
    agreed = dict(_agreed_in(of.pk))
    people = max((len(row) for row in levels.values()), default=0)
    if not items or not people:
        return _Talk(items, levels, agreed)
    table = np.array([[measured(level) for level in [*row, *[None] * people][:people]] for row in levels.values()]).T
    return _Talk([items[place] for place in order_of_discussion(respondent_divergence(table))], levels, agreed)


def _agreement_lines(of: Round) -> list[dict[str, Any]]:
    """Every item with how far apart people are and what was agreed, in the order of discussion. Three queries."""
    talk = _talk_of(of)
    found = []
    for item, described in zip(talk.order, apart([talk.levels[one.pk] for one in talk.order]), strict=True):
        level = talk.agreed.get(item.pk)
        found.append(
            {
                "line": line_of(item),
                "apart": described,
                "words": SPREAD_WORDS[Spread(described.agreement)],
                "median": level_label(described.median),
                "agreed": None if level is None else level_label(level),
            }
        )
    return found


@prepared
def _levels_in(round_: int) -> QuerySet[Answer, tuple[int, int | None]]:
    rows = Answer.objects.filter(item__round=round_, level__isnull=False).order_by("member_id")
    return rows.values_list("item_id", "level")


@prepared
def _agreed_in(round_: int) -> QuerySet[Agreement, tuple[int, int | None]]:
    return Agreement.objects.filter(item__round=round_).values_list("item_id", "level")


@prepared
def _agreement_on(item: int) -> QuerySet[Agreement]:
    return Agreement.objects.filter(item=item).select_related("saved_by")


def _what_was_said(of: Round, member: RoundMember, item: RoundItem, line: Line) -> dict[str, Any]:
    """Everybody's answers with their history, how far apart they are, and the agreement with its own history."""
    answers = answers_to(item)
    described = apart([[answer.level for answer in answers]])[0]
    agreement = next(iter(_agreement_on(item.pk)), None)
    line.beside = beside_items([item], of).get(item.pk, [])
    if agreement is not None:
        line.level, line.text, line.revision = agreement.level, agreement.reason, agreement.revision
        line.conflicts = open_conflicts([item.pk], member=None)
    changed, agreed_changes = history_of(item)
    said = [
        {
            "answer": answer,
            "label": level_label(answer.level),
            "before": [
                (level_label(one.level), one.received_at)
                for one in changed
                if one.member_id == answer.member_id
                and "level" in one.applied
                and one.revision != answer.level_revision
            ],
        }
        for answer in answers
    ]
    return {
        "said": said,
        "apart": described,
        "words": SPREAD_WORDS[Spread(described.agreement)],
        "median": level_label(described.median),
        "needs_reason": [level for level in range(-1, 5) if described.needs_reason(level)],
        "bars": [
            (level_label(level), n, round(100 * n / len(answers)) if answers else 0)
            for level, n in zip(range(1, 5), described.distribution, strict=True)
        ],
        "agreement": agreement,
        "agreed_label": level_label(agreement.level) if agreement is not None else "",
        "agreed_history": [(one, level_label(one.level)) for one in agreed_changes],
        "may_agree": _may_agree(of, member),
        "text_mark": text_mark(line.text),
    }
