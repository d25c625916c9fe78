"""Instruments as plain values and as folders of content, for the tests of the room."""

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from trama.diagnose.instruments.structure import (
    AreaData,
    Both,
    CriterionData,
    DimensionData,
    IndicatorData,
    RespondentData,
    VersionData,
)


def both(text: str) -> Both:
    return Both(f"{text} em português", f"{text} in English")


def a_criterion(key: str = "access", code: str = "1.1.1", **fields: Any) -> CriterionData:
    values: dict[str, Any] = {
        "title": both(f"Título {key}"),
        "question": both(f"Pergunta {key}?"),
        "anchors": (both(f"Nada {key}"), both(f"Pouco {key}"), both(f"Bastante {key}"), both(f"Tudo {key}")),
        "starred": True,
        "weight": 2,
        "reach": 3,
        "governability": 1,
        "respondents": ("dme",),
        "evidence": (both("Lista"), both("Ata")),
        "law": both("LDB, art. 5º"),
        "why": both("Porque sim"),
        "technologies": ("strategic-planning",),
        "indicators": (IndicatorData("approval_rate", "AI", "higher", both("Mostra"), (60.0, 80.5, 95.0)),),
        **fields,
    }
    return CriterionData(key=key, code=code, **values)


def a_version(*criteria: CriterionData, **fields: Any) -> VersionData:
    """One dimension with one area; two criteria unless others are given."""
    asked = criteria or (a_criterion(), a_criterion("flow", "1.1.2", starred=False, indicators=()))
    area = AreaData("1.1", "schooling", both("Escolarização"), both("Quem entra"), tuple(asked))
    values: dict[str, Any] = {
        "slug": "rede",
        "scope": "network",
        "version": "1.0",
        "title": both("Autodiagnóstico"),
        "summary": both("Resumo"),
        "guidance": Both("Um.\n\nDois.", "One.\n\nTwo."),
        "authors": both("Equipe"),
        "note": both("Primeira edição"),
        "levels": (both("Frágil é"), both("Básico é"), both("Adequado é"), both("Exemplar é")),
        "respondents": (RespondentData("dme", both("Dirigente")), RespondentData("teachers", both("Docentes"))),
        "dimensions": (DimensionData("1", "results", both("Resultados"), both("Quem aprende"), (area,)),),
        **fields,
    }
    return VersionData(**values)


# --- as a folder of content ---------------------------------------------------------------------------------------


def toml(values: dict[str, Any]) -> str:
    """``key = value`` lines; texts, numbers, flags and lists are written the same way in TOML and JSON."""
    return "\n".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items())


def pair(name: str, text: Both) -> dict[str, str]:
    return {f"{name}_pt": text.pt, f"{name}_en": text.en}


def write_folder(data: VersionData, directory: Path) -> Path:
    """``directory/instruments/<slug>`` as people would write it."""
    folder = directory / "instruments" / data.slug
    folder.mkdir(parents=True, exist_ok=True)
    names = {"fragile": ("Frágil", "Fragile"), "basic": ("Básico", "Basic"), "adequate": ("Adequado", "Adequate"),
             "exemplary": ("Exemplar", "Exemplary")}  # fmt: skip
    head = {"slug": data.slug, "scope": data.scope, "version": data.version}
    for name in ("title", "summary", "guidance", "authors", "note"):
        head |= pair(name, getattr(data, name))
    parts = [toml(head)]
    for (level, name), meaning in zip(names.items(), data.levels, strict=True):
        parts.append(f"[level.{level}]\n" + toml(pair("name", Both(*name)) | pair("meaning", meaning)))
    for entry in data.respondents:
        parts.append(f"[respondent.{entry.key}]\n" + toml(pair("name", entry.name)))
    (folder / "instrument.toml").write_text("\n\n".join(parts), encoding="utf-8")
    for dimension in data.dimensions:
        lines = [toml({"code": dimension.code, "slug": dimension.slug} | pair("title", dimension.title)
                      | pair("summary", dimension.summary))]  # fmt: skip
        for area in dimension.areas:
            lines.append("[[area]]\n" + toml({"code": area.code, "slug": area.slug} | pair("title", area.title)
                                             | pair("summary", area.summary)))  # fmt: skip
            lines += [_criterion(criterion) for criterion in area.criteria]
        (folder / f"{dimension.code}-{dimension.slug}.toml").write_text("\n\n".join(lines), encoding="utf-8")
    return directory


def _criterion(data: CriterionData) -> str:
    values: dict[str, Any] = {
        name: getattr(data, name) for name in ("code", "key", "starred", "weight", "reach", "governability")
    }
    values |= {"respondents": list(data.respondents), "technologies": list(data.technologies)}
    values |= pair("title", data.title) | pair("question", data.question)
    for name, anchor in zip(("fragile", "basic", "adequate", "exemplary"), data.anchors, strict=True):
        values |= pair(name, anchor)
    values |= {"evidence_pt": [line.pt for line in data.evidence], "evidence_en": [line.en for line in data.evidence]}
    values |= pair("law", data.law) | pair("why", data.why)
    lines = ["[[area.criterion]]\n" + toml(values)]
    for figure in data.indicators:
        entry: dict[str, Any] = {"indicator": figure.indicator, "stage": figure.stage, "better": figure.better}
        entry |= pair("note", figure.note) | ({"cuts": list(figure.cuts)} if figure.cuts else {})
        lines.append("[[area.criterion.indicator]]\n" + toml(entry))
    return "\n\n".join(lines)


