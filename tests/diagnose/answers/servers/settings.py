"""An installation as a person would have it (embedded), with two addresses that save wrongly, as controls."""

from config.settings.embedded import *  # noqa: F403

ROOT_URLCONF = "tests.diagnose.answers.servers.urls"
