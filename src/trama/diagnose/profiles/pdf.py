"""Results and territories as tagged PDF (PDF/UA-1), set by Typst from what the pages show."""

import json
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from trama.foundation.charts import Figure

from ..answers.selectors import evidence_of
from .presentation import AreaShown, CriterionShown, Results, Territory
from .wording import level_signs, reached_words

HERE = Path(__file__).parent
INKS = {1: "#cfdff6", 2: "#6f9de0", 3: "#1351b4", 4: "#0a2c63"}


def results_pdf(results: Results) -> bytes:
    """A round for its owner: cover, what stands out, profile, criteria, evidence. Answers of people stay out."""
    of = results.round
    return _compile(
        "results.typ",
        {
            "title": _("Self-diagnosis: %(title)s") % {"title": of.title},
            "eyebrow": of.version.title + ", " + _("version %(v)s") % {"v": of.version.version},
            "heading": of.title,
            "owner": str(of.scope),
            "status": _status(results),
            "contents": _("Contents"),
            "summary_title": _("What stands out"),
            "summary": _summary(results),
            "comparison_title": _("Since “%(title)s”") % {"title": results.earlier.title} if results.earlier else "",
            "comparison": list(results.comparison),
            "profile_title": _("Profile"),
            "profile_note": _(
                "The counts are the profile. A mean is told only where three quarters of the weight have a level, and "
                "is no grade: levels are ordered steps, not measured distances."
            ),
            "whole": _figure(results.chart),
            "profile_head": _profile_head(),
            "dimensions": _dimensions(results),
            "criteria_title": _("Criteria"),
            **_similar(results),
            "words": {
                "reason": _("Why"),
                "evidence": _("Evidence"),
                "figures": _("Official indicators"),
                "change": _("Since the earlier round"),
                "none": _("No evidence attached."),
            },
        },
    )


def _summary(results: Results) -> list[dict[str, Any]]:
    """What stands out, a heading with its first criteria each."""
    return [
        {
            "heading": one.heading,
            "sentence": one.sentence,
            "lines": [_("%(title)s: %(level)s") % {"title": c.title, "level": c.level} for c in one.first],
            "more": _("and %(n)d more") % {"n": one.more} if one.more else "",
        }
        for one in results.stands_out
    ]


def _dimensions(results: Results) -> list[dict[str, Any]]:
    """Each dimension: its chart, its rows in numbers, and its criteria by area with the evidence shown for them."""
    shown: dict[int, list[str]] = {}
    for one in evidence_of([line.item.pk for line in results.reading.lines]):
        what = one.address if one.kind == "link" else one.file_name
        shown.setdefault(one.item_id, []).append(f"{one.title} ({what})" if what else one.title)
    return [
        {
            "title": one.whole.title,
            "figure": _figure(one.figure),
            "rows": [_profile_row(area) for area in (one.areas or (one.whole,))],
            "areas": [
                {"title": area.title, "criteria": [_criterion(line, shown) for line in area.criteria]}
                for area in (one.areas or (one.whole,))
            ],
        }
        for one in results.dimensions
    ]


def _similar(results: Results) -> dict[str, Any]:
    """What is told of similar networks, where anything is."""
    note = ""
    if results.told:
        day = date_format(results.told.published_at.astimezone(results.round.zone), "SHORT_DATE_FORMAT")
        note = _(
            "Of similar networks that agreed (%(size)s), told on %(day)s. Shares only, in bands; never names or "
            "places in a row."
        ) % {"size": results.told_size, "day": day}
    return {
        "similar_title": _("Similar networks"),
        "similar_note": note,
        "similar_head": [_("criterion"), _("our level"), *reached_words()],
        "similar": [
            [one.title, one.level, *(share.share for share in one.similar)] for one in results.criteria if one.similar
        ],
    }


