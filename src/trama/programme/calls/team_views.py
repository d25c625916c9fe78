"""Pages of the programme's team: the calls, one call, its texts and categories, publishing and closing it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from trama.foundation.policies import may, route

from ..eligibility.selectors import current_version, draft_version, versions_of
from ..policies import EDIT_CALL, EDIT_CALL_PAGES, PUBLISH_CALL, PUBLISH_PAGES, TEAM_CALLS
from . import services
from .errors import CallError, IncompleteCall, StaleCall
from .forms import CallForm, CategoryForm, resubmit_as
from .models import Call, CallCategory
from .presentation import dates_of, standing
from .publication import publication_problems, publish_call
from .selectors import call_visible_to, calls_visible_to, categories_of, missing_texts

CONFLICT = 409


def team_call_or_404(request: HttpRequest, slug: str) -> Call:
    """A call that the person's team may see; another programme's call does not exist for them."""
    call = call_visible_to(request.user, slug)
    if call is None:
        raise Http404
    return call


@route(TEAM_CALLS)
@never_cache
@require_GET
def team_calls(request: HttpRequest) -> HttpResponse:
    """Every call of the team, newest first."""
    now = timezone.now()
    lines = [(call, standing(call, now), dates_of(call, now)) for call in calls_visible_to(request.user)]
    return render(request, "programme/team/calls.html", {"lines": lines, "may_edit": may(request.user, EDIT_CALL)})


@route(TEAM_CALLS)
@never_cache
@require_GET
def team_call(request: HttpRequest, slug: str) -> HttpResponse:
    """One call as the team works on it: what it says, what it lacks, what comes next."""
    call = team_call_or_404(request, slug)
    categories = categories_of(call)
    is_draft = call.state == Call.State.DRAFT
    now = timezone.now()
    context = {
        "call": call,
        "standing": standing(call, now),
        "dates": dates_of(call, now),
        "categories": [_category_state(category) for category in categories],
        "problems": publication_problems(call) if is_draft else missing_texts(call, categories),
        "is_draft": is_draft,
        "may_edit": may(request.user, EDIT_CALL if is_draft else PUBLISH_CALL, call.organisation),
        "may_publish": may(request.user, PUBLISH_CALL, call.organisation),
    }
    return render(request, "programme/team/call.html", context)


def _category_state(category: CallCategory) -> dict[str, Any]:
    """A category with its rule versions, or its groups."""
    by_rule = category.admission == CallCategory.Admission.RULE
    return {
        "category": category,
        "by_rule": by_rule,
        "current": current_version(category) if by_rule else None,
        "draft": draft_version(category) if by_rule else None,
        "versions": versions_of(category) if by_rule else [],
        "groups": [link.group for link in category.admitted_groups.all()],
    }


@route(EDIT_CALL_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def new_call(request: HttpRequest) -> HttpResponse:
    """Write a new call. It starts as a draft."""
    form = CallForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        call = services.create_call(form.values(), by=request.user, at=timezone.now())
        messages.success(request, _("The call was saved as a draft. Now say who may take part."))
        return redirect("programme:team_call", call.slug)
    return _call_form(request, form, None)


@route(EDIT_CALL_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def edit_call(request: HttpRequest, slug: str) -> HttpResponse:
    """Change texts and dates. Two editors get a conflict, never a silent overwrite."""
    call = team_call_or_404(request, slug)
    if request.method != "POST":
        return _call_form(request, CallForm(instance=call, user=request.user), call)
    form = CallForm(request.POST, instance=Call.objects.get(pk=call.pk), user=request.user)
    if not form.is_valid():
        return _call_form(request, form, call)
    revision = form.cleaned_data.get("revision") or 0
    try:
        services.change_call(call, form.values(), revision=revision, by=request.user, at=timezone.now())
    except StaleCall as conflict:
        form.add_error(None, str(conflict))
        return _call_form(request, form, Call.objects.get(pk=call.pk), status=CONFLICT)
    except IncompleteCall as incomplete:
        for problem in incomplete.problems:
            form.add_error(None, problem)
        return _call_form(request, form, call)
    messages.success(request, _("The call was saved."))
    return redirect("programme:team_call", form.cleaned_data["slug"])


def _call_form(request: HttpRequest, form: CallForm, call: Call | None, status: int = 200) -> HttpResponse:
    """The form; after a conflict also what is there now, beside what the person wrote."""
    pairs = [(form["title_pt"], form["title_en"]), (form["summary_pt"], form["summary_en"])]
    pairs.append((form["text_pt"], form["text_en"]))
    context = {
        "form": form,
        "call": call,
        "pairs": pairs,
        "conflict": _differences(form, call) if status == CONFLICT else [],
    }
    return render(request, "programme/team/call_form.html", context, status=status)


def _differences(form: CallForm, now: Call | None) -> list[tuple[str, str]]:
    """(field, what is there now) where the person's text differs from what someone else saved.

    The form then carries the present revision, so saving again is a choice made with both texts in sight.
    """
    if now is None:
        return []
    resubmit_as(form, revision=now.revision)
    names = ("title_pt", "title_en", "summary_pt", "summary_en", "text_pt", "text_en", "source_note")
    return [
        (str(form[name].label), getattr(now, name))
        for name in names
        if form.cleaned_data.get(name, "").replace("\r\n", "\n") != getattr(now, name).replace("\r\n", "\n")
    ]


@route(EDIT_CALL_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def category_form(request: HttpRequest, slug: str, category_slug: str = "") -> HttpResponse:
    """Add a category, or change one."""
    call = team_call_or_404(request, slug)
    category = get_object_or_404(CallCategory, call=call, slug=category_slug) if category_slug else None
    initial = {"position": call.categories.count() + 1}
    instance = CallCategory.objects.get(pk=category.pk) if category else CallCategory(call=call)
    form = CategoryForm(request.POST or None, instance=instance, initial={} if category else initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_category(
                call,
                form.values(),
                groups=form.cleaned_data["groups"],
                by=request.user,
                at=timezone.now(),
                category=category,
            )
        except CallError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The category was saved."))
            return redirect("programme:team_call", slug)
    context = {
        "form": form,
        "call": call,
        "category": category,
        "pairs": [(form["name_pt"], form["name_en"]), (form["text_pt"], form["text_en"])],
    }
    return render(request, "programme/team/category_form.html", context)


@route(EDIT_CALL_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def remove_category(request: HttpRequest, slug: str, category_slug: str) -> HttpResponse:
    """Take a category out of a draft, after asking."""
    call = team_call_or_404(request, slug)
    category = get_object_or_404(CallCategory, call=call, slug=category_slug)
    return _confirmed(
        request,
        call,
        lambda: services.remove_category(category, by=request.user, at=timezone.now()),
        question=_("Remove the category “%(name)s”?") % {"name": category.name},
        consequence=_("Its rule and its texts are removed with it."),
        action_label=_("Remove the category"),
        done=_("The category was removed."),
        danger=True,
    )


@route(PUBLISH_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish the call, after showing what becomes public and final."""
    call = team_call_or_404(request, slug)
    revision = request.POST.get("revision", "")
    return _confirmed(
        request,
        call,
        lambda: publish_call(
            call, revision=int(revision) if revision.isdigit() else 0, by=request.user, at=timezone.now()
        ),
        question=_("Publish “%(title)s”?") % {"title": call.title},
        consequence=_(
            "Everyone will see the call, and the rules of its categories are frozen as they are: later changes need a "
            "new version, and both stay readable."
        ),
        action_label=_("Publish the call"),
        done=_("The call is public."),
    )


