"""Wires plan: its panels, its menu entries, its content, what waits in it, its daily work."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlanConfig(AppConfig):
    name = "trama.plan"
    label = "plan"
    verbose_name = _("Technologies and plans")

    def ready(self) -> None:
        from trama.foundation import navigation
        from trama.foundation.content import register_content
        from trama.foundation.guards import register_guards
        from trama.foundation.jobs import register_daily
        from trama.foundation.panels import register_panel
        from trama.foundation.startup import register_first_start
        from trama.foundation.waiting import register_waiting

        from .adoptions import append_only as adoptions
        from .adoptions.panels import adoptions_of_priorities, link_of_technology
        from .adoptions.panels import panel_state as adoptions_state
        from .adoptions.waiting import PROVIDER
        from .demonstration import show_demonstration_plan
        from .followup.digest import daily_digests
        from .policies import AUTHOR_PAGES, SHOW_ADOPTIONS, SHOW_FUNNEL, SHOW_HELP, SHOW_PLANS
        from .strategy import append_only as strategy
        from .strategy.content import load_education_plans, load_plan_templates
        from .technologies import freezing as technologies
        from .technologies.content import load_technologies
        from .technologies.panels import panel_state, technologies_of_criterion

        register_content("technologies", load_technologies)
        register_panel("criterion", technologies_of_criterion, panel_state)
        navigation.register_entry(navigation.MAIN, order=35, label=_("Technologies"), view_name="plan:technologies")
        register_panel("priorities", adoptions_of_priorities, adoptions_state)
        register_panel("technology", link_of_technology, adoptions_state)
        own, programme = _("Technologies and plans"), _("Programme and partners")
        for order, group, label, view_name, policy in (
            (10, "", _("Our week"), "plan:week", SHOW_PLANS),
            (32, own, _("Plans"), "plan:plans", SHOW_PLANS),
            (34, own, _("Adoptions"), "plan:adoptions", SHOW_ADOPTIONS),
            (64, programme, _("Write technologies"), "plan:team_technologies", AUTHOR_PAGES),
            (66, programme, _("Requests for help"), "plan:help_asked", SHOW_HELP),
            (68, programme, _("Funnel of the technologies"), "plan:adoption_funnels", SHOW_FUNNEL),
        ):
            navigation.register_entry(
                navigation.ACCOUNT, order=order, group=group, label=label, view_name=view_name, policy=policy
            )
        register_first_start(show_demonstration_plan)
        register_content("plan_templates", load_plan_templates)
        register_content("education_plans", load_education_plans)
        register_waiting(PROVIDER)
        register_daily("plan.followup.digests", title=_("Digests of the day"), work=daily_digests)
        for room in (technologies, adoptions, strategy):
            register_guards(room.GUARDS)
