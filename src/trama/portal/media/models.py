"""Pictures carry their description in both languages; documents are checked by what they hold."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition

from trama.foundation.files import FileRefused, media_type_of
from trama.foundation.localised import in_language


class SiteImage(AbstractImage):
    """A picture of the site. Who cannot see it reads its description, so there is none without one.

    Personal data: who uploaded it, and whoever the picture shows; the form asks for their consent to be on file.
    """

    alt_pt = models.CharField(
        _("description in Portuguese"),
        max_length=250,
        help_text=_("What the picture shows, for who cannot see it. One sentence, without “picture of”."),
    )
    alt_en = models.CharField(_("description in English"), max_length=250)
    credit = models.CharField(_("credit"), max_length=120, blank=True, help_text=_("Who made the picture."))

    admin_form_fields = (
        "title",
        "file",
        "alt_pt",
        "alt_en",
        "credit",
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    @property
    def default_alt_text(self) -> str:
        return in_language(self.alt_pt, self.alt_en)


class SiteRendition(AbstractRendition):
    """A picture in one size. It goes out through a view with a policy, under an address that never changes."""

    image = models.ForeignKey(SiteImage, models.CASCADE, related_name="renditions")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("image", "filter_spec", "focal_point_key"), name="one_rendition_of_a_kind")
        ]

    @property
    def url(self) -> str:
        """Its address; "" where the picture's file is gone, of which the framework gives a size that is not stored."""
        if self.pk is None:
            return ""
        return reverse("portal_picture", kwargs={"pk": self.pk, "name": self.file.name.rsplit("/", 1)[-1]})


class SiteDocument(AbstractDocument):
    """A document to download. Kinds and sizes as everywhere on the site; what it holds counts, not its name.

    Personal data: who uploaded it.
    """

    admin_form_fields = ("title", "file", "collection", "tags")

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def clean(self) -> None:
        super().clean()
        file: Any = self.file
        if file and not file._committed:
            try:
                media_type_of(file, file.name)
            except FileRefused as refused:
                raise ValidationError({"file": str(refused)}) from refused
