"""Reading the files of a course: folders of modules, TOML, Markdown. What they mean is checked elsewhere.

Every mistake names file, entry, what was found and what was expected (``ContentError``).
"""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from trama.foundation.content import ContentError
from trama.foundation.documents.errors import DocumentError

from .checks import LABEL, Problem
from .lessons import read_lesson
from .parts import (
    ASSIGNMENT,
    CRITERION,
    FURTHER,
    GLOSSARY,
    LANGUAGES,
    LESSON,
    LEVEL,
    LIBRARY,
    MODULE,
    OPTION,
    QUESTION,
    QUIZ,
    TOOL,
    VERSION_TEXTS,
    VIDEO,
    PartKind,
    in_both,
)

IN_FILES = (LESSON, QUIZ, ASSIGNMENT, TOOL)  # packages are sent on the site, not shipped as content
FILE, MODULE_FILE, LIBRARY_FOLDER = "course.toml", "module.toml", "library"
LINES = frozenset({"objectives", "accepted"})  # lists of texts in the files, one a line in the database
WHOLE = frozenset({"position", "hours", "minutes", "pass_percent", "attempts", "time_limit", "draw", "weight"})
WHOLE |= {"peers", "peers_days", "seconds"}
YES_OR_NO = frozenset({"right", "captions_there", "peers_anonymous", "peers_asked"})
LARGEST_WHOLE = 32_767  # of the columns
NUMBERS = frozenset({"answer", "tolerance"})
MAY_MISS = frozenset(
    {
        "target",
        "custom",
        "asks",
        "attempts",
        "time_limit",
        "draw",
        "answer",
        "tolerance",
        "right",
        "peers",
        "peers_days",
        "peers_anonymous",
        "peers_asked",
        "weight",
        "what_you_need",
        "note",
        "what_changed",
    }
)
DEFAULTS: dict[str, Any] = {"attempts": 0, "right": False, "weight": 1, "time_limit": None, "draw": None}
DEFAULTS |= {"peers": 0, "peers_days": 7, "peers_anonymous": True, "peers_asked": False}
DEFAULTS |= {"asks": "open"}
RULES = {"lessons": "lessons_rule", "quizzes": "quizzes_rule", "assignments": "assignments_rule"}
_HEAD = {"slug", "position", "version", "hours", "license", "audiences", "technologies", "criteria", "completion"}
_HEAD |= {"glossary", "library", "further", "video"}


def read_course(folder: Path) -> dict[str, Any]:
    """One folder in the shape of ``parts.as_mapping``, with slug, position, label and what changed."""
    path = f"{folder.name}/{FILE}"
    raw = _toml(folder / FILE, path)
    _only(raw, {*_HEAD, *in_both((*VERSION_TEXTS, "what_changed"))}, path)
    if raw.get("slug") != folder.name:
        raise ContentError(f"{path}: slug: found {raw.get('slug')!r}, expected {folder.name!r}, the name of its folder")
    label = raw.get("version")
    if not isinstance(label, str) or not LABEL.match(label):
        raise ContentError(f'{path}: version: found {label!r}, expected a label such as "1.0"')
    data: dict[str, Any] = {"slug": folder.name, "version": label}
    data |= {
        name: _value(raw, name, path) for name in ("position", "hours", *in_both((*VERSION_TEXTS, "what_changed")))
    }
    data["licence"] = _text(raw, "license", path)
    data |= {name: sorted(_strings(raw, name, path)) for name in ("audiences", "technologies", "criteria")}
    data |= _completion(raw.get("completion"), path)
    data["glossary"] = [_row(one, GLOSSARY, path) for one in _rows(raw, "glossary", path)]
    data["further"] = [_row(one, FURTHER, path) for one in _rows(raw, "further", path)]
    data["library"] = [_paper(one, folder, path) for one in _rows(raw, "library", path)]
    _no_strangers(folder / LIBRARY_FOLDER, data["library"], f"{folder.name}/{LIBRARY_FOLDER}")
    data["videos"] = [_video(one, path) for one in _rows(raw, "video", path)]
    data["files"] = []  # they are sent on the site, as packages are
    data["modules"] = [_module(one) for one in _folders_of_modules(folder)]
    return data


