"""What is kept about a job."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """One piece of long work. ``arguments`` carry ids and paths, never personal data."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        SUCCEEDED = "succeeded", _("done")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("job"), max_length=80)
    title = models.CharField(_("title"), max_length=200)
    arguments = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    done = models.PositiveBigIntegerField(_("done"), default=0)
    total = models.PositiveBigIntegerField(_("of"), null=True, blank=True)
    message = models.CharField(_("now"), max_length=200, blank=True)
    result_address = models.CharField(_("result"), max_length=400, blank=True)  # page to go to when it is done
    error = models.TextField(_("error"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("asked for at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last heard of at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [models.Index(fields=["state", "created_at"], name="job_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.SUCCEEDED, self.State.FAILED}


class Worker(models.Model):
    """A worker process that runs jobs. The row goes when it stops; one not heard of for long has died."""

    id = models.CharField(primary_key=True, max_length=64)  # host and process number
    started_at = models.DateTimeField(_("started at"))
    heard_at = models.DateTimeField(_("last heard of at"), db_index=True)

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")

    def __str__(self) -> str:
        return self.id


class DailyWork(models.Model):
    """When something that is done once a day was last started, and as which job (``jobs.daily``)."""

    name = models.CharField(primary_key=True, max_length=80)
    day = models.DateField(_("day"), null=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("daily work")
        verbose_name_plural = _("daily work")

    def __str__(self) -> str:
        return self.name
