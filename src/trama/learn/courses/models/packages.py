"""Content packages: a file that was made elsewhere (SCORM, H5P), and the part of a course that shows it."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from trama.foundation.localised import Localised

from .modules import Part


def _place(instance: "PackageFile", name: str) -> str:
    """A name of ours: the hash of what the file holds."""
    return f"packages/{instance.sha256[:2]}/{instance.sha256}.zip"


class PackageFile(models.Model):
    """A package as it was sent, read once. Rows are only added: a new file is a new row.

    The archive stays an archive: what is in it goes out from there, and no path of it touches the disk. ``manifest`` is
    what its reader found (``packages.manifests``): title, items, what was left out.
    """

    class Kind(models.TextChoices):
        SCORM_12 = "scorm12", "SCORM 1.2"
        SCORM_2004 = "scorm2004", "SCORM 2004"
        CARTRIDGE = "cartridge", "Common Cartridge"
        H5P = "h5p", "H5P"
        CMI5 = "cmi5", "cmi5"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(_("file"), upload_to=_place)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField(_("bytes"))
    unpacked = models.PositiveIntegerField(_("bytes unpacked"))
    members = models.PositiveSmallIntegerField(_("files in it"))
    manifest: Any = models.JSONField(_("what was found in it"))
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("sent at"))

    class Meta:
        constraints = [models.CheckConstraint(name="a_package_holds_something", condition=Q(size__gte=1))]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.sha256[:8]})"


class Package(Part):
    """A part that runs a package. ``file`` is None until the author sent one; a published version needs it.

    ``rule`` says what completion asks of a learner; ``asked_percent`` counts for "score" alone. ``alternative`` says
    what who cannot load the package does instead.
    """

    class Rule(models.TextChoices):
        COMPLETED = "completed", _("gone through to the end")
        PASSED = "passed", _("passed")
        SCORE = "score", _("a score to reach")
        NONE = "none", _("nothing: it does not count")

    file = models.ForeignKey(
        PackageFile, models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("package file")
    )
    rule = models.CharField(_("what the certificate asks"), max_length=10, choices=Rule, default=Rule.COMPLETED)
    asked_percent = models.PositiveSmallIntegerField(_("score to reach, in per cent"), default=70)
    alternative_pt = models.TextField(_("without a good connection (Portuguese)"), blank=True, max_length=4000)
    alternative_en = models.TextField(_("without a good connection (English)"), blank=True, max_length=4000)

    alternative = Localised()

    class Meta:
        constraints = [models.CheckConstraint(name="package_asks_a_share", condition=Q(asked_percent__lte=100))]