def _completion(raw: Any, path: str) -> dict[str, Any]:
    place = f"{path}: completion"
    if not isinstance(raw, dict):
        raise ContentError(f"{place}: found {raw!r}, expected [completion]")
    _only(raw, {*RULES, "attendance_percent"}, place)
    rules: dict[str, Any] = {field: _text(raw, name, place) for name, field in RULES.items()}
    percent = raw.get("attendance_percent", 0)
    if not isinstance(percent, int) or isinstance(percent, bool):
        raise ContentError(f"{place}: attendance_percent: found {percent!r}, expected a whole number")
    return rules | {"attendance_percent": percent}


def _folders_of_modules(folder: Path) -> list[Path]:
    """Folders with a number before their name, in its order: ``01-know-your-network``."""
    found = []
    for inner in sorted(path for path in folder.iterdir() if path.is_dir() and path.name != LIBRARY_FOLDER):
        number, _hyphen, slug = inner.name.partition("-")
        if not (number.isascii() and number.isdigit()) or not slug:
            expected = "the folder of a module, such as 01-first-steps"
            raise ContentError(f"{folder.name}/{inner.name}: found this folder, expected {expected}")
        found.append(inner)
    return sorted(found, key=lambda inner: int(inner.name.partition("-")[0]))


# --- a module -----------------------------------------------------------------------------------------------------


def _module(folder: Path) -> dict[str, Any]:
    path = f"{folder.parent.name}/{folder.name}/{MODULE_FILE}"
    raw = _toml(folder / MODULE_FILE, path)
    module = _row(raw, MODULE, path, more={"order", *(kind.name for kind in IN_FILES)}, place=path)
    expected = folder.name.partition("-")[2]
    if module["slug"] != expected:
        raise ContentError(f"{path}: slug: found {module['slug']!r}, expected {expected!r}, as its folder is called")
    parts = {f"lesson:{one['slug']}": one for one in (_lesson(row, folder, path) for row in _rows(raw, "lesson", path))}
    parts |= {f"quiz:{one['slug']}": one for one in (_quiz(row, path) for row in _rows(raw, "quiz", path))}
    rows = _rows(raw, "assignment", path)
    parts |= {f"assignment:{one['slug']}": one for one in (_assignment(row, path) for row in rows)}
    parts |= {f"tool:{one['slug']}": one for one in (_tool(row, path) for row in _rows(raw, "tool", path))}
    order = _strings(raw, "order", path)
    if sorted(order) != sorted(parts) or len(parts) != sum(len(_rows(raw, kind.name, path)) for kind in IN_FILES):
        missing, strange = sorted(set(parts) - set(order)), sorted(set(order) - set(parts))
        found = "; ".join(
            f"{words} {', '.join(names)}" for words, names in (("without", missing), ("with", strange)) if names
        )
        raise ContentError(f"{path}: order: found it {found or 'with doubles'}, expected each part of the module once")
    strangers = {f"{part['slug']}.{language}.md" for part in parts.values() for language in LANGUAGES}
    _files_are(folder, {MODULE_FILE} | {name for name in strangers if _is_lesson(name, parts)}, path)
    return module | {"parts": [parts[key] for key in order]}


def _is_lesson(name: str, parts: Mapping[str, Any]) -> bool:
    return f"lesson:{name.split('.')[0]}" in parts


def _lesson(raw: Any, folder: Path, path: str) -> dict[str, Any]:
    """A lesson with the text of its files, whose first line is its title."""
    names = in_both(("title", "body"))
    row = _row(raw, LESSON, path, without=set(names))
    _plain_slug(row["slug"], "lesson", path)
    for language in LANGUAGES:
        file = folder / f"{row['slug']}.{language}.md"
        where = "/".join(file.parts[-3:])
        title, _newline, body = _read(file).partition("\n")
        if not title.startswith("# ") or not title[2:].strip():
            raise ContentError(f"{where}: line 1: found {title[:60]!r}, expected a title: “# Title”")
        try:
            read_lesson("\n" + body)  # the lines keep the numbers that they have in the file
        except DocumentError as error:
            raise ContentError(f"{where}: {error.where}: found {error.found}, expected {error.expected}") from error
        row |= {f"title_{language}": title[2:].strip(), f"body_{language}": body.strip()}
    return {"part": "lesson"} | row


