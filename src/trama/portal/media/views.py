"""Pictures and documents go out through views with a policy; the folder of files is never served."""

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from trama.foundation.files import as_download
from trama.foundation.policies import route

from ..policies import SEND_DOCUMENT, SEND_PICTURE
from .models import SiteDocument, SiteRendition

TYPES = {"webp": "image/webp", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg"}


@route(SEND_PICTURE)
@require_safe
def picture(request: HttpRequest, pk: int, name: str) -> FileResponse:
    """A picture in one size. The address holds the file's name, which changes with what the file holds."""
    rendition = get_object_or_404(SiteRendition, pk=pk)
    if rendition.file.name.rsplit("/", 1)[-1] != name:
        raise Http404
    try:
        content = rendition.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    kind = TYPES.get(name.rsplit(".", 1)[-1].lower())
    if kind is None:
        raise Http404
    response = FileResponse(content, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@route(SEND_DOCUMENT)
@require_safe
def document(request: HttpRequest, document_id: int, document_filename: str) -> FileResponse:
    """A document, as a download that no browser opens as a page of the site."""
    found = get_object_or_404(SiteDocument, pk=document_id)
    if found.filename != document_filename:
        raise Http404
    return as_download(found.file, found.filename)
