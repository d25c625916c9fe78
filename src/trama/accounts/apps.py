from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "trama.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from trama.foundation.policies import register_resolver

        from .roles.selectors import standings_of

        register_resolver(standings_of)
