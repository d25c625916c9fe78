"""Wires the foundation: what it checks at each connection, after each migration and in ``trama doctor``."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class FoundationConfig(AppConfig):
    name = "trama.foundation"
    label = "foundation"
    verbose_name = _("Foundation")

    def ready(self) -> None:
        from . import checks, postgresql  # noqa: F401  (checks register themselves)
        from .audit.triggers import GUARDS
        from .guards import checks as _guard_checks  # noqa: F401  (the same)
        from .guards import lay_guards, register_guards
        from .letters import wiring as letters

        letters.register()
        register_guards(GUARDS)
        connection_created.connect(postgresql.check_new_connection, dispatch_uid="foundation.postgresql")
        post_migrate.connect(lay_guards, sender=self, dispatch_uid="foundation.guards")
