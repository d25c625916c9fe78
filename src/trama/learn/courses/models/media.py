"""Videos and files that lessons show: what was sent, and the row of a version that gives it a name."""

import uuid
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from trama.foundation.localised import Localised

from .course import CourseVersion


def _place(instance: "SentFile", name: str) -> str:
    """A name of ours: the hash of what the file holds, and the extension of what it is."""
    return f"lessons/{instance.sha256[:2]}/{instance.sha256}{PurePath(name).suffix}"


class SentFile(models.Model):
    """A file as an author sent it, looked at once. Rows are only added: a new file is a new row.

    ``seconds``: how long a video lasts, or when the last of its captions ends; None where the file does not say.

    Personal data: who sent a file. Purpose: memory of the authors. Kept with the file.
    """

    class Kind(models.TextChoices):
        VIDEO = "video", _("video")
        CAPTIONS = "captions", _("captions")
        PICTURE = "picture", _("picture")
        DOCUMENT = "document", _("document")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    file = models.FileField(_("file"), upload_to=_place)
    file_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveIntegerField(_("bytes"))
    seconds = models.PositiveIntegerField(_("seconds"), null=True, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("sent at"))

    class Meta:
        constraints = [models.CheckConstraint(name="a_sent_file_holds_something", condition=Q(size__gte=1))]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.sha256[:8]})"

    @property
    def format(self) -> str:
        """ "MP4", "PDF": what it is called by those who use it."""
        return PurePath(self.file.name or "").suffix.removeprefix(".").upper()


def _sent(label: Any) -> models.ForeignKey:
    return models.ForeignKey(SentFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label)


class Video(models.Model):
    """A video of a version: our own file, or one at an ``address`` elsewhere, to which the lesson only leads.

    ``seconds``: how long it lasts, where the file does not say so or is elsewhere. ``captions_there``: the author says
    that the video elsewhere has captions. ``transcript``: what is said and seen, for who does not load it.
    """

    version = models.ForeignKey(CourseVersion, models.CASCADE, related_name="videos")
    position = models.PositiveSmallIntegerField()
    slug = models.SlugField(max_length=80)
    title_pt = models.CharField(_("title (Portuguese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=160)
    address = models.URLField(_("address elsewhere"), max_length=500, blank=True)
    seconds = models.PositiveIntegerField(_("duration in seconds"), null=True, blank=True)
    captions_there = models.BooleanField(_("the video elsewhere has captions"), default=False)
    transcript_pt = models.TextField(_("what is said and seen (Portuguese)"), max_length=20_000)
    transcript_en = models.TextField(_("what is said and seen (English)"), max_length=20_000)
    file = _sent(_("video file"))
    light = _sent(_("light version"))
    poster = _sent(_("picture before it plays"))
    captions_pt = _sent(_("captions (Portuguese)"))
    captions_en = _sent(_("captions (English)"))
    revision = models.PositiveIntegerField(default=1)

    title = Localised()
    transcript = Localised()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "slug"], name="one_video_per_slug_of_a_course")]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title_pt

    @property
    def duration(self) -> int | None:
        """Seconds, as the file says; else as its author says."""
        return (self.file.seconds if self.file is not None else None) or self.seconds


class LessonFile(models.Model):
    """A document of a version that lessons offer to download: in Portuguese, and in English where there is one."""

    version = models.ForeignKey(CourseVersion, models.CASCADE, related_name="files")
    position = models.PositiveSmallIntegerField()
    slug = models.SlugField(max_length=80)
    title_pt = models.CharField(_("title (Portuguese)"), max_length=160)
    title_en = models.CharField(_("title (English)"), max_length=160)
    file_pt = _sent(_("file (Portuguese)"))
    file_en = _sent(_("file (English)"))
    revision = models.PositiveIntegerField(default=1)

    title = Localised()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "slug"], name="one_file_per_slug_of_a_course")]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title_pt
