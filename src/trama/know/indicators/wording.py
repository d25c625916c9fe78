"""The words for families and units of indicators, in the language of the page."""

from django.utils.translation import gettext as _


def family_names() -> dict[str, str]:
    """Families in the order in which they are shown."""
    return {
        "ideb": _("Ideb"),
        "saeb": _("Proficiency (Saeb)"),
        "literacy": _("Literacy"),
        "flow": _("Approval and school flow"),
        "enrolment": _("Enrolments"),
        "staff": _("Teachers"),
        "schools": _("Schools"),
        "infrastructure": _("School infrastructure"),
        "finance": _("Money for education"),
        "context": _("Context"),
    }


def unit_names() -> dict[str, str]:
    """Units as they are read."""
    return {
        "persons": _("persons"),
        "index_0_10": _("index from 0 to 10"),
        "saeb_points": _("points of the Saeb scale"),
        "percent": _("percent"),
        "ratio": _("share from 0 to 1"),
        "reais": _("reais"),
        "reais_per_person": _("reais per person"),
        "teachers": _("teachers"),
        "schools": _("schools"),
        "classes": _("classes"),
    }
