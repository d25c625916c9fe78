"""Pages of the computed order: the list, one criterion, the table of factors with its weights."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from trama.foundation.http import found_or_404
from trama.foundation.policies import may, route
from trama_measure.diagnosis import FACTORS, PriorityWeights

from ..keeping import kept_html
from ..policies import CHANGE_ROUNDS, EXPORT_ROUND, SHOW_ROUNDS, SIGN_PRIORITIES
from ..rounds.forms import resubmit_as
from ..rounds.models import Round
from ..rounds.selectors import may_coordinate
from . import services
from .decision_selectors import decided, set_aside, signatures_of, submitted_after_signing
from .errors import PriorityError, StaleList
from .exports import table_xlsx
from .forms import FactorForm, WeightsForm
from .lines import DecidedPriorities, kept_priorities
from .models import Priority, PriorityList
from .order import Facts, Order, Place
from .rows import factor_rows
from .selectors import (
    Given,
    Viewer,
    asked_of_all,
    given_of,
    has_scored,
    kept_levelled,
    order_for,
    order_shown,
    round_with_list,
    scores_of_item,
    shown_list,
    viewer_of,
    weights_of,
)
from .wording import (
    FACTOR_NAMES,
    OUTSIDE,
    bounds_text,
    decimal,
    divergence_text,
    gut_text,
    level_name,
    missing_of,
    tie_text,
    what_would_move,
    why,
)

CONFLICT = 409
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST_SHOWN = 10  # places shown at once; the others are in a fold


def round_or_404(request: HttpRequest, uid: Any) -> Round:
    """A round that the person sees; others' rounds do not exist for them."""
    return found_or_404(round_with_list(request.user, uid))


@dataclass(frozen=True, slots=True)
class Opened:
    """A submitted round with its list, and what the person may see of it."""

    round: Round
    kept: PriorityList
    viewer: Viewer


def opened_or_404(request: HttpRequest, uid: Any) -> Opened:
    """Priorities exist once the round is submitted: before that, their pages do not (docs/decisions/0107)."""
    of = round_or_404(request, uid)
    if of.state != Round.State.SUBMITTED:
        raise Http404
    return opened(request, of)


def opened(request: HttpRequest, of: Round) -> Opened:
    kept = shown_list(of)
    return Opened(of, kept, viewer_of(request.user, kept))


@dataclass(frozen=True, slots=True)
class Line:
    """One place as the page shows it, already in words."""

    place: Place
    why: str
    change: str
    tie: str
    bounds: str
    missing: str
    level: str


def line_of(place: Place, order: Order, of: Round, *, sees: bool) -> Line:
    return Line(
        place,
        why(place, order, of.scope_kind, with_gut=sees),
        what_would_move(place, order),
        tie_text(place),
        bounds_text(place) if sees else "",
        ", ".join(missing_of(place.facts)) if sees else "",
        level_name(place.facts),
    )


@route(SHOW_ROUNDS)
@never_cache
@require_GET
def priorities(request: HttpRequest, uid: Any) -> HttpResponse:
    """The order with its sentences, what was decided, and what comes next."""
    of = round_or_404(request, uid)
    if of.state != Round.State.SUBMITTED:
        return render(request, "diagnose/priorities/before.html", {"round": of})
    shown = opened(request, of)
    kept, viewer = shown.kept, shown.viewer
    given, chosen = given_of(kept), kept_priorities(kept)
    own = given.of_member(viewer.member)
    asked = asked_of_all(kept, given) if viewer.may_score else ()
    context = {
        "round": of,
        "list": kept,
        "viewer": viewer,
        "chosen": chosen,
        "decision": _drawn("decided", shown, given, chosen) if chosen.lines else "",
        "computed": _drawn("computed", shown, given, chosen),
        "has_gap": kept_levelled(of).has_gap,
        "asked": len(asked),
        "answered": sum(has_scored(own, [item]) for item in asked),
        "people": given.people,
        "coordinates": not kept.is_signed and (viewer.coordinates or may_coordinate(request.user, of)),
        "may_sign": may(request.user, SIGN_PRIORITIES, of),
        "signatures": signatures_of(kept) if kept.decided_at else [],
        "submitted_again": submitted_after_signing(kept),
        "usual_weights": weights_of(kept) == PriorityWeights(),
    }
    return render(request, "diagnose/priorities/priorities.html", context)


