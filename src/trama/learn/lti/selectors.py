"""Questions about external tools: which there are, which part of which cohort is done in one, what they told."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count, QuerySet

from trama.foundation.policies import may_enter

from ..cohorts.models import Cohort, Enrolment
from ..courses.models import CourseVersion, ToolPart
from ..policies import LTI_PAGES
from ..progress.facts import ToolFact
from .models import LineItem, Platform, PlatformLaunch, Tool, ToolOpening, ToolScore


def tools_visible_to(user: Any) -> QuerySet[Tool]:
    """Registered tools, for the programme's team."""
    return Tool.objects.all() if may_enter(user, LTI_PAGES) else Tool.objects.none()


def platforms_visible_to(user: Any) -> QuerySet[Platform]:
    """Registered platforms with ``link_count``, for the programme's team."""
    rows = Platform.objects.annotate(link_count=Count("links"))
    return rows if may_enter(user, LTI_PAGES) else rows.none()


def contexts_of(platform: Platform) -> list[PlatformLaunch]:
    """The classes of a platform that people came from and whose members can be asked; one launch of each."""
    found = {one.context_id: one for one in platform.launches.exclude(members_url="").order_by("at", "pk")}
    return list(found.values())


def tool_of(part: ToolPart) -> Tool | None:
    """The tool that a part is done in, while it is in use."""
    return Tool.objects.filter(slug=part.tool, active=True).first()


def tools_in_use(version: CourseVersion) -> list[tuple[ToolPart, Tool]]:
    """The parts of a version that are done in a tool that is in use, in order, each with it. At most two queries."""
    parts = list(ToolPart.objects.filter(module__version=version).order_by("module__position", "position"))
    slugs = {one.tool for one in parts}
    tools = {one.slug: one for one in Tool.objects.filter(slug__in=slugs, active=True)} if slugs else {}
    return [(one, tools[one.tool]) for one in parts if one.tool in tools]


def tool_of_client(client_id: str) -> Tool | None:
    fine = client_id.isalnum()  # as every one that was given; a database may refuse what else is sent
    return Tool.objects.filter(client_id=client_id, active=True).first() if fine else None


def cohort_of_tool(tool: Tool, uid: Any) -> Cohort | None:
    """A cohort whose course uses the tool; of another the tool learns nothing, not even that it exists."""
    rows = Cohort.objects.filter(uid=uid).exclude(state=Cohort.State.DRAFT).select_related("version__course")
    found = rows.first()
    if found is None or not ToolPart.objects.filter(module__version=found.version_id, tool=tool.slug).exists():
        return None
    return found


def learners_for(cohort: Cohort) -> list[Enrolment]:
    """Who learns in a cohort now, with the person. One query."""
    rows = Enrolment.objects.filter(cohort=cohort, state=Enrolment.State.ENROLLED).select_related("person")
    return list(rows.order_by("pk"))


def line_items_of(tool: Tool, cohort: Cohort) -> QuerySet[LineItem]:
    return LineItem.objects.filter(tool=tool, cohort=cohort).select_related("part")


def latest_scores(items: Sequence[Any], enrolments: Sequence[Any] = ()) -> dict[tuple[int, int], ToolScore]:
    """What was told last, by the keys of the line item and of the enrolment. One query."""
    rows = ToolScore.objects.filter(line_item__in=items)
    if enrolments:
        rows = rows.filter(enrolment__in=enrolments)
    found: dict[tuple[int, int], ToolScore] = {}
    for row in rows.order_by("told_at", "pk"):
        found[row.line_item_id, row.enrolment_id] = row
    return found


def tool_facts(enrolments: Sequence[Enrolment], parts: Sequence[int]) -> dict[int, tuple[ToolFact, ...]]:
    """For ``progress``: what is known of each learner of one cohort in each part. Four queries."""
    keys, rows = [one.pk for one in enrolments], list(ToolPart.objects.filter(pk__in=parts))
    opened = set(ToolOpening.objects.filter(enrolment__in=keys).values_list("enrolment_id", "part_id"))
    items = LineItem.objects.filter(cohort=enrolments[0].cohort_id, part__in=parts).values_list("part_id", "pk")
    item_of = dict(items)
    told = latest_scores(list(item_of.values()), keys)

    def fact(key: int, part: ToolPart) -> ToolFact:
        score = told.get((item_of.get(part.pk, 0), key))
        return ToolFact(
            part.pk, part.asks, part.pass_percent, (key, part.pk) in opened, score is not None,
            score is not None and score.activity == "Completed" and score.grading != "Failed",
            percent_of(score) if score is not None else None,
        )  # fmt: skip

    return {key: tuple(fact(key, part) for part in rows) for key in keys}


def percent_of(score: ToolScore) -> Fraction | None:
    """The points of a score in per cent; None while they do not stand yet."""
    if score.given is None or score.maximum is None or score.grading != "FullyGraded":
        return None
    return Fraction(Decimal(score.given)) * 100 / Fraction(Decimal(score.maximum))
