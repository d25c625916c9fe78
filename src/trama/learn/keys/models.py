"""What is kept of a signing key."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SigningKey(models.Model):
    """An RSA key pair of the installation. ``sealed``: the private half, encrypted; ``public``: the JWK as published.

    Retired keys sign nothing any more and stay published. Their private half is removed.
    """

    class Purpose(models.TextChoices):
        LTI = "lti", _("external tools (LTI)")
        BADGE = "badge", _("digital badges")

    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    kid = models.CharField(_("name of the key"), max_length=40, unique=True)
    public = models.JSONField(_("public key"))
    sealed = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"))
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose"], condition=Q(retired_at__isnull=True), name="one_key_signs_for_a_purpose"
            ),
            models.CheckConstraint(
                name="a_key_that_signs_has_its_private_half", condition=Q(retired_at__isnull=False) | ~Q(sealed="")
            ),
        ]

    def __str__(self) -> str:
        return self.kid
