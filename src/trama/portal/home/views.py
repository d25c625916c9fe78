"""The front page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from trama.foundation.policies import route
from trama.know.api import kept_page

from ..pages.addresses import active_language
from ..pages.selectors import home_page, site_mark
from ..policies import SHOW_HOME


@route(SHOW_HOME)
@require_safe
@kept_page(also=site_mark)
def home(request: HttpRequest) -> HttpResponse:
    """What Trama is, and the ways into it. Its texts are an editor's, its figures come from records."""
    page = home_page(active_language())
    if page is None:
        raise Http404
    response: HttpResponse = page.serve(request)
    return response.render()  # type: ignore[attr-defined]
