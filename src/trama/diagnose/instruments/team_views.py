"""Pages of the programme's team: drafts of instruments, how a form becomes one, publishing and discarding it."""

import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from trama.foundation.http import own_transactions
from trama.foundation.policies import may, route
from trama.know.api import indicators_by_code

from .. import policies
from . import services
from .comparison import compare_versions
from .errors import FormProblem, FormRefused, InstrumentError
from .forms import ImportForm
from .models import InstrumentVersion
from .selectors import current_version, current_versions, drafts, version_data
from .structure import VersionData, as_plain, from_plain
from .views import FORMS, form_file
from .xlsform_reading import LeftOut, ReadForm, read_xlsform

DAY = 24 * 3600
UNREADABLE = 422  # the status of a page that refuses a file


def _key(token: str) -> str:
    return f"diagnose.instruments.import.{token}"


@route(policies.TEAM_INSTRUMENTS)
@never_cache
@require_safe
def team_instruments(request: HttpRequest) -> HttpResponse:
    """The instruments in use, and the drafts."""
    context = {"versions": list(current_versions()), "drafts": list(drafts())}
    return render(request, "diagnose/instruments/team/instruments.html", context)


@route(policies.TEAM_INSTRUMENTS)
@own_transactions  # reading a form takes a while, and nothing is written but the preview
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_form(request: HttpRequest) -> HttpResponse:
    """Send a form. What was read is shown before anything is kept."""
    form = ImportForm(request.POST or None, request.FILES or None)
    problems: list[FormProblem] = []
    if request.method == "POST" and form.is_valid():
        try:
            read = _read(form.cleaned_data)
        except FormRefused as refused:
            problems = refused.problems
        else:
            token = uuid.uuid4().hex
            left_out = [(entry.sheet, entry.row, entry.what) for entry in read.left_out]
            cache.set(_key(token), {"by": request.user.pk, "data": as_plain(read.data), "left_out": left_out}, DAY)
            return redirect("diagnose:import_preview", token)
    context = {"form": form, "problems": problems}
    status = UNREADABLE if problems else 200
    return render(request, "diagnose/instruments/team/import.html", context, status=status)


def _read(sent: dict[str, Any]) -> ReadForm:
    """The version in the file that was sent. Raises ``FormRefused``."""
    file: UploadedFile = sent["file"]
    with tempfile.TemporaryDirectory(prefix="trama-form-") as folder:
        path = Path(folder) / "form.xlsx"
        with path.open("wb") as out:
            for block in file.chunks():
                out.write(block)
        return read_xlsform(
            path,
            name=str(file.name or "")[-80:],
            known_indicators=frozenset(indicators_by_code()),
            current=_current_data,
            slug=sent["instrument"],
            version=sent["version"].strip(),
        )


def _current_data(slug: str) -> VersionData | None:
    version = current_version(slug)
    return version_data(version) if version is not None else None


@route(policies.TEAM_INSTRUMENTS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_preview(request: HttpRequest, token: str) -> HttpResponse:
    """What a form became, what was left out of it, and what changes; then it is kept as a draft, or not."""
    kept = cache.get(_key(token))
    if kept is None or kept["by"] != request.user.pk:
        raise Http404(_("What was read from a form is kept for a day. Send the file again."))
    data = from_plain(kept["data"])
    if request.method == "POST":
        try:
            draft = services.keep_draft(data, by=request.user, at=timezone.now())
        except InstrumentError as problem:
            messages.error(request, str(problem))
        else:
            cache.delete(_key(token))
            messages.success(request, _("The draft was kept. Nobody but the programme's people sees it yet."))
            return redirect("diagnose:instrument_draft", draft.pk)
    left_out = [LeftOut(*entry) for entry in kept["left_out"]]
    context = {**_shown(data), "left_out": left_out}
    return render(request, "diagnose/instruments/team/preview.html", context)


def _shown(data: VersionData) -> dict[str, Any]:
    """A version that is not public, and how it differs from the current one."""
    before = current_version(data.slug)
    criteria = list(data.criteria)
    return {
        "data": data,
        "criteria_count": len(criteria),
        "starred_count": sum(criterion.starred for criterion in criteria),
        "before": before,
        "comparison": compare_versions(version_data(before), data) if before is not None else None,
    }


def _draft_or_404(pk: int) -> InstrumentVersion:
    return get_object_or_404(drafts(), pk=pk)


@route(policies.TEAM_INSTRUMENTS)
@never_cache
@require_safe
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """One draft as it would be read, with what it changes."""
    version = _draft_or_404(pk)
    context = {
        **_shown(version_data(version)),
        "version": version,
        "may_publish": may(request.user, policies.PUBLISH_INSTRUMENT),
    }
    return render(request, "diagnose/instruments/team/draft.html", context)


@route(policies.EXPORT_DRAFT)
@never_cache
@require_safe
def draft_xlsform(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """A draft as an XLSForm."""
    if kind not in FORMS:
        raise Http404
    return form_file(_draft_or_404(pk), kind)


@route(policies.PUBLISH_INSTRUMENT_PAGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a draft, after saying what that means."""
    version = _draft_or_404(pk)
    return _confirmed(
        request,
        version,
        lambda: services.publish_draft(version, by=request.user, at=timezone.now()),
        question=_("Publish %(name)s?") % {"name": version},
        consequence=_(
            "From now on every new round uses it. Rounds that are open keep the version they began with. What is "
            "published never changes: corrections come as a further version."
        ),
        action_label=_("Publish the version"),
        done=_("The version is published."),
    )


@route(policies.TEAM_INSTRUMENTS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away, after asking."""
    version = _draft_or_404(pk)
    return _confirmed(
        request,
        version,
        lambda: services.discard_draft(version, by=request.user, at=timezone.now()),
        question=_("Discard the draft %(name)s?") % {"name": version},
        consequence=_("Its texts are removed. The file it came from can be sent again."),
        action_label=_("Discard the draft"),
        done=_("The draft was discarded."),
        danger=True,
    )


def _confirmed(
    request: HttpRequest, version: InstrumentVersion, act: Callable[[], object], *, done: str, **words: Any
) -> HttpResponse:
    """Ask on GET, act on POST, tell what happened."""
    if request.method == "POST":
        try:
            act()
        except InstrumentError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, done)
        return redirect("diagnose:team_instruments")
    context = {"version": version, "cancel_href": reverse("diagnose:instrument_draft", args=[version.pk]), **words}
    return render(request, "diagnose/instruments/team/confirm.html", context)
