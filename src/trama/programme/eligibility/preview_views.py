"""Previews of a rule over the country: counts, map, list, files; and two versions compared."""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from trama.foundation.policies import require, route
from trama.know.api import Map, MapClass, country_map, indicators_by_code, network_by_id, states
from trama_measure.indicators.conditions import Truth

from ..calls.models import CallCategory
from ..calls.team_views import team_call_or_404
from ..policies import EXPORT_PREVIEW, TEAM_CALLS
from .assessment import CountryAnswer, answer_for_network, answer_of
from .exports import as_csv, as_xlsx, table
from .forms import PreviewFilters
from .models import RuleVersion
from .preview import compared, population_of, rows, selected
from .reading import rule_lines
from .selectors import tree_of, versions_of
from .wording import rule_words

PER_PAGE = 50
LISTED = 200  # networks of a comparison that are named on the page; the export of each version has them all
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _category(request: HttpRequest, slug: str, category_slug: str) -> CallCategory:
    call = team_call_or_404(request, slug)
    return get_object_or_404(CallCategory.objects.select_related("call__organisation"), call=call, slug=category_slug)


def _version(category: CallCategory, text: str) -> RuleVersion | None:
    """The version asked for by its number, else the newest. None for a category by groups."""
    versions = versions_of(category)
    if category.admission != CallCategory.Admission.RULE:
        return None
    if not versions:
        raise Http404
    if not text:
        return versions[0]
    for version in versions:
        if str(version.number) == text:
            return version
    raise Http404


def _answer(category: CallCategory, version: RuleVersion | None) -> CountryAnswer:
    answer = answer_of(category, version)
    if answer is None:
        raise Http404
    return answer


@route(TEAM_CALLS)
@never_cache
@require_GET
def preview(request: HttpRequest, slug: str, category_slug: str) -> HttpResponse:
    """How many networks a version admits, where they are, and which they are."""
    category = _category(request, slug, category_slug)
    version = _version(category, request.GET.get("versao", ""))
    answer = _answer(category, version)
    filters = PreviewFilters(request.GET)
    population = population_of(answer.networks)
    positions = selected(answer, filters.values(), population)
    page = Paginator(positions, PER_PAGE).get_page(request.GET.get("pagina"))
    indicators = indicators_by_code()
    acronyms = {state.code: state.acronym for state in states()}
    by_state = _by_state(answer, acronyms)
    listed = rows(answer, list(page.object_list), population, indicators)
    context = {
        "call": category.call,
        "category": category,
        "version": version,
        "versions": versions_of(category),
        "line": rule_lines(tree_of(version), indicators) if version is not None else None,
        "counts": _counts(answer),
        "total": len(answer.networks.ids),
        "filters": filters,
        "page": page,
        "rows": [(row, acronyms.get(row.state, "")) for row in listed],
        "by_state": by_state,
        "map": _map(answer, by_state, version),
        "query": _query(request),
        "formats": list(FORMATS),
    }
    return render(request, "programme/team/preview.html", context)


@route(TEAM_CALLS)
@never_cache
@require_GET
def preview_network(request: HttpRequest, slug: str, category_slug: str, network_id: int) -> HttpResponse:
    """One network under a version, drafts too, condition by condition."""
    category = _category(request, slug, category_slug)
    version = _version(category, request.GET.get("versao", ""))
    network = network_by_id(network_id)
    if network is None:
        raise Http404
    context = {
        "call": category.call,
        "category": category,
        "version": version,
        "network": network,
        "answer": answer_for_network(category, network, version),
    }
    return render(request, "programme/team/preview_network.html", context)


def _counts(answer: CountryAnswer) -> dict[str, int]:
    return {
        "met": answer.counts[Truth.MET],
        "not_met": answer.counts[Truth.NOT_MET],
        "unknown": answer.counts[Truth.UNKNOWN],
    }


def _by_state(answer: CountryAnswer, acronyms: dict[int, str]) -> list[dict[str, Any]]:
    """Answers per state, for the table and the map."""
    found = []
    for code, acronym in sorted(acronyms.items()):
        own = answer.truth[answer.networks.states == code]
        if len(own):
            met, not_met = int((own == Truth.MET).sum()), int((own == Truth.NOT_MET).sum())
            unknown = len(own) - met - not_met
            found.append(
                {
                    "code": code,
                    "acronym": acronym,
                    "met": met,
                    "not_met": not_met,
                    "unknown": unknown,
                    "total": len(own),
                    "met_or_unknown": met + unknown,
                }
            )
    return found


