"""The site as it is, with the addresses that ``training.py`` measures beside it."""

from config.settings.embedded import *  # noqa: F403

ROOT_URLCONF = "benchmarks.training_addresses"
