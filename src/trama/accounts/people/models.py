"""What is kept about a person."""

from functools import cache
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        if not email:
            raise ValueError("an account needs an e-mail")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get(self, *args: Any, **kwargs: Any) -> "User":
        """By the key alone, as Django finds the person of every signed-in request, without building the statement."""
        if args or kwargs.keys() != {"pk"} or not isinstance(kwargs["pk"], int):
            return super().get(*args, **kwargs)
        found = next(iter(self.raw(_by_key(), [kwargs["pk"]])), None)
        if found is None:
            raise self.model.DoesNotExist(f"no account {kwargs['pk']}")
        return found


@cache
def _by_key() -> str:
    columns = ", ".join(str(field.column) for field in User._meta.concrete_fields)
    return f"SELECT {columns} FROM {User._meta.db_table} WHERE id = %s"  # noqa: S608  (names of ours)


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """An account. What a person may do stands in their profiles, never here.

    The groups and permissions of the framework serve the editor of the public site alone, which knows nothing else:
    portal derives them from profiles (decision 0160). Nobody is a superuser; the database refuses one.

    Personal data: name and e-mail. Purpose: access and communication. Basis: public policy (LGPD art. 7 III).
    """

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=160, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("registered at"), default=timezone.now)
    language = models.CharField(_("language"), max_length=8, blank=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.CheckConstraint(condition=models.Q(is_superuser=False), name="nobody_is_a_superuser")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name
