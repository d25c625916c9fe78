"""Pages of a course as its learner reads them: the version of the cohort, with what other rooms keep of the learner."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from trama.diagnose.api import person_mark
from trama.foundation.http import found_or_404
from trama.foundation.policies import route

from ..policies import STUDY_PAGES
from .keeping import filled, kept
from .models import Course, CourseVersion
from .presentation import KIND_OF_SEGMENT, Place, course_context, part_context, part_of, public_place
from .selectors import course_of, parts_in_order
from .study import Enrolled, Study, enrolment_of, panels_at, reflection_panels
from .views import VERSION


def study_base(course: Course) -> str:
    """Where the learner's addresses of a course begin."""
    return reverse("learn:study", args=[course.slug])


def _place(enrolled: Enrolled, base: str) -> Place:
    """Papers and glossary are public, so they are read there, in the version of the cohort."""
    return Place(base, shelf=public_place(enrolled.version, f"?{VERSION}={enrolled.version.version}"))


def _study(request: HttpRequest, course: Course, enrolled: Enrolled) -> Study:
    return Study(request.user, enrolled.version, enrolled.enrolment, study_base(course))


def personal(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Mark whose page it is: the worker keeps it on the device under that mark, and takes it away with it."""
    response["X-Trama-Person"] = person_mark(request.user)
    return response


def _to_the_course(course: Course) -> HttpResponse:
    """Who is in no cohort of a course reads its public page, which says how to enter one."""
    return redirect(reverse("learn:course", args=[course.slug]) + "#cohorts")


@route(STUDY_PAGES)
@never_cache
@require_safe
def study(request: HttpRequest, slug: str) -> HttpResponse:
    """A course as its learner sees it."""
    course = found_or_404(course_of(slug))
    enrolled = enrolment_of(request.user, course)
    if enrolled is None:
        return _to_the_course(course)
    mine = _study(request, course, enrolled)
    version, parts = enrolled.version, {str(part.pk): part for part in parts_in_order(enrolled.version)}
    outline, aside = _drawn(version, _place(enrolled, mine.base))
    context = {
        "version": version,
        "course": course,
        "study": mine,
        "outline": filled(outline, lambda pk: panels_at("learn.parts", request, mine.of(parts[pk]))),
        "aside": aside,
    }
    return personal(request, render(request, "learn/study/course.html", context))


def _drawn(version: CourseVersion, place: Place) -> tuple[SafeString, SafeString]:
    """The modules, with a gap for each part, and what stands beside them."""

    def draw(template: str) -> SafeString:
        return kept(
            version,
            f"{template} {place.base}",
            lambda: SafeString(render_to_string(template, course_context(version, place) | {"gaps": True})),
        )

    return draw("learn/courses/_modules.html"), draw("learn/courses/_aside.html")


@route(STUDY_PAGES)
@never_cache
@require_safe
def study_part(request: HttpRequest, slug: str, segment: str, part: str) -> HttpResponse:
    """A part as its learner works on it. ``foundation.panels`` at ``learn.lesson`` and so on bring what is theirs."""
    course = found_or_404(course_of(slug))
    enrolled = enrolment_of(request.user, course)
    if enrolled is None:
        return _to_the_course(course)
    found = part_of(enrolled.version, KIND_OF_SEGMENT[segment], part)
    if found is None:
        raise Http404
    mine = _study(request, course, enrolled).of(found)
    context = part_context(
        enrolled.version, found, _place(enrolled, mine.base), lambda name: reflection_panels(request, mine, name)
    )
    page = render(request, "learn/study/part.html", context | {"study": mine, "slot": f"learn.{found.kind}"})
    return personal(request, page)
