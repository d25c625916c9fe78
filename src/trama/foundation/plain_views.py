"""Answers for machines: is it well, who may crawl, which icon."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .http import public_cache
from .jobs.selectors import worker_health
from .policies import PUBLIC, declare, route

HEALTH = declare("foundation.site.health", kind="route", allow=PUBLIC, reason="Says well or not, and nothing else.")
ROBOTS = declare("foundation.site.robots", kind="route", allow=PUBLIC)
ICON = declare("foundation.site.icon", kind="route", allow=PUBLIC)

NOT_FOR_ROBOTS = ("/conta/", "/equipe/", "/sistema/", "/buscar/", "/saude/", "/idioma/")
A_DAY = 24 * 3600


@route(HEALTH)
@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 while the database answers; without a worker the site still serves, and says so. 503 otherwise."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
        heard = worker_health(at=timezone.now()).is_heard
    except DatabaseError:
        return JsonResponse({"database": "down"}, status=503)
    return JsonResponse({"database": "well", "worker": "well" if heard else "missing"})


@route(ROBOTS)
@require_safe
@public_cache(A_DAY)
def robots(request: HttpRequest) -> HttpResponse:
    """Everything public may be crawled, in both languages; searches and personal pages may not."""
    lines = ["User-agent: *"]
    lines += [f"Disallow: {prefix}{path}" for prefix in ("", "/en") for path in NOT_FOR_ROBOTS]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@route(ICON)
@require_safe
def icon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it even where the page names another."""
    response = HttpResponseRedirect(staticfiles_storage.url("foundation/mark.svg"))
    response["Cache-Control"] = f"public, max-age={A_DAY}"
    return response
