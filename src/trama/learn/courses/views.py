"""Public pages of courses: the catalogue, a course, its parts, its glossary and library, and the files to download.

They are the same for everybody, so they are kept: what belongs to one learner is shown by ``study_views``.
"""

import gzip
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from trama.diagnose.api import current_version, instruments_state
from trama.foundation.documents.html import as_html
from trama.foundation.documents.markdown import read_document
from trama.foundation.panels import panels_state
from trama.foundation.policies import route
from trama.know.api import kept_page
from trama.plan.api import catalogue_state, versions_by_slug

from ..policies import DOWNLOAD_COURSES, SHOW_COURSES
from .downloads import FORMATS, TYPES, file_name, kept_sizes, library_archive, module_file, paper_file, paper_sizes
from .known import INSTRUMENT
from .lessons import page_of
from .models import CourseVersion, Lesson, Package
from .presentation import (
    FILTERS,
    KIND_OF_SEGMENT,
    course_context,
    module_by_slug,
    narrowed,
    part_context,
    part_of,
    public_place,
)
from .selectors import (
    catalogue,
    courses_state,
    library_item,
    modules_of,
    other_versions,
    path_by_slug,
    paths_of,
    published_paths,
    stops_of,
    version_for_reader,
)

VERSION = "versao"  # query parameter: an older version


def _state() -> str:
    return f"{courses_state()} {catalogue_state()} {instruments_state()} {panels_state('course')}"


def version_or_404(request: HttpRequest, slug: str) -> CourseVersion:
    version = version_for_reader(slug, request.GET.get(VERSION, ""))
    if version is None:
        raise Http404
    return version


def _suffix(request: HttpRequest, version: CourseVersion) -> str:
    """What links carry on, so that a reader of one version stays in it."""
    return f"?{VERSION}={version.version}" if request.GET.get(VERSION) else ""


@route(SHOW_COURSES)
@require_safe
@kept_page(*FILTERS, also=_state)
def courses(request: HttpRequest) -> HttpResponse:
    """The catalogue, narrowed by audience, technology and workload; the paths below."""
    everything = catalogue()
    shown, filters = narrowed(everything, request.GET.dict())
    context = {
        "versions": shown,
        "filters": filters,
        "whole": len(everything),
        "narrowed": any(one.chosen for one in filters),
        "paths": published_paths(),
    }
    return render(request, "learn/courses/courses.html", context)


@route(SHOW_COURSES)
@require_safe
@kept_page(VERSION, also=_state)
def course(request: HttpRequest, slug: str) -> HttpResponse:
    """One course, whole: objectives, modules, what it asks, what it weighs."""
    version = version_or_404(request, slug)
    place = public_place(version, _suffix(request, version))
    context = course_context(version, place, sizes_of(version, request)) | {
        "others": other_versions(version),
        "technologies": versions_by_slug([one.slug for one in version.technologies.order_by("pk")]),
        "criteria": criteria_of(version),
        "paths": paths_of(version.course),
    }
    return render(request, "learn/courses/course.html", context)


def criteria_of(version: CourseVersion) -> list[Any]:
    """The criteria of the present self-diagnosis of a network that a version serves. At most three queries."""
    codes = [one.code for one in version.criteria.order_by("code")]
    instrument = current_version(INSTRUMENT) if codes else None
    return list(instrument.criteria.filter(code__in=codes).order_by("position")) if instrument is not None else []


def sizes_of(version: CourseVersion, request: HttpRequest) -> dict[str, int]:
    """Bytes that cross the line for each lesson's page, and for each module as a PDF; worked out once a version."""

    def weigh() -> dict[str, int]:
        place = public_place(version)
        found = {}
        for lesson in Lesson.objects.filter(module__version=version).select_related("module"):
            context = part_context(version, lesson, place)
            page = render_to_string("learn/courses/part.html", context, request)
            found[lesson.key] = len(gzip.compress(page.encode(), 6))
        for package in Package.objects.filter(module__version=version, file__isnull=False).select_related("file"):
            found[package.key] = package.file.size if package.file else 0
        for module in modules_of(version):
            found[f"module:{module.slug}"] = len(module_file(version, module, whole_address(request, version)))
        return found

    return kept_sizes(version, "parts", weigh)


def whole_address(request: HttpRequest, version: CourseVersion) -> Any:
    """Turns a link of a lesson into an address that leads here from a file, on whatever machine it is read."""
    place = public_place(version)

    def whole(address: str) -> str:
        page = page_of(address, place.paper)
        return request.build_absolute_uri(page) if page.startswith("/") else page

    return whole