@route(PUBLISH_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, slug: str) -> HttpResponse:
    """Close a public call before its date, or archive a closed one."""
    call = team_call_or_404(request, slug)
    archiving = call.state == Call.State.CLOSED
    change = services.archive_call if archiving else services.close_call
    return _confirmed(
        request,
        call,
        lambda: change(call, by=request.user, at=timezone.now()),
        question=(_("Archive “%(title)s”?") if archiving else _("Close “%(title)s” now?")) % {"title": call.title},
        consequence=_("It stays readable for everyone, marked as archived.")
        if archiving
        else _("Nobody can apply any more, even before the announced date. This cannot be undone."),
        action_label=_("Archive the call") if archiving else _("Close the call"),
        done=_("The call was archived.") if archiving else _("The call was closed."),
        danger=not archiving,
    )


def _confirmed(
    request: HttpRequest,
    call: Call,
    act: Callable[[], Any],
    *,
    question: str,
    consequence: str,
    action_label: str,
    done: str,
    danger: bool = False,
) -> HttpResponse:
    """Ask on GET, act on POST, tell what happened."""
    back = reverse("programme:team_call", args=[call.slug])
    if request.method == "POST":
        try:
            act()
        except IncompleteCall as incomplete:
            for problem in incomplete.problems:
                messages.error(request, problem)
        except CallError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, done)
        return redirect(back)
    context = {
        "call": call,
        "question": question,
        "consequence": consequence,
        "action_label": action_label,
        "cancel_href": back,
        "danger": danger,
        "revision": call.revision,
    }
    return render(request, "programme/team/confirm.html", context)