def territory_pdf(territory: Territory, *, title: str, note: str) -> bytes:
    """A territory: who is in it, common priorities, the distribution area by area."""
    nothing = _("too few to tell")
    told = territory.told
    return _compile(
        "territory.typ",
        {
            "title": title,
            "eyebrow": told.version.title + ", " + _("version %(v)s") % {"v": told.version.version},
            "heading": title,
            "facts": [
                _("How many share: %(size)s.") % {"size": territory.size},
                _("Told on %(day)s.") % {"day": date_format(told.published_at, "SHORT_DATE_FORMAT")},
                note,
            ],
            "priorities_title": _("Common priorities"),
            "priorities_note": _("Shares of those that have decided: %(size)s.") % {"size": territory.deciding}
            if territory.deciding
            else _("Too few have decided their priorities to tell anything."),
            "priorities_head": [_("criterion"), _("share of those that decided")],
            "priorities": [[one.title, one.share] for one in territory.priorities],
            "head": [_("criterion"), *reached_words()],
            "dimensions": [
                {
                    "title": one.title,
                    "areas": [
                        {
                            "title": area.title,
                            "figure": _figure(area.figure) if area.figure else None,
                            "rows": [[line.title, *(line.shares or [nothing] * 3)] for line in area.criteria],
                        }
                        for area in one.areas
                    ],
                }
                for one in territory.dimensions
            ],
        },
    )


def _status(results: Results) -> str:
    of = results.round
    if results.is_provisional or of.submitted_at is None:
        return _("Provisional: the round was not submitted yet.")
    day = date_format(of.submitted_at.astimezone(of.zone), "SHORT_DATE_FORMAT")
    return _("Submitted on %(day)s.") % {"day": day}


def _profile_head() -> list[str]:
    return [_("Area"), *(words for _sign, words in level_signs()), _("Median"), _("Mean"), _("Coverage")]


def _profile_row(area: AreaShown) -> list[str]:
    return [area.title, *map(str, area.group.counts), area.median or "–", area.mean or "–", area.coverage]


def _criterion(one: CriterionShown, shown: dict[int, list[str]]) -> dict[str, Any]:
    line = one.line
    marks = [one.standing, _("provisional") if line.provisional else "", one.divergence]
    return {
        "title": one.title,
        "level": one.level,
        "marks": [mark for mark in marks if mark],
        "anchor": line.anchor,
        "reason": line.reason,
        "change": one.change,
        "evidence": shown.get(line.item.pk, []),
        "figures": [
            " ".join(
                filter(
                    None,
                    [figure.name + ": " + (figure.last or _("not published")) + ".", figure.movement, figure.contrast],
                )
            )
            for figure in one.figures
        ],
    }


def _figure(figure: Figure) -> dict[str, str]:
    if not figure:
        return {"svg": "", "alt": ""}
    told = "; ".join(
        f"{row[0]}: " + ", ".join(f"{cell} {name}" for name, cell in zip(figure.columns[1:], row[1:], strict=True))
        for row in figure.rows
    )
    return {"svg": _printable(figure.svg), "alt": f"{figure.title}. {told}"}


def _printable(svg: str) -> str:
    """The chart with its colours inside: on paper there is no style sheet of the site."""
    rules = [
        "text{font-family:'Libertinus Serif';font-size:13px;fill:#16202e}",
        ".p-tick{fill:#4b5669;font-size:12px}.p-bar-track{fill:#e9eef7}.p-range{fill:#3c75ca}",
        ".p-range-tick{stroke:#707c92;stroke-width:0.5}",
        *(f".p-step-{step}{{fill:{ink}}}" for step, ink in INKS.items()),
        ".p-step-text-3,.p-step-text-4{fill:#fff}",
    ]
    return svg.replace("</desc>", f"</desc><style>{''.join(rules)}</style>", 1)


def _compile(template: str, data: dict[str, Any]) -> bytes:
    language = (get_language() or "pt-br").split("-")
    whole = {
        "lang": language[0],
        "region": (language[1] if len(language) > 1 else "us").upper(),
        "site": settings.SITE_NAME,
        **data,
    }
    compiler = typst.Compiler(
        (HERE / template).read_bytes(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(whole, ensure_ascii=False)},
    )
    made = compiler.compile(format="pdf", pdf_standards=["ua-1"])
    if not isinstance(made, bytes):
        raise TypeError("Typst gave no document")
    return made
