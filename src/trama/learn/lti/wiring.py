"""Brings what tools tell to completion, shows tools on the pages of courses, and sends grades to platforms."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trama.foundation import navigation
from trama.foundation.jobs import register_daily, register_minute
from trama.foundation.panels import register_panel

from ..policies import LTI_PAGES
from ..progress.panels import nothing_changes
from ..progress.sources import register_completed, register_tools
from . import grade_back, panels, selectors, trust


def forget(at: datetime) -> str:
    """The daily work: what is too old to be said again, and visits from platforms of a year ago."""
    used, visits = trust.forget_used(at), grade_back.forget_visits(at)
    return _("Old messages deleted: %(used)d; old visits: %(visits)d.") % {"used": used, "visits": visits}


def register() -> None:
    """Called once, by ``AppConfig.ready``."""
    register_tools(selectors.tool_facts)
    register_completed(grade_back.completed)
    register_panel("learn.tool", panels.below_a_tool, nothing_changes)
    register_panel("learn.desk", panels.on_the_desk, nothing_changes)
    register_daily("learn.lti.forget", title=gettext_lazy("Old messages of external tools"), work=forget)
    register_minute(
        "learn.lti.send_grades",
        title=gettext_lazy("Grades for other platforms"),
        is_due=grade_back.is_due,
        work=grade_back.send_due,
    )
    navigation.register_entry(
        navigation.ACCOUNT,
        order=72,
        group=gettext_lazy("Programme and partners"),
        label=gettext_lazy("External tools"),
        view_name="learn:lti_tools",
        policy=LTI_PAGES,
    )
