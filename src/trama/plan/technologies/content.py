"""Loading the technologies that ship as content (``content/technologies/<slug>/``).

A file's label decides: a new one becomes a new version, published; a published version never changes, so a file that
says something else under a published label is refused. A technology that people took up on the site is left to them.
"""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from trama.foundation.audit import record_event
from trama.foundation.content import ContentError, Outcome, fingerprint
from trama.foundation.content_values import only, rows_of, strings_of, text_of

from .checks import LABEL, SPREADSHEET, Problem, problems
from .models import Technology, TechnologyVersion
from .parts import (
    ADAPTATION,
    INDICATOR,
    INSTRUMENT,
    LANGUAGES,
    RISK,
    ROLE,
    STAGE,
    STEP,
    VERSION_FIELDS,
    PartKind,
    in_both,
    write_parts,
)

FILE, FOLDER = "technology.toml", "instruments"
_TABLES = {kind.name: kind for kind in (ROLE, STAGE, INSTRUMENT, INDICATOR, RISK, ADAPTATION)}
_KEYS = {"slug", "position", "version", "dimensions", "audiences", *VERSION_FIELDS, *_TABLES}
_KEYS |= {"what_changed_pt", "what_changed_en"}


def load_technologies(directory: Path, at: datetime) -> Outcome:
    """Load every folder of ``directory/technologies``. Raises ``ContentError`` naming file, place, found, expected."""
    outcome = Outcome()
    for folder in sorted(path.parent for path in (directory / "technologies").glob(f"*/{FILE}")):
        outcome += _load(read_technology(folder), at)
    return outcome


def read_technology(folder: Path) -> dict[str, Any]:
    """One folder, checked, in the shape of ``parts.as_mapping`` with slug, position, label and what changed."""
    path = f"{folder.name}/{FILE}"
    try:
        raw = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(f"{path}: {error}") from error
    only(raw, _KEYS, path)
    if raw.get("slug") != folder.name:
        raise ContentError(f"{path}: slug: found {raw.get('slug')!r}, expected {folder.name!r}, the name of its folder")
    label = raw.get("version")
    if not isinstance(label, str) or not LABEL.match(label):
        raise ContentError(f'{path}: version: found {label!r}, expected a label such as "1.0"')
    if not isinstance(raw.get("position"), int):
        raise ContentError(f"{path}: position: found {raw.get('position')!r}, expected a number")
    data = {name: _value(raw, name, path) for name in VERSION_FIELDS}
    data |= {"slug": folder.name, "position": raw["position"], "version": label}
    data |= {name: str(raw.get(name, "")).strip() for name in ("what_changed_pt", "what_changed_en")}
    data |= {name: sorted(strings_of(raw, name, path)) for name in ("dimensions", "audiences")}
    for kind in (ROLE, INDICATOR, RISK, ADAPTATION):
        data[kind.related] = [_row(one, kind, path) for one in rows_of(raw, kind.name, path)]
    data["adaptations"].sort(key=lambda one: one["context"])
    data["stages"] = [_stage(one, path) for one in rows_of(raw, "stage", path)]
    data["instruments"] = [_instrument(one, folder, path) for one in rows_of(raw, "instrument", path)]
    _no_strangers(folder, data["instruments"])
    found = problems(data)
    if found:
        raise ContentError("\n".join(f"{folder.name}/{_place(problem, data)}" for problem in found))
    return data


def _place(problem: Problem, data: Mapping[str, Any]) -> str:
    """File, place, found and expected of a problem."""
    file, field = FILE, problem.field
    if problem.kind == "instrument" and field.startswith(("body_", "sheets")):
        name, _comma, field = field.partition(", ")
        file = f"{FOLDER}/{problem.name}" + (".toml" if name == "sheets" else f".{name[5:]}.md")
    part = " ".join(filter(None, (problem.kind, problem.name)))
    where = ", ".join(filter(None, (part if file == FILE else "", field)))
    return f"{file}: {where}: found {problem.found}, expected {problem.expected}"


def _stage(raw: Any, path: str) -> dict[str, Any]:
    steps = rows_of(raw, "step", path) if isinstance(raw, dict) else []
    stage = _row(raw, STAGE, path, more={"step"})
    stage["steps"] = []
    for one in steps:
        step = _row(one, STEP, path, more={"instruments"})
        step["instruments"] = sorted(strings_of(one, "instruments", path))
        stage["steps"].append(step)
    return stage


