"""The page on which administrators say who edits the site."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from trama.foundation.http import attempting
from trama.foundation.policies import route

from ..policies import APPOINT_PAGES
from .errors import EditorError
from .forms import RoleForm
from .models import SiteRole
from .selectors import lines_for
from .services import give_role

attempt = attempting(EditorError)


@route(APPOINT_PAGES)
@require_http_methods(["GET", "POST"])
def editors(request: HttpRequest) -> HttpResponse:
    """Who of the programme is author, editor or moderator; one form per person."""
    now = timezone.now()
    lines = lines_for(request.user, now)
    if request.method == "POST":
        line = next((one for one in lines if str(one.profile.pk) == request.POST.get("profile")), None)
        if line is None:
            raise Http404
        form = RoleForm(request.POST)
        role = form.cleaned_data["role"] if form.is_valid() else ""
        done = _("%(person)s: the role was changed.") % {"person": line.profile.user}
        attempt(request, done, lambda: give_role(line.profile, role, by=request.user, at=now))
        return redirect("portal:editors")
    return render(request, "portal/editors/editors.html", {"lines": lines, "roles": SiteRole.choices})
