"""Public pages of technologies: the catalogue, a technology, a stage, a document, and the files to download."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from trama.diagnose.api import criteria_of_technology, dimensions_of_networks, instruments_state
from trama.foundation.documents.html import as_html
from trama.foundation.documents.markdown import read_document
from trama.foundation.panels import panels_state
from trama.foundation.policies import route
from trama.know.api import kept_page

from ..policies import DOWNLOAD_INSTRUMENT, SHOW_TECHNOLOGIES
from .documents.workbook import read_workbook
from .downloads import TYPES, bundle, extensions_of, file_name, files_of, instrument_file
from .models import TechnologyInstrument, TechnologyVersion
from .presentation import FILTERS, in_time, narrowed
from .selectors import (
    catalogue,
    instruments_of,
    other_versions,
    stages_of,
    technologies_state,
    used_by,
    version_for_reader,
)

VERSION = "versao"  # query parameter: an older version, or one in pilot


def _state() -> str:
    return f"{technologies_state()} {instruments_state()} {panels_state('technology')}"


def _version_or_404(request: HttpRequest, slug: str) -> TechnologyVersion:
    version = version_for_reader(slug, request.GET.get(VERSION, ""))
    if version is None:
        raise Http404
    return version


def _suffix(request: HttpRequest, version: TechnologyVersion) -> str:
    """What links carry on, so that a reader of one version stays in it."""
    return f"?{VERSION}={version.version}" if request.GET.get(VERSION) else ""


@route(SHOW_TECHNOLOGIES)
@require_safe
@kept_page(*FILTERS, also=_state)
def technologies(request: HttpRequest) -> HttpResponse:
    """The catalogue, narrowed by dimension, audience and effort."""
    titles = {dimension.code: str(dimension.title) for dimension in dimensions_of_networks()}
    everything = catalogue()
    shown, filters = narrowed(everything, request.GET.dict(), titles)
    context = {
        "versions": shown,
        "filters": filters,
        "whole": len(everything),
        "narrowed": any(one.chosen for one in filters),
    }
    return render(request, "plan/technologies/technologies.html", context)


@route(SHOW_TECHNOLOGIES)
@require_safe
@kept_page(VERSION, also=_state)
def technology(request: HttpRequest, slug: str) -> HttpResponse:
    """One technology, whole."""
    version = _version_or_404(request, slug)
    context = technology_context(version) | {"suffix": _suffix(request, version)}
    instruments = context["instruments"]
    files = files_of(version, instruments)
    context |= {
        "instruments": [(one, files[one.slug]) for one in instruments],
        "archive": files[""][0],
        "others": other_versions(version),
        "used_by": used_by(version.technology),
    }
    return render(request, "plan/technologies/technology.html", context)


def base_of(version: TechnologyVersion) -> str:
    """Where the public addresses of a technology begin."""
    return reverse("plan:technology", args=[version.technology.slug])


def technology_context(version: TechnologyVersion) -> dict[str, Any]:
    """What the page of a version shows of the version itself."""
    return {
        "version": version,
        "technology": version.technology,
        "base": base_of(version),
        "audiences": [one.get_audience_display() for one in version.audiences.order_by("pk")],
        "stages": in_time(version, stages_of(version)),
        "instruments": instruments_of(version),
        "roles": list(version.roles.all()),
        "indicators": list(version.indicators.all()),
        "risks": list(version.risks.all()),
        "adaptations": list(version.adaptations.order_by("pk")),
        "criteria": criteria_of_technology(version.technology.slug),
    }


@route(SHOW_TECHNOLOGIES)
@require_safe
@kept_page(VERSION, also=_state)
def stage(request: HttpRequest, slug: str, stage: str) -> HttpResponse:
    """One stage with its steps: what to do, who, how long, what exists at the end, which instruments help."""
    version = _version_or_404(request, slug)
    context = stage_context(version, stage)
    if context is None:
        raise Http404
    return render(request, "plan/technologies/stage.html", context | {"suffix": _suffix(request, version)})


def stage_context(version: TechnologyVersion, slug: str) -> dict[str, Any] | None:
    """What the page of a stage shows; None where the version has no such stage."""
    shown = in_time(version, stages_of(version))
    place = next((number for number, one in enumerate(shown) if one.stage.slug == slug), None)
    if place is None:
        return None
    return {
        "version": version,
        "technology": version.technology,
        "base": base_of(version),
        "shown": shown[place],
        "count": len(shown),
        "previous": shown[place - 1] if place else None,
        "next": shown[place + 1] if place + 1 < len(shown) else None,
    }


def _instrument_or_404(version: TechnologyVersion, slug: str) -> TechnologyInstrument:
    found = next((one for one in version.instruments.all() if one.slug == slug), None)
    if found is None:
        raise Http404
    return found


@route(SHOW_TECHNOLOGIES)
@require_safe
@kept_page(VERSION, also=_state)
def document(request: HttpRequest, slug: str, instrument: str) -> HttpResponse:
    """An instrument as it reads on the site, and the files to download."""
    version = _version_or_404(request, slug)
    shown = _instrument_or_404(version, instrument)
    context = document_context(version, shown) | {"suffix": _suffix(request, version)}
    context["files"] = files_of(version, instruments_of(version))[shown.slug]
    return render(request, "plan/technologies/document.html", context)


def document_context(version: TechnologyVersion, shown: TechnologyInstrument) -> dict[str, Any]:
    """What the page of an instrument shows. Raises ``DocumentError`` where a draft cannot be read yet."""
    context = {
        "version": version,
        "technology": version.technology,
        "base": base_of(version),
        "instrument": shown,
    }
    if shown.kind == TechnologyInstrument.Kind.SPREADSHEET:
        return context | {"workbook": read_workbook(shown.sheets)}
    read = read_document(shown.body)
    return context | {"document": read, "html": as_html(read)}


@route(DOWNLOAD_INSTRUMENT)
@require_safe
@kept_page(VERSION, also=technologies_state)
def download(request: HttpRequest, slug: str, instrument: str, extension: str) -> HttpResponse:
    """One instrument as a file, in the language of the address."""
    version = _version_or_404(request, slug)
    shown = _instrument_or_404(version, instrument)
    if extension not in extensions_of(shown):
        raise Http404
    return as_file(file_name(shown, extension), instrument_file(version, shown, extension))


@route(DOWNLOAD_INSTRUMENT)
@require_safe
@kept_page(VERSION, also=technologies_state)
def download_all(request: HttpRequest, slug: str) -> HttpResponse:
    """Every instrument of a technology in one archive."""
    return as_file(*bundle(_version_or_404(request, slug)))


def as_file(name: str, content: bytes) -> HttpResponse:
    """A file that the browser saves under its name. Names are made by ``slugify``: letters, digits and hyphens."""
    response = HttpResponse(content, content_type=TYPES[name.rsplit(".", 1)[1]])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
