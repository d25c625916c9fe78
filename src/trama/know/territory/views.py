"""Pages of the territory: groups of networks; and the outlines that maps draw."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from trama.foundation.policies import route

from .. import policies
from ..pages import kept_page
from .maps import shapes_text


@route(policies.MAP_SHAPES)
@require_safe
@kept_page("v", forever=True)
def map_shapes(request: HttpRequest) -> HttpResponse:
    """Outlines of the municipalities. The address changes with the outlines, so browsers keep it for good."""
    return HttpResponse(shapes_text(), content_type="application/json; charset=utf-8")
