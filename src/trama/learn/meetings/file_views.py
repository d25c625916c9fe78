"""Presence from a spreadsheet: look at the rows, then write them."""

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from trama.foundation.http import own_transactions
from trama.foundation.policies import route
from trama.know.api import UnreadableFile

from ..cohorts.forms import PeopleFileForm
from ..policies import COHORT_PAGES
from . import importing
from .views import led_meeting

SHOWN_PROBLEMS = 200


@route(COHORT_PAGES)
@never_cache
@own_transactions  # reading takes a while, and writes nothing
@require_http_methods(["GET", "POST"])
def import_presence(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Send a spreadsheet, and see row by row what it would do. Nothing is written here."""
    meeting = led_meeting(request, uid)
    form = PeopleFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"meeting": meeting, "cohort": meeting.cohort, "form": form}
    context["most_rows"] = importing.MOST_ROWS
    if request.method != "POST" or not form.is_valid():
        return render(request, "learn/meetings/import.html", context)
    file = form.cleaned_data["file"]
    name = "".join(char for char in (file.name or "") if char.isprintable())[-120:]
    with tempfile.TemporaryDirectory(prefix="trama-presence-") as folder:
        path = Path(folder, "file")
        path.write_bytes(b"".join(file.chunks()))
        try:
            rows, problems = importing.read_presence(path, name=name)
        except UnreadableFile as error:
            rows, problems = [], list(error.problems)
    found = importing.preview_of(meeting, rows, problems, name=name)
    context |= {
        "preview": found,
        "problems": found.problems[:SHOWN_PROBLEMS],
        "token": importing.sealed(meeting, found, by=request.user) if found.effective else "",
        "file_name": name,
    }
    return render(request, "learn/meetings/import_preview.html", context)


@route(COHORT_PAGES)
@never_cache
@require_POST
def confirm_presence(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write what the preview showed."""
    meeting = led_meeting(request, uid)
    try:
        rows = importing.unsealed(meeting, request.POST.get("token", ""), by=request.user)
    except signing.BadSignature:
        messages.error(request, _("This preview is too old or not yours. Send the file again."))
        return redirect("learn:import_presence", meeting.uid)
    changed = importing.import_presence(meeting, rows, by=request.user, at=timezone.now())
    text = ngettext("The presence of %(n)d person was written.", "The presence of %(n)d people was written.", changed)
    messages.success(request, text % {"n": changed})
    return redirect("learn:cohort_meeting", meeting.uid)
