"""The field that holds the parts of a page."""

from collections.abc import Sequence
from typing import Any

from wagtail.fields import StreamField


class Body(StreamField):
    """The parts of a page. Its migrations do not repeat what the parts are: they change without the table."""

    def __init__(self, block_types: Any = (), **options: Any) -> None:
        super().__init__(block_types or [], **options)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, _arguments, options = super().deconstruct()
        options.pop("block_lookup", None)
        return name, path, [], options
