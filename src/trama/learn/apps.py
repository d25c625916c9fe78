"""Wires learn: its menu entries, its content, what its database guards."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearnConfig(AppConfig):
    name = "trama.learn"
    label = "learn"
    verbose_name = _("Courses")

    def ready(self) -> None:
        from trama.foundation import navigation
        from trama.foundation.content import register_content
        from trama.foundation.guards import register_guards
        from trama.foundation.jobs import register_daily
        from trama.foundation.panels import register_panel
        from trama.foundation.waiting import register_waiting

        from .assignments import freezing as assignments
        from .assignments import peer_freezing as peers
        from .assignments import wiring as assignments_wiring
        from .certificates import freezing as certificates
        from .certificates import wiring as certificates_wiring
        from .cmi5 import freezing as cmi5
        from .cmi5 import wiring as cmi5_wiring
        from .cohorts import freezing as cohorts
        from .cohorts.desk import register_column
        from .cohorts.invitations import forget_old
        from .cohorts.panels import cohorts_of_a_course, cohorts_state
        from .cohorts.selectors import current_enrolment
        from .courses import freezing as courses
        from .courses.content import load_courses
        from .courses.panels import courses_of_a_criterion, courses_of_a_technology
        from .courses.path_content import load_paths
        from .courses.selectors import course_versions_state
        from .courses.study import register_enrolment
        from .following import freezing as following
        from .following import wiring as following_wiring
        from .forum import freezing as forum
        from .forum import wiring as forum_wiring
        from .lti import freezing as lti
        from .lti import wiring as lti_wiring
        from .media import freezing as media
        from .meetings import panels as meeting_panels
        from .meetings.selectors import presence_column
        from .meetings.waiting import PROVIDER as MEETINGS
        from .packages import freezing as packages
        from .packages import wiring as packages_wiring
        from .policies import AUTHOR_PAGES
        from .progress import freezing as progress
        from .progress import wiring as progress_wiring
        from .statements import freezing as statements
        from .statements import wiring as statements_wiring

        register_content("courses", load_courses)
        register_content("paths", load_paths)
        register_panel("technology", courses_of_a_technology, course_versions_state)
        register_panel("criterion", courses_of_a_criterion, course_versions_state)
        register_panel("course", cohorts_of_a_course, cohorts_state)
        register_enrolment(current_enrolment)
        register_column("presence", _("Meetings attended"), presence_column)
        following_wiring.register_desk()
        register_panel("learn.enrolment", meeting_panels.meetings_of_enrolment, meeting_panels.no_state)
        register_panel("learn.desk", meeting_panels.meetings_of_cohort, meeting_panels.no_state)
        register_waiting(MEETINGS)
        register_daily("learn.forget_invitations", title=_("Old invitations to cohorts"), work=forget_old)
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
        progress_wiring.register()
        assignments_wiring.register()
        certificates_wiring.register()
        packages_wiring.register()
        statements_wiring.register()
        cmi5_wiring.register()
        forum_wiring.register()
        following_wiring.register()
        lti_wiring.register()
        learning = (courses, cohorts, progress, assignments, peers, certificates, following, forum)
        for room in (*learning, media, packages, statements, cmi5, lti):
            register_guards(room.GUARDS)
