"""What is kept of a letter."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Letter(models.Model):
    """One e-mail to one address. Its text goes as soon as it has left, or ``TEXT_OF_REFUSED`` after it was refused."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        REFUSED = "refused", _("refused by the receiving server")
        GIVEN_UP = "given_up", _("given up: the mail server did not answer for days")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    to = models.EmailField(_("e-mail"), max_length=254)
    subject = models.CharField(_("subject"), max_length=400, blank=True)
    body = models.TextField(_("text"), blank=True)
    sender = models.CharField(_("sender"), max_length=320)
    headers = models.JSONField(_("headers"), default=dict)
    urgent = models.BooleanField(_("somebody waits for it at the screen"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    answer = models.CharField(_("answer of the server"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("written at"))
    next_at = models.DateTimeField(_("due at"))
    ended_at = models.DateTimeField(_("sent, refused or given up at"), null=True, blank=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(state="waiting"), name="letter_due"),
            models.Index(fields=["to", "-created_at"], name="letter_to"),
            models.Index(fields=["state", "ended_at"], name="letter_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.to}, {self.get_state_display()}"

    @property
    def has_text(self) -> bool:
        """Whether it can still be sent: the text of an old one is gone."""
        return bool(self.body)