def _drawn(part: str, shown: Opened, given: Given, chosen: DecidedPriorities) -> SafeString:
    """A part of the page that is the same for everybody who may see it, kept until something in it changes."""
    of, kept, sees = shown.round, shown.kept, shown.viewer.sees_order

    def draw() -> str:
        order = order_shown(kept, with_gut=sees, given=given)
        context: dict[str, Any] = {"round": of, "sees": sees, "order": order, "list": kept}
        if part == "decided":
            context["set_aside"] = set_aside(kept)
            context["decided"] = [
                {"line": line, "computed": order.position_of.get(line.priority.item_id) if sees else None}
                for line in chosen.lines
            ]
        else:
            lines = [line_of(place, order, of, sees=sees) for place in order.places]
            context |= {"first": lines[:FIRST_SHOWN], "others": lines[FIRST_SHOWN:]}
            context["usual_weights"] = order.weights == PriorityWeights()
            context["outside"] = [(OUTSIDE[code][0], OUTSIDE[code][1], found) for code, found in order.outside]
        return render_to_string(f"diagnose/priorities/_{part}.html", context)

    return kept_html(f"priorities.{part}", _stands_on(shown, given), draw)


def _stands_on(shown: Opened, given: Given) -> tuple[Any, ...]:
    """The same wherever the order and the decision are the same, and as much of them may be seen."""
    of, kept, sees = shown.round, shown.kept, shown.viewer.sees_order
    return (
        *(of.uid, of.revision, of.submitted_at),
        *(kept.decision_revision, kept.decided_at, kept.signed_at),
        *(sees, weights_of(kept), given.mark(with_gut=sees)),
    )


@route(CHANGE_ROUNDS)
@never_cache
@require_http_methods(["GET", "POST"])
def criterion(request: HttpRequest, uid: Any, position: int) -> HttpResponse:
    """One criterion: its factors, who scored what, and the team's own reach and governability."""
    shown = opened_or_404(request, uid)
    of, kept, viewer = shown.round, shown.kept, shown.viewer
    given = given_of(kept)
    order = order_for(kept, viewer, given=given)
    facts = next((one for one in order.facts if one.item.position == position), None)
    if facts is None:
        raise Http404
    may_change = not kept.is_signed and (viewer.coordinates or may_coordinate(request.user, of))
    factor = given.factors.get(facts.item.pk)
    form, status, conflict = FactorForm(initial=FactorForm.initial_of(factor)), 200, None
    if request.method == "POST":
        form = FactorForm(request.POST)
        if form.is_valid():
            try:
                services.adjust_factor(of, facts.item, **form.cleaned_data, by=request.user, at=timezone.now())
            except StaleList as stale:
                form.add_error(None, str(stale))
                conflict, status = kept.factors.filter(item=facts.item).select_related("changed_by").first(), CONFLICT
                resubmit_as(form, revision=conflict.revision if conflict is not None else 0)
            except PriorityError as problem:
                form.add_error(None, str(problem))
                status = CONFLICT
            else:
                messages.success(request, _("Saved. The order was computed again."))
                return redirect("diagnose:priority_criterion", of.uid, position)
    context = _criterion_context(shown, order, facts, given) | {
        "factor": factor,
        "form": form if may_change else None,
        "conflict": conflict,
    }
    return render(request, "diagnose/priorities/criterion.html", context, status=status)