def _quiz(raw: Any, path: str) -> dict[str, Any]:
    quiz = _row(raw, QUIZ, path, more={"question"})
    place = f"{path}: quiz {quiz['slug']}"
    quiz["questions"] = []
    for number, one in enumerate(_rows(raw, "question", place), start=1):
        where = f"{place}, question {number}"
        question = _row(one, QUESTION, path, more={"option", "lesson"}, place=where)
        question["lesson"] = str(one.get("lesson", "")).strip()
        options = enumerate(_rows(one, "option", where), start=1)
        question["options"] = [_row(row, OPTION, path, place=f"{where}, option {place}") for place, row in options]
        quiz["questions"].append(question)
    return {"part": "quiz"} | quiz


def _assignment(raw: Any, path: str) -> dict[str, Any]:
    assignment = _row(raw, ASSIGNMENT, path, more={"criterion"})
    place = f"{path}: assignment {assignment['slug']}"
    assignment["criteria"] = []
    for number, one in enumerate(_rows(raw, "criterion", place), start=1):
        where = f"{place}, criterion {number}"
        criterion = _row(one, CRITERION, path, more=set(in_both(("levels",))), place=where)
        texts = {language: _strings(one, f"levels_{language}", where) for language in LANGUAGES}
        if len(texts["pt"]) != len(texts["en"]):
            found = f"{len(texts['pt'])} / {len(texts['en'])}"
            raise ContentError(f"{where}: levels: found {found}, expected as many in Portuguese as in English")
        pairs = zip(texts["pt"], texts["en"], strict=True)
        criterion["levels"] = [{"text_pt": pt.strip(), "text_en": en.strip()} for pt, en in pairs]
        assignment["criteria"].append(criterion)
    assert set(LEVEL.fields) == {"text_pt", "text_en"}
    return {"part": "assignment"} | assignment


def _tool(raw: Any, path: str) -> dict[str, Any]:
    return {"part": "tool"} | _row(raw, TOOL, path)


def _video(raw: Any, path: str) -> dict[str, Any]:
    """A video elsewhere; our own files are sent on the site."""
    row = _row(raw, VIDEO, path, without=set(VIDEO.elsewhere))
    return row | dict.fromkeys(VIDEO.elsewhere)


def _paper(raw: Any, folder: Path, path: str) -> dict[str, Any]:
    """A paper of the library with the text of its files."""
    row = _row(raw, LIBRARY, path, without=set(in_both(("body",))))
    _plain_slug(row["slug"], "library", path)
    for language in LANGUAGES:
        row[f"body_{language}"] = _read(folder / LIBRARY_FOLDER / f"{row['slug']}.{language}.md").strip()
    return row


# --- files and values ---------------------------------------------------------------------------------------------


