"""The page where everyone sees what the store says of them, and chooses whether it goes on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from trama.foundation.policies import route

from ..policies import STUDY_PAGES
from .objections import agree_to_statements, object_to_statements, objection_of


@route(STUDY_PAGES)
@never_cache
@require_http_methods(["GET", "POST"])
def my_records(request: HttpRequest) -> HttpResponse:
    """Whether this site writes learning records about who asks. A POST changes it."""
    if request.method == "POST":
        choice = request.POST.get("choice")
        if choice == "object":
            object_to_statements(request.user, by=request.user, at=timezone.now())
            messages.success(request, _("From now on nothing is recorded about you."))
        elif choice == "agree":
            agree_to_statements(request.user, by=request.user, at=timezone.now())
            messages.success(request, _("What you do from now on is recorded again, under a pseudonym."))
        return redirect("learn:my_records")
    return render(request, "learn/statements/mine.html", {"objection": objection_of(request.user)})
