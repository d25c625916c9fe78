"""Pages of own questions: what a network, school or group asks in its rounds beside the instrument."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from trama.foundation.policies import may, route

from .. import policies
from . import services
from .errors import OwnQuestionError, StaleQuestion
from .forms import ANCHORS, OwnQuestionForm
from .models import OwnQuestion
from .selectors import own_questions_visible_to, owners_for

CONFLICT = 409


@route(policies.SHOW_OWN_QUESTIONS)
@never_cache
@require_safe
def own_questions(request: HttpRequest) -> HttpResponse:
    """The owner's questions: those that the next round asks, then the retired ones."""
    questions = list(own_questions_visible_to(request.user))
    active = [question for question in questions if question.retired_at is None]
    context = {
        "active": active,
        "retired": [question for question in questions if question.retired_at is not None],
        "most": services.MOST_OWN_QUESTIONS,
        "full": len(active) >= services.MOST_OWN_QUESTIONS,
        "may_write": may_write(request.user),
    }
    return render(request, "diagnose/instruments/own/questions.html", context)


def may_write(user: Any) -> bool:
    """Whether the person writes questions for any network, school or group now."""
    return any(may(user, policies.WRITE_OWN_QUESTION, owner) for owner in owners_for(user))


@route(policies.CHANGE_OWN_QUESTIONS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_own_question(request: HttpRequest) -> HttpResponse:
    """Write a question."""
    owners = owners_for(request.user)
    if not owners:
        raise PermissionDenied
    form = OwnQuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.write_own_question(owners[0], form.values(), by=request.user, at=timezone.now())
        except OwnQuestionError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The question was saved. The next round you open will ask it."))
            return redirect("diagnose:own_questions")
    return _form(request, form, None)


def _question_or_404(request: HttpRequest, pk: int) -> OwnQuestion:
    """A question that the person may change; another owner's does not exist for them."""
    question: OwnQuestion = get_object_or_404(own_questions_visible_to(request.user), pk=pk)
    if not may(request.user, policies.WRITE_OWN_QUESTION, question):
        raise Http404
    return question


@route(policies.CHANGE_OWN_QUESTIONS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_own_question(request: HttpRequest, pk: int) -> HttpResponse:
    """Reword a question that no round asked yet. Two editors get a conflict, never a silent overwrite."""
    question = _question_or_404(request, pk)
    if request.method != "POST":
        return _form(request, OwnQuestionForm(instance=question), question)
    form = OwnQuestionForm(request.POST, instance=OwnQuestion.objects.get(pk=pk))
    if not form.is_valid():
        return _form(request, form, question)
    try:
        revision = form.cleaned_data.get("revision") or 0
        services.change_own_question(question, form.values(), revision=revision, by=request.user, at=timezone.now())
    except StaleQuestion as stale:
        now = OwnQuestion.objects.get(pk=pk)
        form.add_error(None, str(stale))
        conflict = [
            (str(form[name].label), getattr(now, name))
            for name in ("title", "question", *ANCHORS)
            if form.cleaned_data[name] != getattr(now, name)
        ]
        form.resubmit_as(now.revision)
        return _form(request, form, question, conflict=conflict, status=CONFLICT)
    except OwnQuestionError as problem:
        form.add_error(None, str(problem))
        return _form(request, form, question)
    messages.success(request, _("The question was saved."))
    return redirect("diagnose:own_questions")


def _form(
    request: HttpRequest,
    form: OwnQuestionForm,
    question: OwnQuestion | None,
    *,
    conflict: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "question": question,
        "locked": question is not None and (question.retired_at is not None or getattr(question, "used", False)),
        "levels": [form[name] for name in ANCHORS],
        "conflict": conflict or [],
    }
    return render(request, "diagnose/instruments/own/form.html", context, status=status)


@route(policies.CHANGE_OWN_QUESTIONS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def retire_own_question(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a question out of later rounds, after asking."""
    question = _question_or_404(request, pk)
    if request.method == "POST":
        try:
            services.retire_own_question(question, by=request.user, at=timezone.now())
        except OwnQuestionError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("The question was retired."))
        return redirect("diagnose:own_questions")
    return render(request, "diagnose/instruments/own/retire.html", {"question": question})