def _map(answer: CountryAnswer, by_state: list[dict[str, Any]], version: RuleVersion | None) -> Map:
    """Every municipality painted by its answer; a state leads to its networks in the list."""
    classes = [
        MapClass("verdict-met", _("eligible")),
        MapClass("verdict-unknown", _("unknown")),
        MapClass("verdict-not", _("not eligible")),
    ]
    position = {int(Truth.MET): 0, int(Truth.UNKNOWN): 1, int(Truth.NOT_MET): 2}
    values: dict[int, int | None] = {
        int(place): position[int(truth)] for place, truth in zip(answer.networks.places, answer.truth, strict=True)
    }
    told = {
        line["code"]: _("%(met)d eligible, %(unknown)d unknown, %(not_met)d not eligible") % line for line in by_state
    }
    number = f"versao={version.number}&" if version is not None else ""
    return country_map(
        "answers",
        _("Municipal networks by answer"),
        values,
        classes,
        lambda state: f"?{number}uf={state.code}#list-title",
        words=lambda state: told.get(state.code, _("no municipal network")),
    )


def _query(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("pagina", None)
    return query.urlencode()


@route(EXPORT_PREVIEW)
@never_cache
@require_GET
def export(request: HttpRequest, slug: str, category_slug: str, extension: str) -> HttpResponse:
    """The list of the preview as a file, with the same filters."""
    if extension not in FORMATS:
        raise Http404
    category = _category(request, slug, category_slug)
    require(request.user, EXPORT_PREVIEW, category.call.organisation)
    version = _version(category, request.GET.get("versao", ""))
    answer = _answer(category, version)
    population = population_of(answer.networks)
    positions = selected(answer, PreviewFilters(request.GET).values(), population)
    acronyms = {state.code: state.acronym for state in states()}
    lines = table(answer, positions, population, acronyms)
    body = as_csv(lines) if extension == "csv" else as_xlsx(lines, _notes(category, version, timezone.now()))
    name = f"{slug}-{category_slug}{f'-v{version.number}' if version else ''}.{extension}"
    return HttpResponse(
        body, content_type=FORMATS[extension], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _notes(category: CallCategory, version: RuleVersion | None, at: datetime) -> list[tuple[str, str]]:
    local = timezone.localtime(at, category.call.zone)
    notes = [
        (_("Call"), category.call.title),
        (_("Category"), category.name),
        (_("Made on"), date_format(local, "SHORT_DATETIME_FORMAT")),
        (_("Not known"), _("A figure that is missing makes its condition unknown, which is never “no”.")),
    ]
    if version is not None:
        notes.insert(2, (_("Version of the rule"), str(version.number)))
        notes.insert(3, (_("Rule"), rule_words(tree_of(version), indicators_by_code())))
    return notes


@route(TEAM_CALLS)
@never_cache
@require_GET
def compare(request: HttpRequest, slug: str, category_slug: str) -> HttpResponse:
    """Two versions: who enters, who leaves, who turns unknown."""
    category = _category(request, slug, category_slug)
    versions = versions_of(category)
    if len(versions) < 2:
        raise Http404
    after = _version(category, request.GET.get("b", "")) or versions[0]
    older = next((v for v in versions if v.number < after.number), versions[-1])
    before = (_version(category, request.GET["a"]) if request.GET.get("a") else older) or older
    result = compared(_answer(category, before), _answer(category, after))
    acronyms = {state.code: state.acronym for state in states()}
    networks = result.networks
    lists = []
    for title, positions in (
        (_("Become eligible"), result.enter),
        (_("Are no longer eligible"), result.leave),
        (_("Turn unknown"), result.turn_unknown),
        (_("Were unknown and are not eligible"), result.turn_refused),
    ):
        named = sorted(
            (acronyms.get(int(networks.states[i]), ""), networks.names[i], int(networks.ids[i])) for i in positions
        )
        lists.append(
            {"title": title, "count": len(named), "networks": named[:LISTED], "more": max(0, len(named) - LISTED)}
        )
    indicators = indicators_by_code()
    context = {
        "call": category.call,
        "category": category,
        "versions": versions,
        "before": before,
        "after": after,
        "before_line": rule_lines(tree_of(before), indicators),
        "after_line": rule_lines(tree_of(after), indicators),
        "lists": lists,
        "matrix": [
            (title, [result.count(a, b) for b in (Truth.MET, Truth.NOT_MET, Truth.UNKNOWN)])
            for title, a in (
                (_("eligible"), Truth.MET),
                (_("not eligible"), Truth.NOT_MET),
                (_("unknown"), Truth.UNKNOWN),
            )
        ],
    }
    return render(request, "programme/team/compare.html", context)
