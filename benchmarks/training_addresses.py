"""The addresses of the site and an empty signed-in page; every rendering of a kept page leaves a mark in a file.

The mark is one octet at the end of ``renderings`` in ``TRAMA_VAR``: its size counts the renderings of all processes.
"""

import os
from pathlib import Path
from typing import Any

from django.conf import settings

from benchmarks.frame import ADDRESS, urlpatterns
from trama.know import pages

__all__ = ["ADDRESS", "urlpatterns"]

_keep = pages._keep
RENDERINGS = Path(settings.VAR_DIR) / "renderings"


def _counted(*arguments: Any) -> Any:
    place = os.open(RENDERINGS, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(place, b".")
    os.close(place)
    return _keep(*arguments)


pages._keep = _counted
