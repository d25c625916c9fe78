"""Videos and files as they go out: to everybody from a published course, to its authors from a draft."""

from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from trama.foundation.files import as_download, as_played
from trama.foundation.policies import route

from ..courses.models import SentFile
from ..courses.reader_views import version_or_404
from ..policies import AUTHOR_PAGES, DOWNLOAD_COURSES
from .selectors import file_of, public_file


def _sent(request: HttpRequest, file: SentFile | None, *, public: bool) -> HttpResponseBase:
    if file is None:
        raise Http404
    if file.kind == SentFile.Kind.DOCUMENT:
        return as_download(file.file, file.file_name)
    return as_played(request, file.file, file.media_type, tag=file.sha256, public=public)


@route(DOWNLOAD_COURSES)
@require_safe
def course_media(request: HttpRequest, slug: str, uid: UUID) -> HttpResponseBase:
    """A video, its captions or picture, or a document of a course that anyone may read."""
    return _sent(request, public_file(slug, uid), public=True)


@route(AUTHOR_PAGES)
@require_safe
def draft_media(request: HttpRequest, slug: str, label: str, uid: UUID) -> HttpResponseBase:
    """The same of a version that is still written."""
    return _sent(request, file_of(version_or_404(request, slug, label), uid), public=False)
