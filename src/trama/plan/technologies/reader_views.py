"""A version as its readers will see it, for those who write and review it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from trama.foundation.documents.errors import DocumentError
from trama.foundation.policies import route

from ..policies import AUTHOR_PAGES
from .downloads import File, extensions_of, file_name, instrument_file
from .models import TechnologyInstrument, TechnologyVersion
from .selectors import versions_visible_to
from .views import as_file, document_context, stage_context, technology_context


def version_or_404(request: HttpRequest, slug: str, label: str) -> TechnologyVersion:
    """A version that the person may work on; another organisation's does not exist for them."""
    return get_object_or_404(versions_visible_to(request.user), technology__slug=slug, version=label)


@route(AUTHOR_PAGES)
@never_cache
@require_safe
def read_technology(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """The page of the technology, without what only the public one has."""
    version = version_or_404(request, slug, label)
    context = technology_context(version)
    context["instruments"] = [(one, _files(one)) for one in context["instruments"]]
    context["base"] = _base(version)
    return render(request, "plan/authoring/read_technology.html", context)


@route(AUTHOR_PAGES)
@never_cache
@require_safe
def read_stage(request: HttpRequest, slug: str, label: str, stage: str) -> HttpResponse:
    """The page of a stage."""
    context = stage_context(version_or_404(request, slug, label), stage)
    if context is None:
        raise Http404
    return render(request, "plan/authoring/read_stage.html", context | {"base": _base(context["version"])})


def _base(version: TechnologyVersion) -> str:
    """Where the addresses of this reading begin."""
    return reverse("plan:read_technology", args=[version.technology.slug, version.version])


def _files(instrument: TechnologyInstrument) -> list[File]:
    """The files of an instrument; a draft's sizes are not worked out."""
    return [File(extension, 0) for extension in extensions_of(instrument)]


def _instrument_or_404(version: TechnologyVersion, slug: str) -> TechnologyInstrument:
    return get_object_or_404(version.instruments, slug=slug)


@route(AUTHOR_PAGES)
@never_cache
@require_safe
def read_document_page(request: HttpRequest, slug: str, label: str, instrument: str) -> HttpResponse:
    """The page of an instrument, or what keeps it from being read."""
    version = version_or_404(request, slug, label)
    shown = _instrument_or_404(version, instrument)
    try:
        context = document_context(version, shown)
    except DocumentError as error:
        context = {"version": version, "technology": version.technology, "instrument": shown, "error": error}
    context |= {"files": _files(shown), "base": _base(version)}
    return render(request, "plan/authoring/read_document.html", context)


@route(AUTHOR_PAGES)
@never_cache
@require_safe
def read_file(request: HttpRequest, slug: str, label: str, instrument: str, extension: str) -> HttpResponse:
    """A file of a version that is still being written."""
    version = version_or_404(request, slug, label)
    shown = _instrument_or_404(version, instrument)
    if extension not in extensions_of(shown):
        raise Http404
    try:
        content = instrument_file(version, shown, extension)
    except DocumentError as error:
        raise Http404(str(error)) from error
    return as_file(file_name(shown, extension), content)
