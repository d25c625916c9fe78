from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KnowConfig(AppConfig):
    name = "trama.know"
    label = "know"
    verbose_name = _("Know")
