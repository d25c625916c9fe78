"""The page where authors send what belongs to a video or file of a draft."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from trama.foundation.http import own_transactions
from trama.foundation.policies import route

from ..courses.errors import CourseError
from ..courses.models import CourseVersion
from ..courses.parts import KINDS
from ..courses.reader_views import version_or_404
from ..courses.writing_views import row_or_404
from ..policies import AUTHOR_PAGES
from .accepting import PLACES_OF
from .errors import MediaRefused
from .forms import FilesForm
from .services import send_files


@route(AUTHOR_PAGES)
@never_cache
@own_transactions
@require_http_methods(["GET", "HEAD", "POST"])
def media_files(request: HttpRequest, slug: str, label: str, kind: str, pk: int) -> HttpResponse:
    """What a video or file holds, and new files in their places. All that was sent is taken, or nothing."""
    version = version_or_404(request, slug, label)
    if kind not in PLACES_OF:
        raise Http404
    row = row_or_404(version, KINDS[kind], pk)
    initial = {"revision": row.revision}
    form = FilesForm(request.POST or None, request.FILES or None, kind=KINDS[kind], row=row, initial=initial)
    if request.method == "POST" and form.is_valid():
        revision = form.cleaned_data["revision"]
        try:
            send_files(version, KINDS[kind], row, form.changes(), revision=revision, by=request.user, at=timezone.now())
        except MediaRefused as refused:
            for place, mistakes in refused.refused.items():
                for mistake in mistakes:
                    form.add_error(place, mistake)
        except CourseError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("What was sent is part of the draft."))
            return redirect("learn:media_files", slug, label, kind, pk)
    context = {
        "version": version,
        "course": version.course,
        "kind": KINDS[kind],
        "row": row,
        "form": form,
        "places": form.places_with(row),
        "is_draft": version.state == CourseVersion.State.DRAFT,
    }
    return render(request, "learn/media/files.html", context, status=422 if form.errors else 200)
