"""Wires learn: its menu entries, its content, what its database guards."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearnConfig(AppConfig):
    name = "trama.learn"
    label = "learn"
    verbose_name = _("Courses")

    def ready(self) -> None:
        _content()
        _panels()
        _menus()
        _rooms()
        _guards()


def _content() -> None:
    """What is loaded, what the first page of each person is told, what is done once a day."""
    from trama.foundation.content import register_content
    from trama.foundation.jobs import register_daily
    from trama.foundation.startup import register_first_start
    from trama.foundation.waiting import register_waiting

    from .cohorts.invitations import forget_old
    from .courses.content import load_courses
    from .courses.path_content import load_paths
    from .demonstration import show_demonstration_cohorts
    from .meetings.waiting import PROVIDER as MEETINGS

    register_content("courses", load_courses)
    register_content("paths", load_paths)
    register_first_start(show_demonstration_cohorts)
    register_waiting(MEETINGS)
    register_daily("learn.forget_invitations", title=_("Old invitations to cohorts"), work=forget_old)


def _panels() -> None:
    """Parts of pages: of earlier phases, of a course, of an enrolment and of the trainer's desk."""
    from trama.foundation.panels import register_panel

    from .cohorts.desk import register_column
    from .cohorts.notes import register_notes
    from .cohorts.panels import cohort_of_study, cohorts_of_a_course, cohorts_state
    from .cohorts.selectors import current_enrolment
    from .courses.panels import courses_of_a_criterion, courses_of_a_technology
    from .courses.selectors import course_versions_state
    from .courses.study import register_enrolment
    from .following import wiring as following
    from .meetings import panels as meeting_panels
    from .meetings.selectors import presence_column
    from .progress import wiring as progress

    register_panel("technology", courses_of_a_technology, course_versions_state)
    register_panel("criterion", courses_of_a_criterion, course_versions_state)
    register_panel("course", cohorts_of_a_course, cohorts_state)
    register_enrolment(current_enrolment)
    register_notes(following.progress_notes)
    register_notes(meeting_panels.next_notes)
    register_column("presence", _("Meetings attended"), presence_column)
    progress.register()
    register_panel("learn.study", cohort_of_study, meeting_panels.no_state)
    following.register_desk()
    register_panel("learn.enrolment", meeting_panels.meetings_of_enrolment, meeting_panels.no_state)
    register_panel("learn.desk", meeting_panels.meetings_of_cohort, meeting_panels.no_state)


def _menus() -> None:
    from trama.foundation import navigation

    from .policies import AUTHOR_PAGES

    navigation.register_entry(navigation.MAIN, order=38, label=_("Courses"), view_name="learn:courses")
    navigation.register_entry(
        navigation.ACCOUNT,
        order=70,
        group=_("Programme and partners"),
        label=_("Write courses"),
        view_name="learn:team_courses",
        policy=AUTHOR_PAGES,
    )
    navigation.register_entry(
        navigation.ACCOUNT, order=35, group=_("My learning"), label=_("My cohorts"), view_name="learn:my_cohorts"
    )


def _rooms() -> None:
    """Rooms that register themselves; the order is that of their parts on a page."""
    from .assignments import wiring as assignments
    from .certificates import wiring as certificates
    from .cmi5 import wiring as cmi5
    from .following import wiring as following
    from .forum import wiring as forum
    from .lti import wiring as lti
    from .packages import wiring as packages
    from .statements import wiring as statements

    for room in (assignments, certificates, packages, statements, cmi5, forum, following, lti):
        room.register()


def _guards() -> None:
    """What the database refuses."""
    from trama.foundation.guards import register_guards

    from .assignments import freezing as assignments
    from .assignments import peer_freezing as peers
    from .certificates import freezing as certificates
    from .cmi5 import freezing as cmi5
    from .cohorts import freezing as cohorts
    from .courses import freezing as courses
    from .following import freezing as following
    from .forum import freezing as forum
    from .lti import freezing as lti
    from .media import freezing as media
    from .packages import freezing as packages
    from .progress import freezing as progress
    from .statements import freezing as statements

    learning = (courses, cohorts, progress, assignments, peers, certificates, following, forum)
    for room in (*learning, media, packages, statements, cmi5, lti):
        register_guards(room.GUARDS)
