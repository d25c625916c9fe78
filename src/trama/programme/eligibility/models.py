"""What is kept about rules, and what may never be false.

A published version and everything under it is frozen by guards of the database (``freezing``), so the tables also carry
``version`` where the tree alone would do: the guard of a row must find its version in one step.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from trama.foundation.localised import in_language

from ..calls.models import CallCategory


class EligibilityRule(models.Model):
    """The rule of one category. What it says stands in its versions."""

    category = models.OneToOneField(CallCategory, models.CASCADE, related_name="rule")

    class Meta:
        verbose_name = _("eligibility rule")
        verbose_name_plural = _("eligibility rules")

    def __str__(self) -> str:
        return str(self.category)


class RuleVersion(models.Model):
    """One wording of a rule. A draft may change; a published version never does."""

    rule = models.ForeignKey(EligibilityRule, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    note_pt = models.TextField(_("what changed and why, in Portuguese"), blank=True)
    note_en = models.TextField(_("what changed and why, in English"), blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)  # grows with each change of the draft
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("version of a rule")
        verbose_name_plural = _("versions of a rule")
        ordering = ["rule", "number"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="one_version_per_number"),
            models.UniqueConstraint(
                fields=["rule"], condition=Q(published_at__isnull=True), name="one_draft_version_per_rule"
            ),
            models.CheckConstraint(name="version_numbers_start_at_one", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.rule} v{self.number}"

    @property
    def note(self) -> str:
        return in_language(self.note_pt, self.note_en)

    @property
    def is_published(self) -> bool:
        return self.published_at is not None


class ConditionGroup(models.Model):
    """Conditions and other groups, combined by all or any. The one without parent is the root of its version."""

    class Combine(models.TextChoices):
        ALL = "all", _("all of these")
        ANY = "any", _("at least one of these")

    version = models.ForeignKey(RuleVersion, models.CASCADE, related_name="groups")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    position = models.PositiveSmallIntegerField(default=1)
    combine = models.CharField(_("combination"), max_length=3, choices=Combine, default=Combine.ALL)
    label_pt = models.CharField(_("label in Portuguese"), max_length=160, blank=True)
    label_en = models.CharField(_("label in English"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("group of conditions")
        verbose_name_plural = _("groups of conditions")
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=Q(parent__isnull=True), name="one_root_group_per_version"
            ),
            models.UniqueConstraint(fields=["version", "parent", "position"], name="one_group_per_position"),
            models.CheckConstraint(name="group_combines_by_all_or_any", condition=Q(combine__in=["all", "any"])),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.combine}"


class Condition(models.Model):
    """One comparison: a figure of the network against a number, or against a figure of its state or of the country."""

    class YearPolicy(models.TextChoices):
        FIXED = "fixed", _("of the year")
        LATEST = "latest", _("the latest national edition, up to the year")

    class Operator(models.TextChoices):
        LESS = "lt", _("below")
        AT_MOST = "le", _("at most")
        GREATER = "gt", _("above")
        AT_LEAST = "ge", _("at least")

    class Reference(models.TextChoices):
        NUMBER = "", _("a number")
        STATE = "state", _("the network's state")
        COUNTRY = "country", _("Brazil")

    class ReferenceKind(models.TextChoices):
        NONE = "", "-"
        PUBLISHED = "published", _("the published figure")
        MEAN = "mean", _("the simple mean of the municipal networks")

    version = models.ForeignKey(RuleVersion, models.CASCADE, related_name="conditions")
    group = models.ForeignKey(ConditionGroup, models.CASCADE, related_name="conditions")
    position = models.PositiveSmallIntegerField(default=1)
    indicator = models.ForeignKey("know.Indicator", models.PROTECT, related_name="+", verbose_name=_("indicator"))
    dependency = models.CharField(_("schools or people of"), max_length=10, default="municipal")
    stage = models.CharField(_("stage"), max_length=4, blank=True)
    location = models.CharField(_("location"), max_length=1, blank=True)
    year_policy = models.CharField(_("which edition"), max_length=6, choices=YearPolicy, default=YearPolicy.FIXED)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)  # null only for "latest": no limit
    release_vintage = models.CharField(
        _("as published until"), max_length=40, blank=True
    )  # later releases do not count
    operator = models.CharField(_("operator"), max_length=2, choices=Operator)
    threshold = models.FloatField(_("threshold"), null=True, blank=True)
    reference = models.CharField(_("compared with"), max_length=7, choices=Reference, blank=True)
    reference_kind = models.CharField(_("which figure"), max_length=9, choices=ReferenceKind, blank=True)
    reference_dependency = models.CharField(_("figure of"), max_length=10, blank=True)
    use_bounds = models.BooleanField(_("accept what follows from a part or from the whole"), default=False)
    label_pt = models.CharField(_("label in Portuguese"), max_length=200, blank=True)
    label_en = models.CharField(_("label in English"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        constraints = [
            models.UniqueConstraint(fields=["group", "position"], name="one_condition_per_position"),
            models.CheckConstraint(
                name="condition_compares_with_a_number_or_a_reference",
                condition=(
                    Q(threshold__isnull=False, reference="", reference_kind="", reference_dependency="")
                    | (
                        Q(threshold__isnull=True, reference__in=["state", "country"])
                        & (
                            Q(reference_kind="published", reference_dependency__gt="")
                            | Q(reference_kind="mean", reference_dependency="")
                        )
                    )
                ),
            ),
            models.CheckConstraint(
                name="condition_of_a_fixed_year_states_it",
                condition=Q(year_policy="latest") | Q(year_policy="fixed", year__isnull=False),
            ),
            models.CheckConstraint(
                name="condition_operator_is_known", condition=Q(operator__in=["lt", "le", "gt", "ge"])
            ),
            models.CheckConstraint(
                name="condition_dependency_is_known",
                condition=Q(dependency__in=["total", "publica", "federal", "estadual", "municipal", "privada"]),
            ),
            models.CheckConstraint(name="condition_location_is_known", condition=Q(location__in=["", "U", "R"])),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.operator}"

    @property
    def label(self) -> str:
        return in_language(self.label_pt, self.label_en)
