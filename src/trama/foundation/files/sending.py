"""How a kept file goes out."""

from typing import Any

from django.http import FileResponse, Http404


def as_download(file: Any, name: str) -> FileResponse:
    """A kept file as a download that is never shown inside the site. Raises ``Http404`` where it is gone."""
    try:
        content = file.open("rb")
    except OSError as error:
        raise Http404 from error
    response = FileResponse(content, as_attachment=True, filename=name, content_type="application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