def _toml(file: Path, path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    except FileNotFoundError as error:
        raise ContentError(f"{path}: found no such file, expected one") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(f"{path}: {error}") from error


def _read(file: Path) -> str:
    name = "/".join(file.parts[-3:])
    try:
        return file.read_text(encoding="utf-8").lstrip("\ufeff")
    except FileNotFoundError as error:
        raise ContentError(f"{name}: found no such file, expected its text") from error
    except UnicodeDecodeError as error:
        raise ContentError(f"{name}: {error}, expected UTF-8") from error


def _no_strangers(folder: Path, rows: list[dict[str, Any]], path: str) -> None:
    """Every file in a folder belongs to one of the rows."""
    if folder.is_dir() or rows:
        _files_are(folder, {f"{row['slug']}.{language}.md" for row in rows for language in LANGUAGES}, path)


def _files_are(folder: Path, expected: set[str], path: str) -> None:
    strangers = sorted({inner.name for inner in folder.iterdir()} - expected)
    if strangers:
        raise ContentError(
            f"{path}: found {', '.join(strangers)} beside it, expected only {', '.join(sorted(expected))}"
        )


def _plain_slug(slug: str, name: str, path: str) -> None:
    """Before a slug names a file, it cannot lead out of its folder."""
    if not slug or not all(letter.isalnum() or letter == "-" for letter in slug):
        raise ContentError(f"{path}: {name}, slug: found {slug!r}, expected small letters, digits, hyphens")


def _row(
    raw: Any,
    kind: PartKind,
    path: str,
    *,
    more: set[str] | None = None,
    without: set[str] | None = None,
    place: str = "",
) -> dict[str, Any]:
    names = [name for name in kind.fields if name not in (without or set())]
    where = place or f"{path}: {kind.name} {raw.get('slug', '') if isinstance(raw, dict) else ''}".strip()
    if not isinstance(raw, dict):
        raise ContentError(f"{where}: found {raw!r}, expected [[{kind.name}]]")
    _only(raw, {*names, *(more or ())}, where)
    return {name: _value(raw, name, where, optional=kind.optional) for name in names}


def _value(raw: Mapping[str, Any], name: str, place: str, *, optional: frozenset[str] = frozenset()) -> Any:
    stem = name[:-3] if name.endswith(("_pt", "_en")) else name
    value = raw.get(name)
    if value is None and (stem in MAY_MISS or stem in optional):
        return DEFAULTS.get(name, None if name in NUMBERS else "")
    if stem in LINES:
        return "\n".join(line.strip() for line in _strings(raw, name, place))
    if name in WHOLE:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ContentError(f"{place}: {name}: found {value!r}, expected a whole number")
        if not 0 <= value <= LARGEST_WHOLE:
            raise ContentError(f"{place}: {name}: found {value}, expected a number from 0 to {LARGEST_WHOLE}")
        return value
    if name in NUMBERS:
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
            raise ContentError(f"{place}: {name}: found {value!r}, expected a number")
        return Decimal(value)
    if name in YES_OR_NO:
        if not isinstance(value, bool):
            raise ContentError(f"{place}: {name}: found {value!r}, expected true or false")
        return value
    return _text(raw, name, place)


def _text(raw: Mapping[str, Any], name: str, place: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str):
        raise ContentError(f"{place}: {name}: found {value!r}, expected a text")
    return value.strip()


def _rows(raw: Mapping[str, Any], name: str, place: str) -> list[Any]:
    rows = raw.get(name, [])
    if not isinstance(rows, list):
        raise ContentError(f"{place}: {name}: found {rows!r}, expected [[{name}]]")
    return rows


def _strings(raw: Mapping[str, Any], name: str, place: str) -> list[str]:
    values = raw.get(name)
    if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
        raise ContentError(f"{place}: {name}: found {values!r}, expected a list of texts")
    return values


def _only(raw: Mapping[str, Any], known: set[str], place: str) -> None:
    unknown = sorted(set(raw) - known)
    if unknown:
        raise ContentError(f"{place}: found {', '.join(unknown)}, expected only {', '.join(sorted(known))}")


# --- where a problem is -------------------------------------------------------------------------------------------


def place_of(problem: Problem, data: Mapping[str, Any]) -> str:
    """File, entry, found and expected of a problem."""
    file, field = FILE, problem.field
    if problem.kind == "paper" and field.startswith("body_"):
        name, _comma, field = field.partition(", ")
        file = f"{LIBRARY_FOLDER}/{problem.name}.{name[5:]}.md"
    else:
        file = _file_of_module(problem, data) or FILE
        if problem.kind == "lesson" and field.startswith(("body_", "title_")):
            name, _comma, field = field.partition(", ")
            file = f"{file.rpartition('/')[0]}/{problem.name}.{name[-2:]}.md"
    part = " ".join(filter(None, (problem.kind, problem.name))) if file.endswith(".toml") else ""
    where = ", ".join(filter(None, (part, field)))
    entry = f"{file}: {where}" if where else file
    return f"{entry}: found {problem.found}, expected {problem.expected}"


def _file_of_module(problem: Problem, data: Mapping[str, Any]) -> str:
    slug = problem.name.partition(", ")[0]
    for number, module in enumerate(data["modules"], start=1):
        names = {(part["part"], part["slug"]) for part in module["parts"]} | {("module", module["slug"])}
        if (problem.kind, slug) in names:
            return f"{number:02d}-{module['slug']}/{MODULE_FILE}"
    return ""
