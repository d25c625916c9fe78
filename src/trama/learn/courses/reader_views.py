"""A version as its learners will see it, for those who write and publish it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from trama.foundation.documents.errors import DocumentError
from trama.foundation.documents.html import as_html
from trama.foundation.documents.markdown import read_document
from trama.foundation.policies import route

from ..policies import AUTHOR_PAGES
from .downloads import FORMATS, file_name, paper_file
from .models import CourseVersion
from .presentation import KIND_OF_SEGMENT, Place, course_context, part_context, part_of
from .selectors import library_item, versions_visible_to
from .views import as_file


def version_or_404(request: HttpRequest, slug: str, label: str) -> CourseVersion:
    """A version that the person may work on; another organisation's does not exist for them."""
    return get_object_or_404(versions_visible_to(request.user), course__slug=slug, version=label)


def _place(version: CourseVersion) -> Place:
    """Where the addresses of this reading begin."""
    return Place(reverse("learn:read_course", args=[version.course.slug, version.version]))


@route(AUTHOR_PAGES)
@never_cache
@require_safe
def read_course(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """The page of the course."""
    version = version_or_404(request, slug, label)
    return render(request, "learn/authoring/read_course.html", course_context(version, _place(version)))


@route(AUTHOR_PAGES)
@never_cache
@require_safe
def read_part(request: HttpRequest, slug: str, label: str, segment: str, part: str) -> HttpResponse:
    """The page of a part, with the right answers of a quiz; or what keeps it from being read."""
    version = version_or_404(request, slug, label)
    found = part_of(version, KIND_OF_SEGMENT[segment], part)
    if found is None:
        raise Http404
    context: dict[str, Any]
    try:
        context = part_context(version, found, _place(version))
    except DocumentError as error:
        context = {"version": version, "course": version.course, "place": _place(version), "part": found}
        context["error"] = error
    if found.kind == "quiz":
        context["questions"] = list(found.questions.select_related("lesson").prefetch_related("options"))  # type: ignore[union-attr]
    return render(request, "learn/authoring/read_part.html", context)


@route(AUTHOR_PAGES)
@never_cache
@require_safe
def read_glossary(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """The glossary."""
    version = version_or_404(request, slug, label)
    terms = sorted(version.glossary.all(), key=lambda one: one.term.casefold())
    context = {"version": version, "course": version.course, "place": _place(version), "terms": terms}
    return render(request, "learn/authoring/read_glossary.html", context)


@route(AUTHOR_PAGES)
@never_cache
@require_safe
def read_library(request: HttpRequest, slug: str, label: str) -> HttpResponse:
    """The papers, and what to read elsewhere."""
    version = version_or_404(request, slug, label)
    context = {
        "version": version,
        "course": version.course,
        "place": _place(version),
        "papers": list(version.library.all()),
        "further": list(version.further.all()),
    }
    return render(request, "learn/authoring/read_library.html", context)


@route(AUTHOR_PAGES)
@never_cache
@require_safe
def read_paper(request: HttpRequest, slug: str, label: str, item: str) -> HttpResponse:
    """A paper of the library, or what keeps it from being read."""
    version = version_or_404(request, slug, label)
    found = library_item(version, item)
    if found is None:
        raise Http404
    context: dict[str, Any] = {"version": version, "course": version.course, "place": _place(version), "item": found}
    try:
        context["html"] = as_html(read_document(found.body))
        context["files"] = [(extension, name, 0) for extension, name in FORMATS.items()]
    except DocumentError as error:
        context["error"] = error
    return render(request, "learn/authoring/read_paper.html", context)


@route(AUTHOR_PAGES)
@never_cache
@require_safe
def read_paper_file(request: HttpRequest, slug: str, label: str, item: str, extension: str) -> HttpResponse:
    """A file of a paper that is still being written."""
    version = version_or_404(request, slug, label)
    found = library_item(version, item)
    if found is None or extension not in FORMATS:
        raise Http404
    try:
        content = paper_file(version, found, extension)
    except DocumentError as error:
        raise Http404(str(error)) from error
    return as_file(file_name(found.title, found.slug, extension), content)