@route(SHOW_COURSES)
@require_safe
@kept_page(VERSION, also=_state)
def part(request: HttpRequest, slug: str, segment: str, part: str) -> HttpResponse:
    """A lesson, a quiz (what awaits the learner) or a practice assignment."""
    version = version_or_404(request, slug)
    found = part_of(version, KIND_OF_SEGMENT[segment], part)
    if found is None:
        raise Http404
    context = part_context(version, found, public_place(version, _suffix(request, version)))
    return render(request, "learn/courses/part.html", context)


@route(SHOW_COURSES)
@require_safe
@kept_page(VERSION, also=_state)
def glossary(request: HttpRequest, slug: str) -> HttpResponse:
    """The words of the field as the course uses them, in alphabetical order."""
    version = version_or_404(request, slug)
    terms = sorted(version.glossary.all(), key=lambda one: one.term.casefold())
    context = {"version": version, "course": version.course, "terms": terms}
    return render(
        request, "learn/courses/glossary.html", context | {"place": public_place(version, _suffix(request, version))}
    )


@route(SHOW_COURSES)
@require_safe
@kept_page(VERSION, also=_state)
def library(request: HttpRequest, slug: str) -> HttpResponse:
    """The papers of a course, and what to read elsewhere."""
    version = version_or_404(request, slug)
    sizes = paper_sizes(version)
    papers = [
        (item, [(extension, name, sizes.get(f"{item.slug}.{extension}", 0)) for extension, name in FORMATS.items()])
        for item in version.library.all()
    ]
    context = {
        "version": version,
        "course": version.course,
        "papers": papers,
        "further": list(version.further.all()),
        "place": public_place(version, _suffix(request, version)),
    }
    return render(request, "learn/courses/library.html", context)


@route(SHOW_COURSES)
@require_safe
@kept_page(VERSION, also=_state)
def paper(request: HttpRequest, slug: str, item: str) -> HttpResponse:
    """A paper as it reads on the site, and its files."""
    version = version_or_404(request, slug)
    found = library_item(version, item)
    if found is None:
        raise Http404
    sizes = paper_sizes(version)
    context = {
        "version": version,
        "course": version.course,
        "item": found,
        "html": as_html(read_document(found.body)),
        "files": [(end, name, sizes.get(f"{found.slug}.{end}", 0)) for end, name in FORMATS.items()],
        "place": public_place(version, _suffix(request, version)),
    }
    return render(request, "learn/courses/paper.html", context)


# --- files --------------------------------------------------------------------------------------------------------


@route(DOWNLOAD_COURSES)
@require_safe
@kept_page(VERSION, also=courses_state)
def download_paper(request: HttpRequest, slug: str, item: str, extension: str) -> HttpResponse:
    """A paper as a file, in the language of the address."""
    version = version_or_404(request, slug)
    found = library_item(version, item)
    if found is None or extension not in FORMATS:
        raise Http404
    return as_file(file_name(found.title, found.slug, extension), paper_file(version, found, extension))


@route(DOWNLOAD_COURSES)
@require_safe
@kept_page(VERSION, also=courses_state)
def download_library(request: HttpRequest, slug: str) -> HttpResponse:
    """Every paper of a course in one archive."""
    version = version_or_404(request, slug)
    return as_file(file_name(version.title, version.course.slug, "zip"), library_archive(version))


@route(DOWNLOAD_COURSES)
@require_safe
@kept_page(VERSION, also=courses_state)
def download_module(request: HttpRequest, slug: str, module: str) -> HttpResponse:
    """A whole module as a PDF, to read without connection."""
    version = version_or_404(request, slug)
    found = module_by_slug(version, module)
    if found is None:
        raise Http404
    content = module_file(version, found, whole_address(request, version))
    return as_file(file_name(found.title, found.slug, "pdf"), content)


def as_file(name: str, content: bytes) -> HttpResponse:
    """A file that the browser saves under its name. Names are made by ``slugify``: letters, digits and hyphens."""
    response = HttpResponse(content, content_type=TYPES[name.rsplit(".", 1)[1]])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# --- paths --------------------------------------------------------------------------------------------------------


@route(SHOW_COURSES)
@require_safe
@kept_page(also=_state)
def path(request: HttpRequest, slug: str) -> HttpResponse:
    """A path: its courses in order, what else belongs to it, and what completes it."""
    found = path_by_slug(slug)
    if found is None:
        raise Http404
    stops = stops_of(found)
    context = {
        "path": found,
        "stops": stops,
        "hours": sum(stop.version.hours for stop in stops if stop.version is not None),
        "materials": list(found.materials.all()),
    }
    return render(request, "learn/courses/path.html", context)
