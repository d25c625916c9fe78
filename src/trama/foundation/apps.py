"""Wires the foundation: what it checks at each connection, after each migration and in ``trama doctor``."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class FoundationConfig(AppConfig):
    name = "trama.foundation"
    label = "foundation"
    verbose_name = _("Foundation")

    def ready(self) -> None:
        from . import checks, postgresql  # noqa: F401  (checks register themselves)

        connection_created.connect(postgresql.check_new_connection, dispatch_uid="foundation.postgresql")
        post_migrate.connect(_protect_the_audit_trail, sender=self, dispatch_uid="foundation.audit")


def _protect_the_audit_trail(using: str, **_: Any) -> None:
    from .audit.triggers import TABLE, install_triggers

    if TABLE in connections[using].introspection.table_names():
        install_triggers(connections[using])
