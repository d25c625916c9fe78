"""What is kept about an import besides its release."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..indicators.models import Release


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
