"""What cohorts say on the public page of a course: which of them take people, and for whom they are."""

from typing import Any

from django.db.models import Count, Max
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from ..courses.study import Study
from .admission import requirements, term
from .models import Cohort, Enrolment
from .selectors import open_cohorts


def cohorts_of_a_course(request: HttpRequest | None, course: Any) -> SafeString:
    """A panel on the page of a course: the way in, or that there is none now."""
    lines = [(one, term(one), requirements(one), _free(one)) for one in open_cohorts(course)]
    return render_to_string("learn/cohorts/_open_cohorts.html", {"lines": lines})


def cohort_of_study(request: HttpRequest | None, study: Study) -> SafeString:
    """A panel on the page of a course as its learner sees it: the way to the cohort. No query."""
    return render_to_string("learn/cohorts/_study.html", {"enrolment": study.enrolment})


def _free(cohort: Any) -> int | None:
    """Free places of a cohort ``with_numbers``; None where there is no limit."""
    return max(cohort.places - cohort.n_enrolled, 0) if cohort.places is not None else None


def cohorts_state() -> str:
    """Changes whenever the panel may say something else. Two queries."""
    found = Cohort.objects.aggregate(n=Count("pk"), at=Max("changed_at"))
    taken = Enrolment.objects.filter(state=Enrolment.State.ENROLLED).aggregate(n=Count("pk"), at=Max("enrolled_at"))
    stamps = (row["at"].timestamp() if row["at"] else 0 for row in (found, taken))
    return " ".join(str(one) for one in (found["n"], taken["n"], *stamps))
