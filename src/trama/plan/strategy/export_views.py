"""Downloads of a plan: PDF, workbook, and the template of the import."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from trama.foundation.policies import route

from ..policies import EXPORT_PLAN
from .days import today_of
from .diagnosis import diagnosis_of
from .exports import plan_xlsx, template_csv, template_xlsx
from .pages import lines_of, plan_or_404
from .pdf import plan_pdf
from .selectors import live_objectives

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _download(body: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@route(EXPORT_PLAN)
@never_cache
@require_GET
def export_plan(request: HttpRequest, uid: UUID, kind: str) -> HttpResponse:
    """The plan as PDF or XLSX."""
    plan = plan_or_404(request, uid)
    if kind not in ("pdf", "xlsx"):
        raise Http404
    lines = lines_of(plan, today_of(plan, timezone.now()))
    name = f"{slugify(plan.title)[:60] or 'plano'}.{kind}"
    if kind == "pdf":
        return _download(plan_pdf(plan, lines, diagnosis_of(plan, request.user)), "application/pdf", name)
    return _download(plan_xlsx(plan, lines), XLSX, name)


@route(EXPORT_PLAN)
@never_cache
@require_GET
def import_template(request: HttpRequest, uid: UUID, kind: str) -> HttpResponse:
    """The empty sheet of actions, as XLSX or CSV."""
    plan = plan_or_404(request, uid)
    if kind == "csv":
        return _download(template_csv(), "text/csv; charset=utf-8", "acoes.csv")
    if kind != "xlsx":
        raise Http404
    titles = list(live_objectives(plan).values_list("title", flat=True))
    return _download(template_xlsx(plan, titles), XLSX, "acoes.xlsx")
