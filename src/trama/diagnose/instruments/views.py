"""Public pages of instruments: what a self-diagnosis is, an instrument, a criterion, what changed between versions."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from trama.foundation.drawing import drawn
from trama.foundation.panels import panels_state
from trama.foundation.policies import route
from trama.know.api import Stage, indicators_by_code, kept_page

from ..keeping import kept_html
from ..policies import EXPORT_INSTRUMENT, SHOW_INSTRUMENTS
from .comparison import compare_versions
from .models import Criterion, InstrumentVersion
from .searching import Hit, search, searchable
from .selectors import (
    criterion_of,
    current_versions,
    dimensions_of,
    instruments_state,
    neighbours_of,
    public_versions,
    version_data,
    version_of,
    whole_dimensions_of,
)
from .xlsform import write_xlsform

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = {"completo": False, "curto": True}  # kind of form: whether it is the short one
MOST_QUERY = 80


def _criterion_state() -> str:
    return f"{instruments_state()} {panels_state('criterion')}"


@route(SHOW_INSTRUMENTS)
@require_safe
@kept_page(also=instruments_state)
def instruments(request: HttpRequest) -> HttpResponse:
    """What the self-diagnosis is, how to begin, and the instruments."""
    return render(request, "diagnose/instruments/instruments.html", {"versions": list(current_versions())})


def _version_or_404(request: HttpRequest, slug: str) -> InstrumentVersion:
    """The version that ``?versao=`` names, or the current one."""
    version = version_of(slug, request.GET.get("versao", ""))
    if version is None:
        raise Http404
    return version


@route(SHOW_INSTRUMENTS)
@require_safe
@kept_page("versao", also=instruments_state)
def instrument(request: HttpRequest, slug: str) -> HttpResponse:
    """One instrument: how to answer it, its dimensions, areas and criteria; with ``?q=``, a search in its texts."""
    version = _version_or_404(request, slug)
    query = " ".join(request.GET.get("q", "").split())[:MOST_QUERY]
    current = version.state == InstrumentVersion.State.PUBLISHED
    found = search(searchable(version), query) if query else []
    rows = (HitRow(version.instrument.slug, "" if current else version.version, hit) for hit in found)
    context = {
        "version": version,
        "is_current": current,
        "query": query,
        "hits": found,
        "rows": [drawn("diagnose/instruments/_hit.html", row) for row in rows],
        "body": _body(version),
    }
    return render(request, "diagnose/instruments/instrument.html", context)


@dataclass(frozen=True, slots=True)
class HitRow:
    """A criterion found, and where its page is. ``label``: of the version, "" for the current one."""

    slug: str
    label: str
    hit: Hit


def _body(version: InstrumentVersion) -> SafeString:
    """What the page says whatever is searched: kept while no version is published, under what this one says."""

    def draw() -> SafeString:
        others = [other for other in public_versions().filter(instrument=version.instrument_id) if other != version]
        context = instrument_context(version, dimensions_of(version)) | {"others": others}
        return render_to_string("diagnose/instruments/_instrument.html", context)

    if not version.content_hash:
        return draw()
    return kept_html("instruments.body", (version.pk, version.content_hash, instruments_state()), draw)


def instrument_context(version: InstrumentVersion, dimensions: list[Any]) -> dict[str, Any]:
    """What the parts of an instrument's page need, on the public page and on that of a draft. Two queries."""
    return {
        "version": version,
        "is_current": version.state == InstrumentVersion.State.PUBLISHED,
        "dimensions": dimensions,
        "levels": list(version.levels.all()),
        "respondents": list(version.respondents.all()),
    }


@route(SHOW_INSTRUMENTS)
@require_safe
@kept_page("versao", also=instruments_state)
def instrument_text(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything an instrument says on one page, to be read through or printed."""
    version = _version_or_404(request, slug)
    names = indicators_by_code()
    dimensions = [
        (
            dimension,
            [
                (area, [(criterion, figures_beside(criterion, names)) for criterion in area.criteria.all()])
                for area in dimension.areas.all()
            ],
        )
        for dimension in whole_dimensions_of(version)
    ]
    context = instrument_context(version, dimensions)
    return render(request, "diagnose/instruments/text.html", context)


@route(SHOW_INSTRUMENTS)
@require_safe
@kept_page("versao", also=_criterion_state)
def criterion(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """One criterion: question, the four levels side by side, evidence, who answers, law, official figures."""
    version = _version_or_404(request, slug)
    shown = criterion_of(version, key)
    if shown is None:
        raise Http404
    before, after = neighbours_of(shown)
    context = {
        "version": version,
        "is_current": version.state == InstrumentVersion.State.PUBLISHED,
        "criterion": shown,
        "figures": figures_beside(shown, indicators_by_code()),
        "before": before,
        "after": after,
    }
    return render(request, "diagnose/instruments/criterion.html", context)


def figures_beside(shown: Criterion, names: Any) -> list[dict[str, Any]]:
    """The official figures of a criterion: name, stage, note, and from which value on each level is suggested."""
    return [
        {
            "code": figure.indicator,
            "name": names[figure.indicator].name if figure.indicator in names else figure.indicator,
            "stage": Stage(figure.stage).label if figure.stage else "",
            "note": figure.note,
            "better": figure.better,
            "cuts": None if figure.cut_basic is None else (figure.cut_basic, figure.cut_adequate, figure.cut_exemplary),
        }
        for figure in shown.indicators.all()
    ]


@route(SHOW_INSTRUMENTS)
@require_safe
@kept_page("de", "para", also=instruments_state)
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """What changed from one version to another: by default, from the one before to the current one."""
    known = {version.version: version for version in public_versions().filter(instrument__slug=slug)}
    if not known:
        raise Http404
    labels = list(known)  # newest first
    after = known.get(request.GET.get("para", labels[0]))
    if after is None:
        raise Http404
    position = labels.index(after.version)
    older = labels[position + 1] if position + 1 < len(labels) else ""
    wanted = request.GET.get("de", older)
    before = known.get(wanted)
    if before is None and wanted:
        raise Http404
    context = {
        "version": after,
        "before": before,
        "after": after,
        "versions": list(known.values()),
        "comparison": compare_versions(version_data(before), version_data(after)) if before is not None else None,
    }
    return render(request, "diagnose/instruments/compare.html", context)


@route(EXPORT_INSTRUMENT)
@require_safe
@kept_page(also=instruments_state)
def xlsform(request: HttpRequest, slug: str, label: str, kind: str) -> HttpResponse:
    """A version as an XLSForm, whole or short."""
    version = version_of(slug, label)
    if version is None or kind not in FORMS:
        raise Http404
    return form_file(version, kind)


def form_file(version: InstrumentVersion, kind: str) -> HttpResponse:
    """The spreadsheet, under a name that says which version it is."""
    data = version_data(version)
    name = "-".join(filter(None, ["autodiagnostico", data.slug, slugify(data.version.replace(".", "-")), kind]))
    return HttpResponse(
        write_xlsform(data, short=FORMS[kind]),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
    )