def _criterion_context(shown: Opened, order: Order, facts: Facts, given: Given) -> dict[str, Any]:
    """What is known of one criterion, as far as the person may see it."""
    of, kept, viewer = shown.round, shown.kept, shown.viewer
    place, own = order.place_of.get(facts.item.pk), given.of_member(viewer.member)
    sees_scores = viewer.sees_order and (not viewer.may_score or has_scored(own, [facts.item.pk]))
    return {
        "round": of,
        "list": kept,
        "facts": facts,
        "line": line_of(place, order, of, sees=viewer.sees_order) if place is not None else None,
        "level": level_name(facts),
        "outside": next((OUTSIDE[code][1] for code, found in order.outside if facts in found), ""),
        "gut": gut_text(facts.gut) if sees_scores else "",
        "divergence": divergence_text(facts.gut) if sees_scores else "",
        "scores": scores_of_item(kept, facts.item) if sees_scores and kept.pk else [],
        "viewer": viewer,
    }


# --- the table and its weights ------------------------------------------------------------------------------------


@route(SHOW_ROUNDS)
@never_cache
@require_GET
def factors(request: HttpRequest, uid: Any) -> HttpResponse:
    """Every factor of every candidate. With weights in the address: what the order would be with them, unsaved."""
    shown = opened_or_404(request, uid)
    kept, viewer, given = shown.kept, shown.viewer, given_of(shown.kept)
    now = order_for(kept, viewer, given=given)
    asked = "gap" in request.GET
    form = WeightsForm(request.GET if asked else None, kept=kept)
    tried = order_for(kept, viewer, form.weights(), given=given) if asked and form.is_valid() else None
    return _factors_page(request, shown, form, now, tried)


def _factors_page(
    request: HttpRequest, shown: Opened, form: WeightsForm, now: Order, tried: Order | None, status: int = 200
) -> HttpResponse:
    order = tried or now
    before = now.position_of
    context = {
        "round": shown.round,
        "list": shown.kept,
        "viewer": shown.viewer,
        "form": form,
        "rows": factor_rows(order, shown.round, sees=shown.viewer.sees_order, before=before if tried else {}),
        "fields": form.drawn_fields(),
        "tried": tried,
        "weights": [(FACTOR_NAMES[name], decimal(getattr(order.weights, name))) for name in FACTORS],
        "tried_values": [(name, str(round(getattr(order.weights, name), 1))) for name in FACTORS],
        "n_moved": sum(before[place.facts.item.pk] != place.position for place in order.places),
        "coordinates": not shown.kept.is_signed
        and (shown.viewer.coordinates or may_coordinate(request.user, shown.round)),
        "usual_weights": now.weights == PriorityWeights(),
    }
    return render(request, "diagnose/priorities/factors.html", context, status=status)


@route(CHANGE_ROUNDS)
@never_cache
@require_POST
def weights(request: HttpRequest, uid: Any) -> HttpResponse:
    """Save the weights that were tried, or the usual ones again."""
    shown = opened_or_404(request, uid)
    form = WeightsForm(request.POST, kept=shown.kept)
    if not form.is_valid():
        return _factors_page(request, shown, form, order_for(shown.kept, shown.viewer), None, 400)
    try:
        services.save_weights(
            shown.round,
            form.values(),
            revision=form.cleaned_data["revision"],
            by=request.user,
            at=timezone.now(),
        )
    except PriorityError as problem:
        form = WeightsForm(form.cleaned_data | {"revision": shown.kept.revision}, kept=shown.kept)
        form.is_valid()
        form.add_error(None, str(problem))
        tried = order_for(shown.kept, shown.viewer, form.weights())
        return _factors_page(request, shown, form, order_for(shown.kept, shown.viewer), tried, CONFLICT)
    messages.success(request, _("The weights were saved and the order was computed again."))
    return redirect("diagnose:priority_factors", shown.round.uid)


@route(EXPORT_ROUND)
@never_cache
@require_GET
def factors_xlsx(request: HttpRequest, uid: Any) -> HttpResponse:
    """The full table as a spreadsheet."""
    shown = opened_or_404(request, uid)
    order = order_for(shown.kept, shown.viewer)
    chosen: list[Priority] = decided(shown.kept)
    made = table_xlsx(shown.round, order, chosen, with_gut=shown.viewer.sees_order, at=timezone.now())
    name = slugify(_("priorities %(round)s") % {"round": shown.round.title})[:80]
    return HttpResponse(made, XLSX, headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'})
