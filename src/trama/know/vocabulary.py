"""The field's closed lists: which level of place, whose network, which stage, why a value is missing.

Codes are stored in the database and travel in exports, so they never change; labels are screen text.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlaceKind(models.TextChoices):
    """Level of a place. The official codes of the levels do not overlap, so one integer names any place:

    Brazil 0, regions 1-5, states 11-53, municipalities 1100015-5399999 (IBGE, 7 digits),
    schools 11000000-53999999 (Inep, 8 digits).
    """

    COUNTRY = "country", _("country")
    REGION = "region", _("region")
    STATE = "state", _("state")
    MUNICIPALITY = "municipality", _("municipality")
    SCHOOL = "school", _("school")


class Dependency(models.TextChoices):
    """Administrative dependency (*dependência administrativa*): who runs the schools.

    ``TOTAL`` and ``PUBLIC`` are universes that Inep publishes, not networks.
    """

    TOTAL = "total", _("all networks")
    PUBLIC = "publica", _("public networks")
    FEDERAL = "federal", _("federal network")
    STATE = "estadual", _("state network")
    MUNICIPAL = "municipal", _("municipal network")
    PRIVATE = "privada", _("private network")


class Stage(models.TextChoices):
    """Education stage (*etapa*)."""

    NONE = "", _("no stage")
    BASIC = "BAS", _("basic education")
    EARLY_CHILDHOOD = "INF", _("early childhood education")
    CRECHE = "CRE", _("crèche")
    PRESCHOOL = "PRE", _("preschool")
    ELEMENTARY = "EF", _("elementary school")
    EARLY_YEARS = "AI", _("elementary school, early years (grades 1-5)")
    FINAL_YEARS = "AF", _("elementary school, final years (grades 6-9)")
    UPPER_SECONDARY = "EM", _("upper secondary")
    INTEGRATED = "EMI", _("upper secondary integrated with technical education")
    YOUTH_ADULT = "EJA", _("youth and adult education")
    SPECIAL = "ESP", _("special education (inside the other stages)")


class Location(models.TextChoices):
    """Location of the school (*localização*)."""

    ALL = "", _("urban and rural")
    URBAN = "U", _("urban")
    RURAL = "R", _("rural")


class ValueStatus(models.TextChoices):
    """Why a value is there, or is not. A missing value is never zero."""

    VALUE = "v", _("published value")
    NOT_AVAILABLE = "n", _("not available: the source prints “-”")
    NOT_DISCLOSED = (
        "d",
        _("not disclosed: fewer pupils took part than the rule asks, or the source prints “ND”"),
    )
    SUPPRESSED = "s", _("suppressed by the source to protect a small group")
    BLANK = "b", _("left blank in the source")
