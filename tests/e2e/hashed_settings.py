"""Embedded settings with the static files of production: collected, under names that tell their content."""

import os

os.environ |= {"TRAMA_SECRET_KEY": "of-these-tests", "TRAMA_HOSTS": "127.0.0.1"}

from config.settings.embedded import *  # noqa: F403
from config.settings.production import STORAGES  # noqa: F401

WHITENOISE_USE_FINDERS = False
