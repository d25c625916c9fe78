"""What is kept about an import besides its release."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..indicators.models import Indicator, Release


class RejectedRow(models.Model):
    """A row that was not accepted: where it stands, what was found and what was expected."""

    id = models.BigAutoField(primary_key=True)
    release = models.ForeignKey(Release, models.CASCADE, related_name="rejected")
    member = models.CharField(_("file or sheet"), max_length=200, blank=True)
    row = models.PositiveIntegerField(_("row"))  # as a spreadsheet counts: the first line is 1
    column = models.CharField(_("column"), max_length=120, blank=True)
    found = models.CharField(_("found"), max_length=200, blank=True)
    expected = models.CharField(_("expected"), max_length=300)

    class Meta:
        verbose_name = _("rejected row")
        verbose_name_plural = _("rejected rows")

    def __str__(self) -> str:
        return f"{self.row} {self.column}"


class ReleaseIndicator(models.Model):
    """How much a release says of an indicator, and of which years: counted once, when it is published."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="holdings")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    observations = models.PositiveIntegerField(_("observations"))
    first_year = models.PositiveSmallIntegerField(_("first year"))
    last_year = models.PositiveSmallIntegerField(_("last year"))

    class Meta:
        verbose_name = _("what a release holds")
        verbose_name_plural = _("what releases hold")
        constraints = [models.UniqueConstraint(fields=["release", "indicator"], name="one_holding_per_indicator")]

    def __str__(self) -> str:
        return f"{self.release_id} {self.indicator_id}"
