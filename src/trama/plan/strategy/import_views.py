"""Pages of the import of actions: sending a file, looking at what it would do, doing it."""

import tempfile
from pathlib import Path
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from trama.foundation.http import own_transactions
from trama.foundation.policies import route
from trama.know.api import UnreadableFile

from ..policies import CHANGE_PLANS
from .errors import PlanError
from .importing import MOST_ROWS, import_rows, preview_of, read_actions, sealed, unsealed
from .pages import own_plan_or_404

SUFFIXES = (".xlsx", ".csv", ".txt")
MOST_BYTES = 20 << 20
SHOWN_PROBLEMS = 200
MOST_SEALED = 2_000_000  # characters: a form field of the site holds 2.5 MB


class ActionsFileForm(forms.Form):
    """A spreadsheet of actions."""

    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        help_text=gettext_lazy("An .xlsx or .csv file. The first sheet with content is read."),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(SUFFIXES)}),
    )

    def clean_file(self) -> UploadedFile:
        """Refuse by size and by name before anything is read."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("At most %(count)d MiB can be sent.") % {"count": MOST_BYTES >> 20})
        if not (file.name or "").lower().endswith(SUFFIXES):
            raise forms.ValidationError(_("Expected one of these kinds of file: %s") % ", ".join(SUFFIXES))
        return file


@route(CHANGE_PLANS)
@never_cache
@own_transactions  # reading takes a while, and writes nothing
@require_http_methods(["GET", "POST"])
def import_actions(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Send a file, and see row by row what it would add. Nothing is written here."""
    plan = own_plan_or_404(request, uid)
    form = ActionsFileForm(request.POST or None, request.FILES or None)
    context = {"plan": plan, "form": form, "most_rows": MOST_ROWS}
    if request.method != "POST" or not form.is_valid():
        return render(request, "plan/strategy/import.html", context)
    file: UploadedFile = form.cleaned_data["file"]
    name = "".join(char for char in (file.name or "") if char.isprintable())[-120:]
    with tempfile.TemporaryDirectory(prefix="trama-actions-") as folder:
        path = Path(folder, "file")
        with path.open("wb") as out:
            for chunk in file.chunks():
                out.write(chunk)
        try:
            rows, problems, unknown = read_actions(path, name=name)
        except UnreadableFile as error:
            rows, problems, unknown = [], list(error.problems), []
    preview = preview_of(plan, rows, problems, unknown, at=timezone.now())
    token = "" if preview.problems else sealed(plan, rows, by=request.user)
    if len(token) > MOST_SEALED:
        form.add_error("file", _("This file holds more text than can be added at once: split it in two."))
        return render(request, "plan/strategy/import.html", context)
    context |= {
        "preview": preview,
        "problems": preview.problems[:SHOWN_PROBLEMS],
        "more_problems": max(0, len(preview.problems) - SHOWN_PROBLEMS),
        "token": token,
        "file_name": name,
    }
    return render(request, "plan/strategy/import_preview.html", context)


@route(CHANGE_PLANS)
@never_cache
@require_http_methods(["POST"])
def confirm_import(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Add what the preview showed: all of it, or nothing."""
    plan = own_plan_or_404(request, uid)
    try:
        rows = unsealed(plan, request.POST.get("token", ""), by=request.user)
        added = import_rows(plan, rows, by=request.user, at=timezone.now())
    except signing.BadSignature:
        messages.error(request, _("This preview is too old or not yours. Send the file again."))
        return redirect("plan:import_actions", uid)
    except PlanError as problem:
        messages.error(request, str(problem))
        return redirect("plan:import_actions", uid)
    except ValueError:
        messages.error(request, _("The plan changed since the preview, and a row no longer fits. Send the file again."))
        return redirect("plan:import_actions", uid)
    if added:
        said = ngettext("%(count)d action was added.", "%(count)d actions were added.", added) % {"count": added}
        messages.success(request, said)
    else:
        messages.info(request, _("Nothing was added: every row is in the plan already."))
    return redirect("plan:plan", uid)