def _instrument(raw: Any, folder: Path, path: str) -> dict[str, Any]:
    """The instrument with the text of its files."""
    texts = {"body_pt": "", "body_en": "", "sheets": ""}
    row = _row(raw, INSTRUMENT, path, without=set(texts)) | texts
    if "/" in row["slug"] or "." in row["slug"]:
        raise ContentError(f"{path}: instrument, slug: found {row['slug']!r}, expected small letters, digits, hyphens")
    if row["kind"] == SPREADSHEET:
        row["sheets"] = _read(folder / FOLDER / f"{row['slug']}.toml")
    else:
        for language in LANGUAGES:
            row[f"body_{language}"] = _read(folder / FOLDER / f"{row['slug']}.{language}.md")
    return row


def _read(path: Path) -> str:
    name = "/".join(path.parts[-3:])
    try:
        return path.read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise ContentError(f"{name}: found no such file, expected the text of the instrument") from error
    except UnicodeDecodeError as error:
        raise ContentError(f"{name}: {error}, expected UTF-8") from error


def _no_strangers(folder: Path, instruments: list[dict[str, Any]]) -> None:
    """Every file in the folder of instruments belongs to one of them."""
    expected = set()
    for row in instruments:
        sheet = row["kind"] == SPREADSHEET
        expected |= {f"{row['slug']}.toml"} if sheet else {f"{row['slug']}.{language}.md" for language in LANGUAGES}
    strangers = sorted({path.name for path in (folder / FOLDER).iterdir()} - expected)
    if strangers:
        raise ContentError(
            f"{folder.name}/{FOLDER}: found {', '.join(strangers)}, expected only those of the instruments in {FILE}"
        )


def _row(
    raw: Any,
    kind: PartKind,
    path: str,
    *,
    more: frozenset[str] | set[str] = frozenset(),
    without: set[str] | None = None,
) -> dict[str, Any]:
    names = [name for name in kind.fields if name not in (without or set())]
    if not isinstance(raw, dict):
        raise ContentError(f"{path}: {kind.name}: found {raw!r}, expected [[{kind.name}]]")
    place = f"{path}: {kind.name} {raw.get('slug', raw.get('context', ''))}".strip()
    only(raw, {*names, *more}, place)
    return {name: _value(raw, name, place) for name in names}


def _value(raw: Mapping[str, Any], name: str, place: str) -> Any:
    if name.startswith("preconditions_"):
        return "\n".join(line.strip() for line in strings_of(raw, name, place))
    if name in ("weeks", "days", "team_hours"):
        return raw.get(name)
    return text_of(raw, name, place)


def _load(data: dict[str, Any], at: datetime) -> Outcome:
    wanted = fingerprint({name: value for name, value in data.items() if name not in ("position",)})
    technology, new = Technology.objects.get_or_create(slug=data["slug"], defaults={"position": data["position"]})
    if not new and technology.versions.filter(content_hash="").exists():
        return Outcome(kept=1)
    same = technology.versions.filter(version=data["version"]).first()
    if same is not None and same.content_hash != wanted:
        raise ContentError(
            f"{data['slug']}/{FILE}: version: found {data['version']}, which is published with other words, expected a "
            "new label: a published version never changes"
        )
    moved = Technology.objects.filter(pk=technology.pk).exclude(position=data["position"])
    if moved.update(position=data["position"]) and same is not None:
        return Outcome(updated=1)
    if same is not None:
        return Outcome(unchanged=1)
    _publish(technology, data, wanted, at)
    return Outcome(created=1) if new else Outcome(updated=1)


def _publish(technology: Technology, data: Mapping[str, Any], wanted: str, at: datetime) -> None:
    fields = {name: data[name] for name in (*VERSION_FIELDS, *in_both(("what_changed",)))}
    version = TechnologyVersion.objects.create(
        technology=technology, version=data["version"], content_hash=wanted, created_at=at, changed_at=at, **fields
    )
    write_parts(version, data)
    state = TechnologyVersion.State
    technology.versions.filter(state=state.PUBLISHED).update(state=state.RETIRED, changed_at=at)
    TechnologyVersion.objects.filter(pk=version.pk).update(state=state.PUBLISHED, published_at=at)
    record_event("technology published from content", by=None, at=at, target=version)
