"""The rule builder: a draft as nested lists, changed by plain forms that carry the revision they were written for."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from trama.foundation.content import fingerprint
from trama.foundation.policies import may, route
from trama.know.api import indicators_by_code

from ..calls.forms import resubmit_as
from ..calls.models import Call, CallCategory
from ..calls.team_views import CONFLICT, team_call_or_404
from ..policies import EDIT_CALL_PAGES, PUBLISH_CALL, PUBLISH_PAGES
from . import services
from .errors import EligibilityError, InvalidRule, StaleRevision
from .forms import ConditionForm
from .models import RuleVersion
from .reading import path_from, path_text, rule_lines
from .selectors import draft_version, tree_of
from .tree import Combine, ConditionNode, GroupNode, Path, as_mapping, node_at, with_child, with_node, without_node


def category_or_404(request: HttpRequest, slug: str, category_slug: str) -> CallCategory:
    """A category of a call of the team, which admits by a rule."""
    call = team_call_or_404(request, slug)
    category = get_object_or_404(
        CallCategory.objects.select_related("call__organisation"), call=call, slug=category_slug
    )
    if category.admission != CallCategory.Admission.RULE:
        raise Http404
    return category


def _draft_or_404(request: HttpRequest, slug: str, category_slug: str) -> tuple[CallCategory, RuleVersion]:
    category = category_or_404(request, slug, category_slug)
    draft = draft_version(category)
    if draft is None:
        raise Http404
    return category, draft


def _path_or_404(request: HttpRequest) -> Path:
    try:
        return path_from(request.POST.get("caminho") or request.GET.get("caminho", ""))
    except LookupError as error:
        raise Http404 from error


@route(EDIT_CALL_PAGES)
@never_cache
@require_POST
def start(request: HttpRequest, slug: str, category_slug: str) -> HttpResponse:
    """Open a draft: the first version, or a copy of the one in force."""
    category = category_or_404(request, slug, category_slug)
    services.start_version(category, by=request.user, at=timezone.now())
    return redirect("programme:rule", slug, category_slug)


@route(EDIT_CALL_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, slug: str, category_slug: str) -> HttpResponse:
    """The draft as it stands; a POST adds, turns or removes a group or a condition."""
    category, draft = _draft_or_404(request, slug, category_slug)
    status = 200
    if request.method == "POST":
        try:
            _apply(request, draft)
        except StaleRevision as conflict:
            messages.error(request, str(conflict))
            status = CONFLICT
        except EligibilityError as problem:
            messages.error(request, str(problem))
        except LookupError:
            messages.error(request, str(StaleRevision()))
            status = CONFLICT
        else:
            return redirect("programme:rule", slug, category_slug)
    return _rule_page(request, category, draft, status)


def _rule_page(request: HttpRequest, category: CallCategory, draft: RuleVersion, status: int) -> HttpResponse:
    draft = RuleVersion.objects.get(pk=draft.pk)
    tree = tree_of(draft)
    context = {
        "call": category.call,
        "category": category,
        "draft": draft,
        "line": rule_lines(tree, indicators_by_code()),
        "problems": services.publication_problems(tree),
        "may_publish": may(request.user, PUBLISH_CALL, category.call.organisation),
        "call_is_draft": category.call.state == Call.State.DRAFT,
    }
    return render(request, "programme/team/rule.html", context, status=status)


def _apply(request: HttpRequest, draft: RuleVersion) -> None:
    """One small change of the tree. Raises what ``save_rule`` does, and ``LookupError`` for a path that is gone."""
    tree, path = tree_of(draft), _path_or_404(request)
    act = request.POST.get("acao", "")
    notes: dict[str, Any] = {}
    if act == "grupo":
        tree = with_child(tree, path, GroupNode("any"))
    elif act == "combinar":
        group = node_at(tree, path)
        if not isinstance(group, GroupNode):
            raise LookupError(path)
        combine: Combine = "any" if request.POST.get("combinacao") == "any" else "all"
        tree = with_node(tree, path, GroupNode(combine, group.children, group.label_pt, group.label_en))
    elif act == "remover":
        tree = without_node(tree, path)
    elif act == "nota":
        notes = {name: request.POST.get(name, "")[:2000].strip() for name in ("note_pt", "note_en")}
    else:
        raise InvalidRule([_("This page cannot do that. Reload it and try again.")])
    services.save_rule(draft, tree, revision=_revision(request), by=request.user, at=timezone.now(), **notes)


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@route(EDIT_CALL_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def condition(request: HttpRequest, slug: str, category_slug: str) -> HttpResponse:
    """Add a condition to the group at ``caminho``, or change the condition that stands there."""
    category, draft = _draft_or_404(request, slug, category_slug)
    path, tree = _path_or_404(request), tree_of(draft)
    try:
        there = node_at(tree, path)
    except LookupError as error:
        raise Http404 from error
    changing = isinstance(there, ConditionNode)
    mark = fingerprint(as_mapping(there))
    initial: dict[str, Any] = {"revision": draft.revision, "mark": mark}
    if isinstance(there, ConditionNode):
        initial |= ConditionForm.initial_of(there)
    form = ConditionForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        changed = with_node(tree, path, form.node()) if changing else with_child(tree, path, form.node())
        try:
            services.save_rule(
                draft, changed, revision=form.cleaned_data["revision"], by=request.user, at=timezone.now()
            )
        except StaleRevision as conflict:
            form.add_error(None, str(conflict))
            if form.cleaned_data["mark"] == mark:  # what this form is about still stands there: saving again is safe
                resubmit_as(form, revision=RuleVersion.objects.get(pk=draft.pk).revision)
            status = CONFLICT
        except EligibilityError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The condition was saved."))
            return redirect("programme:rule", slug, category_slug)
    context = {
        "form": form,
        "call": category.call,
        "category": category,
        "path": path_text(path),
        "changing": changing,
        "current": rule_lines(tree, indicators_by_code()) if status == CONFLICT else None,
    }
    return render(request, "programme/team/condition_form.html", context, status=status)


@route(EDIT_CALL_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, slug: str, category_slug: str) -> HttpResponse:
    """Throw the draft away, after asking."""
    category, draft = _draft_or_404(request, slug, category_slug)
    if request.method == "POST":
        services.discard_draft(draft, by=request.user, at=timezone.now())
        messages.success(request, _("The draft was discarded."))
        return redirect("programme:team_call", slug)
    context = {
        "call": category.call,
        "question": _("Discard version %(number)d, still a draft?") % {"number": draft.number},
        "consequence": _("What was written in it is lost. Published versions stay."),
        "action_label": _("Discard the draft"),
        "cancel_href": reverse("programme:rule", args=[slug, category_slug]),
        "danger": True,
    }
    return render(request, "programme/team/confirm.html", context)


@route(PUBLISH_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, slug: str, category_slug: str) -> HttpResponse:
    """Put a further version of a public call's rule in force, after asking."""
    category, draft = _draft_or_404(request, slug, category_slug)
    if category.call.state == Call.State.DRAFT:
        raise Http404  # the rules of a draft call are published with it
    if request.method == "POST":
        try:
            services.publish_version(draft, revision=_revision(request), by=request.user, at=timezone.now())
        except EligibilityError as problem:
            messages.error(request, str(problem))
            return redirect("programme:rule", slug, category_slug)
        messages.success(request, _("Version %(number)d is in force.") % {"number": draft.number})
        return redirect("programme:team_call", slug)
    context = {
        "call": category.call,
        "question": _("Put version %(number)d of the rule in force?") % {"number": draft.number},
        "consequence": _(
            "From now on every network is answered by it. It can never be changed; earlier versions stay readable."
        ),
        "action_label": _("Publish the version"),
        "cancel_href": reverse("programme:rule", args=[slug, category_slug]),
        "revision": draft.revision,
    }
    return render(request, "programme/team/confirm.html", context)