# --- any instrument -----------------------------------------------------------------------------------------------

_LETTERS = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp"), exclude_characters="\ufffe\uffff"
)


def texts(most: int, *, lines: bool = False) -> st.SearchStrategy[str]:
    """Texts as people keep them: something to read, no spaces around, nothing a form takes for a reference."""
    line = st.text(_LETTERS, min_size=1, max_size=most)
    whole = st.lists(line, min_size=1, max_size=3).map("\n".join) if lines else line
    return whole.map(str.strip).filter(lambda text: bool(text) and "${" not in text and len(text) <= most)


def boths(most: int, *, lines: bool = False) -> st.SearchStrategy[Both]:
    return st.builds(Both, texts(most, lines=lines), texts(most, lines=lines))


def maybe(texts: st.SearchStrategy[Both]) -> st.SearchStrategy[Both]:
    return st.just(Both()) | texts


KEYS = st.from_regex(r"[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,6}){0,2}", fullmatch=True)
INDICATORS = ("approval_rate", "ideb", "dropout_rate")


@st.composite
def figures(draw: st.DrawFn) -> tuple[IndicatorData, ...]:
    codes = draw(st.lists(st.sampled_from(INDICATORS), unique=True, max_size=2))
    made = []
    for code in codes:
        better = draw(st.sampled_from(["higher", "lower"]))
        cuts = draw(st.none() | st.lists(st.integers(0, 4000), min_size=3, max_size=3, unique=True))
        ordered = sorted((cut / 8 for cut in cuts), reverse=better == "lower") if cuts else None
        made.append(
            IndicatorData(code, draw(st.sampled_from(["", "AI", "EF"])), better, draw(maybe(boths(20))),
                          (ordered[0], ordered[1], ordered[2]) if ordered else None)
        )  # fmt: skip
    return tuple(made)


@st.composite
def versions(draw: st.DrawFn) -> VersionData:
    """Any sound version: up to two dimensions of up to two areas of up to two criteria."""
    respondents = draw(
        st.lists(st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True), unique=True, min_size=1, max_size=3)
    )
    shape = draw(st.lists(st.lists(st.integers(1, 2), min_size=1, max_size=2), min_size=1, max_size=2))
    keys = iter(draw(st.lists(KEYS, min_size=8, max_size=8, unique=True)))
    dimensions = []
    for n, areas in enumerate(shape, start=1):
        slugs = draw(st.lists(KEYS, min_size=len(areas), max_size=len(areas), unique=True))
        made = []
        for m, size in enumerate(areas, start=1):
            criteria = []
            for k in range(1, size + 1):
                anchors = [Both(f"{level}{draw(texts(12))}", f"{level}{draw(texts(12, lines=True))}")
                           for level in "abcd"]  # fmt: skip
                criteria.append(
                    CriterionData(
                        key=next(keys),
                        code=f"{n}.{m}.{k}",
                        title=draw(boths(20)),
                        question=draw(boths(30)),
                        anchors=(anchors[0], anchors[1], anchors[2], anchors[3]),
                        starred=(n, m, k) == (1, 1, 1) or draw(st.booleans()),
                        weight=draw(st.integers(1, 3)),
                        reach=draw(st.integers(1, 3)),
                        governability=draw(st.integers(1, 3)),
                        respondents=tuple(sorted(draw(st.sets(st.sampled_from(respondents))))),
                        evidence=tuple(draw(st.lists(boths(15), max_size=2))),
                        law=draw(maybe(boths(15))),
                        why=draw(maybe(boths(15, lines=True))),
                        technologies=tuple(draw(st.lists(KEYS, unique=True, max_size=2))),
                        indicators=draw(figures()),
                    )
                )  # fmt: skip
            made.append(AreaData(f"{n}.{m}", slugs[m - 1], draw(boths(15)), draw(maybe(boths(15))), tuple(criteria)))
        dimensions.append(
            DimensionData(str(n), f"d{n}-{draw(KEYS)}"[:20].rstrip("-"), draw(boths(15)),
                          draw(maybe(boths(15, lines=True))), tuple(made))
        )  # fmt: skip
    levels = [draw(boths(20)) for _ in range(4)]
    return VersionData(
        slug=draw(KEYS),
        scope=draw(st.sampled_from(["network", "school", "territory"])),
        version=draw(st.from_regex(r"[0-9]\.[0-9]", fullmatch=True)),
        title=draw(boths(20)),
        summary=draw(boths(20, lines=True)),
        guidance=draw(boths(30, lines=True)),
        authors=draw(boths(15)),
        note=draw(maybe(boths(20))),
        levels=(levels[0], levels[1], levels[2], levels[3]),
        respondents=tuple(RespondentData(key, draw(boths(15))) for key in respondents),
        dimensions=tuple(dimensions),
    )
