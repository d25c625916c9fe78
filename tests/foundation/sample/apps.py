from django.apps import AppConfig


class SampleConfig(AppConfig):
    name = "tests.foundation.sample"
    label = "sample"

    def ready(self) -> None:
        from . import jobs  # noqa: F401
