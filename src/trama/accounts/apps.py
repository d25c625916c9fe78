"""Wires accounts: the policy register's resolver, and what else it tells the foundation."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "trama.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from allauth.account import views as account_views
        from allauth.account.signals import user_logged_in
        from allauth.mfa.base import views as mfa_views

        from trama.foundation.http import register_exception_hook
        from trama.foundation.panels import register_panel
        from trama.foundation.policies import register_resolver
        from trama.foundation.startup import register_first_start

        from .middleware import answer_to_exception
        from .people import policies as _policies  # noqa: F401  (the policies of allauth's pages)
        from .people.demo import demonstration_banner, show_demonstration_accounts
        from .people.devices import remember_device
        from .roles.banner import mandate_banner
        from .roles.selectors import standings_of

        register_resolver(standings_of)
        register_first_start(show_demonstration_accounts)
        register_panel("personal", mandate_banner, lambda: "")  # personal pages are never kept
        register_panel("personal", demonstration_banner, lambda: "")
        register_exception_hook(answer_to_exception)
        user_logged_in.connect(remember_device, dispatch_uid="trama.accounts.remember_device")
        # A password check takes a tenth of a second: no one else's writing may wait for it.
        for view in (
            account_views.login,
            account_views.reauthenticate,
            mfa_views.authenticate,
            mfa_views.reauthenticate,
        ):
            view.own_transactions = True
