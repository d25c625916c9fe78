"""The panorama as a tagged PDF (PDF/UA-1), set by Typst from the very sections of the page."""

import json
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ..vocabulary import PlaceKind
from .panorama import Panorama
from .sections.reading import Block, Section, Sources

TEMPLATE = Path(__file__).with_name("panorama.typ")
INK = {"main": "#1351b4", "second": "#00717f", "third": "#7d3c98", "fourth": "#5b6473", "target": "#b8500b"}


def panorama_pdf(shown: Panorama) -> bytes:
    """The panorama on A4 pages. About half a second of computing."""
    data = json.dumps(_data(shown), ensure_ascii=False)
    compiler = typst.Compiler(TEMPLATE.read_bytes(), ignore_system_fonts=True, sys_inputs={"data": data})
    made = compiler.compile(format="pdf", pdf_standards=["ua-1"])
    if not isinstance(made, bytes):
        raise TypeError("Typst gave no document")
    return made


def _data(shown: Panorama) -> dict[str, Any]:
    language = (get_language() or "pt-br").split("-")
    place, identity = shown.place, shown.identity
    universe = shown.reading.universe(shown.dependency)
    facts = [universe]
    if identity.population:
        facts.append(
            _("%(people)s residents (%(year)s)") % {"people": identity.population, "year": identity.population_year}
        )
    if place.code:
        facts.append(_("code %(code)s") % {"code": place.code})
    return {
        "site": settings.SITE_NAME,
        "title": _("%(place)s: panorama of education") % {"place": place.name},
        "lang": language[0],
        "region": (language[1] if len(language) > 1 else "us").upper(),
        "footer": universe,
        "eyebrow": str(PlaceKind(place.kind).label).capitalize(),
        "heading": place.name,
        "facts": facts,
        "figure_head": [_("Figure"), _("Year"), _("Value")],
        "figures": [[one.label, str(one.year), one.value] for one in shown.key_figures],
        "sections": [_section(section) for section in shown.sections],
    }


def _section(section: Section) -> dict[str, Any]:
    return {"title": section.title, "lead": section.lead, "blocks": [_block(block) for block in section.blocks]}


def _block(block: Block) -> dict[str, Any]:
    figure = block.figure if block.figure else None
    tables = [
        {"columns": list(t.columns), "rows": [[cell.text for cell in row] for row in t.rows]} for t in block.tables
    ]
    return {
        "heading": block.heading,
        "svg": printable(figure.svg) if figure else "",
        "alt": _("%(title)s. %(numbers)s") % {"title": figure.title, "numbers": _in_words(figure.rows)}
        if figure
        else "",
        "keys": [key.label for key in figure.keys] if figure and len(figure.keys) > 1 else [],
        "notes": list(block.notes),
        "tables": tables,
        "sources": _sources(block.sources),
    }


def _in_words(rows: tuple[tuple[str, ...], ...]) -> str:
    return "; ".join(": ".join((row[0], ", ".join(row[1:]))) for row in rows)


def _sources(sources: Sources) -> str:
    defined = " ".join(f"{one.name}: {one.definition}" for one in sources.definitions)
    given = "; ".join(f"{one.publisher}, {one.title}, {one.vintage}" for one in sources.releases)
    return defined + " " + _("Source: %(given)s.") % {"given": given} if given else defined


def printable(svg: str) -> str:
    """The chart with its colours inside: on paper there is no style sheet of the site."""
    return svg.replace("</desc>", f"</desc><style>{_STYLE}</style>", 1)


def _style() -> str:
    rules = [
        "text{font-family:'Libertinus Serif';font-size:12.5px;fill:#16202e}",
        ".p-tick,.p-band-label{fill:#4b5669;font-size:11px}",
        ".p-grid{stroke:#d9e0eb;stroke-width:1}.p-axis,.p-leader,.p-stem{stroke:#707c92;stroke-width:1}",
        ".p-line{fill:none;stroke-width:2}.p-minimum{stroke:#b81507;stroke-width:1.5;stroke-dasharray:6 3}",
        ".p-minimum-label{fill:#b81507}.p-bar-track,.p-band-1{fill:#e9eef7}.p-band-0{fill:#f4f6fb}",
        ".p-bar-main{fill:#1351b4}.p-bar-reference,.p-here{stroke:#b8500b;stroke-width:2.5}.p-mark-here{fill:#b8500b}",
        ".p-bin{fill:#6f9de0}.p-fifth-1,.p-fifth-3,.p-fifth-5{fill:#a3c1ed}.p-fifth-2,.p-fifth-4{fill:#3c75ca}",
        ".p-dot{fill:#fff;stroke:#00717f;stroke-width:2}.p-direct,.p-bar-value{font-weight:700}",
        ".p-line-second{stroke-dasharray:9 4}.p-line-third{stroke-dasharray:5 4}.p-line-fourth{stroke-dasharray:1.5 4}",
        ".p-line-target{stroke-dasharray:3 3}.p-line-main{stroke-width:3}",
    ]
    for style, ink in INK.items():
        rules.append(f".p-line-{style}{{stroke:{ink}}}.p-mark-{style}{{fill:{ink}}}.p-direct-{style}{{fill:{ink}}}")
    rules.append(f".p-mark-target{{fill:none;stroke:{INK['target']}}}")
    return "".join(rules)


_STYLE = _style()
