"""Pages of the official files: what is published, and how the team brings more."""

import uuid
from typing import Any

from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from trama.foundation.jobs import enqueue
from trama.foundation.policies import may, route

from ..indicators.models import Release
from ..pages import kept_page
from . import policies
from .catalogue import credit_of, publications
from .errors import NotPublished
from .forms import UploadForm, WithdrawForm, clean_name
from .jobs import JOB, report_key, uploads_folder
from .rawfiles import report_path
from .report import ImportReport
from .selectors import all_releases, indicators_of, public_releases, rejected_rows
from .services import withdraw_release

PER_PAGE = 25
ROWS_PER_PAGE = 100


@route(policies.LIST_RELEASES)
@require_safe
@kept_page("pagina")
def releases(request: HttpRequest) -> HttpResponse:
    """Every official file in use, newest first."""
    page = Paginator(public_releases(), PER_PAGE).get_page(request.GET.get("pagina"))
    return render(request, "know/sources/releases.html", {"page": page, "publications": publications().values()})


@route(policies.SHOW_RELEASE)
@require_safe
@kept_page()
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """One official file: where it came from, and what it holds."""
    shown = get_object_or_404(public_releases(), pk=pk)
    context = {"release": shown, "holdings": indicators_of(shown), "credit": credit_of(shown.publisher)}
    return render(request, "know/sources/release.html", context)


@route(policies.LIST_IMPORTS)
@never_cache
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """Everything that was brought in, also what was refused."""
    page = Paginator(all_releases(), PER_PAGE).get_page(request.GET.get("pagina"))
    context = {"page": page, "may_upload": may(request.user, policies.UPLOAD_FILE)}
    return render(request, "know/sources/imports.html", context)


@route(policies.SHOW_IMPORT)
@never_cache
@require_safe
def import_report(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of one file, row by row where it was refused."""
    shown = get_object_or_404(all_releases(), pk=pk)
    page = Paginator(rejected_rows(shown), ROWS_PER_PAGE).get_page(request.GET.get("pagina"))
    context = {
        "release": shown,
        "holdings": indicators_of(shown),
        "page": page,
        "has_file": report_path(shown.pk).exists(),
        "may_withdraw": shown.state == Release.State.PUBLISHED and may(request.user, policies.WITHDRAW),
    }
    return render(request, "know/sources/import_report.html", context)


@route(policies.DOWNLOAD_REPORT)
@never_cache
@require_safe
def report_csv(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every rejected row, as a file."""
    shown = get_object_or_404(all_releases(), pk=pk)
    path = report_path(shown.pk)
    if not path.exists():
        raise Http404(_("This release has no rejected rows."))
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"trama-{shown.pk}.csv", content_type="text/csv")


@route(policies.UPLOAD_FILE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Send an official file: it is kept, and a job reads it."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return redirect("foundation:job", pk=_start(request, form.cleaned_data))
    return render(request, "know/sources/upload.html", {"form": form})


def _start(request: HttpRequest, sent: dict[str, Any]) -> uuid.UUID:
    """Keep the file and ask for the job, once this request is committed."""
    name, token = clean_name(sent["file"].name), uuid.uuid4().hex
    folder = uploads_folder() / token
    folder.mkdir(parents=True)
    with (folder / "file").open("wb") as out:
        for block in sent["file"].chunks():
            out.write(block)
    title = (_("Trial of %(name)s") if sent["dry_run"] else _("Import of %(name)s")) % {"name": name}
    arguments = {"upload": token, "file_name": name, "dry_run": sent["dry_run"]}
    return enqueue(JOB, title=title, by=request.user, at=timezone.now(), **arguments).pk


@route(policies.SHOW_IMPORT)
@never_cache
@require_safe
def trial(request: HttpRequest, token: str) -> HttpResponse:
    """The report of a file that was only tried."""
    report: ImportReport | None = cache.get(report_key(token))
    if report is None:
        raise Http404(_("This trial was more than a week ago. Send the file again."))
    page = Paginator(report.problems, ROWS_PER_PAGE).get_page(request.GET.get("pagina"))
    return render(request, "know/sources/trial.html", {"report": report, "page": page})


@route(policies.WITHDRAW_PAGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a release out of every page, with a reason."""
    shown = get_object_or_404(all_releases(), pk=pk)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_release(shown, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
        except NotPublished:
            form.add_error(None, _("This release is not published any more."))
        else:
            return redirect(reverse("know:import_report", args=[shown.pk]))
    return render(request, "know/sources/withdraw.html", {"release": shown, "form": form})
