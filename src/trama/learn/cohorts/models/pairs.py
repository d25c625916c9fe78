"""The pair: principal and coordinator of one school, or the technical team of one secretariat, in a cohort."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .cohort import Cohort
from .enrolments import Enrolment


class Pair(models.Model):
    """Who learns together for one school, or for one secretariat, in a cohort. It outlives its members."""

    class Kind(models.TextChoices):
        SCHOOL = "school", _("pair of a school")
        TEAM = "team", _("technical team of a secretariat")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="pairs")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    school = models.ForeignKey("know.School", models.PROTECT, null=True, blank=True, related_name="+")
    network = models.ForeignKey("know.TeachingNetwork", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("pair")
        verbose_name_plural = _("pairs")
        constraints = [
            models.CheckConstraint(
                name="a_pair_is_of_a_school_or_of_a_secretariat",
                condition=Q(kind="school", school__isnull=False) | Q(kind="team", school__isnull=True),
            ),
            models.CheckConstraint(
                name="a_team_is_of_a_network", condition=Q(kind="school") | Q(network__isnull=False)
            ),
            models.UniqueConstraint(fields=["cohort", "school"], name="one_pair_per_school_in_a_cohort"),
            models.UniqueConstraint(
                fields=["cohort", "network"], condition=Q(kind="team"), name="one_team_per_network_in_a_cohort"
            ),
        ]

    def __str__(self) -> str:
        return str(self.school or self.network)


class PairSeat(models.Model):
    """Who took a seat of a pair, and since when. Rows are only added.

    A seat is held until the next row of the same seat begins, so two people can never hold one at the same instant
    (docs/decisions/0170). ``enrolment`` null: the seat fell vacant. A school's pair has one seat of principal and one
    of coordinator; a team has as many seats as members.
    """

    class Post(models.TextChoices):
        PRINCIPAL = "principal", _("principal")
        COORDINATOR = "coordinator", _("pedagogical coordinator")
        MEMBER = "member", _("technical team")

    pair = models.ForeignKey(Pair, models.PROTECT, related_name="seats")
    post = models.CharField(_("post"), max_length=12, choices=Post)
    number = models.PositiveSmallIntegerField(default=1)
    since = models.DateTimeField(_("since"))
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, null=True, blank=True, related_name="seats")
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["post", "number", "since", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["pair", "post", "number", "since"], name="one_holder_per_seat_and_instant"),
            models.CheckConstraint(name="a_school_has_one_seat_per_post", condition=Q(post="member") | Q(number=1)),
        ]

    def __str__(self) -> str:
        return f"{self.get_post_display()} {self.number}"
