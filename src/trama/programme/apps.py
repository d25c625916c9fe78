from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammeConfig(AppConfig):
    name = "trama.programme"
    label = "programme"
    verbose_name = _("Programme")

    def ready(self) -> None:
        from trama.foundation.content import register_content

        from .calls.content import load_calls

        register_content("calls", load_calls)
