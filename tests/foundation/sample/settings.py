"""An installation as a person would have it (embedded), with the sample jobs and impatient lease times."""

from config.settings.embedded import *  # noqa: F403
from config.settings.embedded import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.foundation.sample"]
JOB_LEASE_SECONDS = 2
ROOT_URLCONF = "tests.foundation.sample.urls"
