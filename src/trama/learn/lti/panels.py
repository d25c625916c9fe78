"""A tool on the page of its part, as its learner sees it; the tools of a course on the desk of its trainers."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from ..courses.study import Study
from .models import ToolOpening
from .selectors import tool_facts, tool_of, tools_in_use


def below_a_tool(request: HttpRequest | None, study: Study) -> SafeString:
    """The way into the tool, what it learns, and what it told so far."""
    part: Any = study.part
    fact = tool_facts([study.enrolment], [part.pk])[study.enrolment.pk][0]
    context = {
        "study": study,
        "tool": tool_of(part),
        "fact": fact,
        "percent": float(fact.got) if fact.got is not None else None,
        "opened": ToolOpening.objects.filter(enrolment=study.enrolment, part=part).first(),
    }
    return render_to_string("learn/lti/_panel.html", context, request)


def on_the_desk(request: HttpRequest | None, cohort: Any) -> SafeString:
    """The way into each tool of the course, for who trains the cohort. One query where there is none."""
    parts = tools_in_use(cohort.version)
    if not parts or cohort.state == "draft":
        return SafeString("")
    return render_to_string("learn/lti/_desk.html", {"cohort": cohort, "parts": parts}, request)
