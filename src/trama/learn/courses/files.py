"""Reading the files of a course: folders of modules, TOML, Markdown. What they mean is checked elsewhere.

Every mistake names file, entry, what was found and what was expected (``ContentError``).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trama.foundation.content import ContentError
from trama.foundation.content_values import only, rows_of, strings_of, text_of
from trama.foundation.documents.errors import DocumentError

from .checks import LABEL, Problem
from .file_values import (
    files_are,
    no_strangers,
    plain_slug,
    row_of,
    toml_of,
    value_of,
    words_of,
)
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
    in_both,
)

IN_FILES = (LESSON, QUIZ, ASSIGNMENT, TOOL)  # packages are sent on the site, not shipped as content
FILE, MODULE_FILE, LIBRARY_FOLDER = "course.toml", "module.toml", "library"
RULES = {"lessons": "lessons_rule", "quizzes": "quizzes_rule", "assignments": "assignments_rule"}
_HEAD = {"slug", "position", "version", "hours", "license", "audiences", "technologies", "criteria", "completion"}
_HEAD |= {"glossary", "library", "further", "video"}


def read_course(folder: Path) -> dict[str, Any]:
    """One folder in the shape of ``parts.as_mapping``, with slug, position, label and what changed."""
    path = f"{folder.name}/{FILE}"
    raw = toml_of(folder / FILE, path)
    only(raw, {*_HEAD, *in_both((*VERSION_TEXTS, "what_changed"))}, path)
    if raw.get("slug") != folder.name:
        raise ContentError(f"{path}: slug: found {raw.get('slug')!r}, expected {folder.name!r}, the name of its folder")
    label = raw.get("version")
    if not isinstance(label, str) or not LABEL.match(label):
        raise ContentError(f'{path}: version: found {label!r}, expected a label such as "1.0"')
    data: dict[str, Any] = {"slug": folder.name, "version": label}
    data |= {
        name: value_of(raw, name, path) for name in ("position", "hours", *in_both((*VERSION_TEXTS, "what_changed")))
    }
    data["licence"] = text_of(raw, "license", path)
    data |= {name: sorted(strings_of(raw, name, path)) for name in ("audiences", "technologies", "criteria")}
    data |= _completion(raw.get("completion"), path)
    data["glossary"] = [row_of(one, GLOSSARY, path) for one in rows_of(raw, "glossary", path)]
    data["further"] = [row_of(one, FURTHER, path) for one in rows_of(raw, "further", path)]
    data["library"] = [_paper(one, folder, path) for one in rows_of(raw, "library", path)]
    no_strangers(folder / LIBRARY_FOLDER, data["library"], f"{folder.name}/{LIBRARY_FOLDER}")
    data["videos"] = [_video(one, path) for one in rows_of(raw, "video", path)]
    data["files"] = []  # they are sent on the site, as packages are
    data["modules"] = [_module(one) for one in _folders_of_modules(folder)]
    return data


def _completion(raw: Any, path: str) -> dict[str, Any]:
    place = f"{path}: completion"
    if not isinstance(raw, dict):
        raise ContentError(f"{place}: found {raw!r}, expected [completion]")
    only(raw, {*RULES, "attendance_percent"}, place)
    rules: dict[str, Any] = {field: text_of(raw, name, place) for name, field in RULES.items()}
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
    raw = toml_of(folder / MODULE_FILE, path)
    module = row_of(raw, MODULE, path, more={"order", *(kind.name for kind in IN_FILES)}, place=path)
    expected = folder.name.partition("-")[2]
    if module["slug"] != expected:
        raise ContentError(f"{path}: slug: found {module['slug']!r}, expected {expected!r}, as its folder is called")
    parts = {
        f"lesson:{one['slug']}": one for one in (_lesson(row, folder, path) for row in rows_of(raw, "lesson", path))
    }
    parts |= {f"quiz:{one['slug']}": one for one in (_quiz(row, path) for row in rows_of(raw, "quiz", path))}
    rows = rows_of(raw, "assignment", path)
    parts |= {f"assignment:{one['slug']}": one for one in (_assignment(row, path) for row in rows)}
    parts |= {f"tool:{one['slug']}": one for one in (_tool(row, path) for row in rows_of(raw, "tool", path))}
    order = strings_of(raw, "order", path)
    if sorted(order) != sorted(parts) or len(parts) != sum(len(rows_of(raw, kind.name, path)) for kind in IN_FILES):
        missing, strange = sorted(set(parts) - set(order)), sorted(set(order) - set(parts))
        found = "; ".join(
            f"{words} {', '.join(names)}" for words, names in (("without", missing), ("with", strange)) if names
        )
        raise ContentError(f"{path}: order: found it {found or 'with doubles'}, expected each part of the module once")
    strangers = {f"{part['slug']}.{language}.md" for part in parts.values() for language in LANGUAGES}
    files_are(folder, {MODULE_FILE} | {name for name in strangers if _is_lesson(name, parts)}, path)
    return module | {"parts": [parts[key] for key in order]}


def _is_lesson(name: str, parts: Mapping[str, Any]) -> bool:
    return f"lesson:{name.split('.')[0]}" in parts


def _lesson(raw: Any, folder: Path, path: str) -> dict[str, Any]:
    """A lesson with the text of its files, whose first line is its title."""
    names = in_both(("title", "body"))
    row = row_of(raw, LESSON, path, without=set(names))
    plain_slug(row["slug"], "lesson", path)
    for language in LANGUAGES:
        file = folder / f"{row['slug']}.{language}.md"
        where = "/".join(file.parts[-3:])
        title, _newline, body = words_of(file).partition("\n")
        if not title.startswith("# ") or not title[2:].strip():
            raise ContentError(f"{where}: line 1: found {title[:60]!r}, expected a title: “# Title”")
        try:
            read_lesson("\n" + body)  # the lines keep the numbers that they have in the file
        except DocumentError as error:
            raise ContentError(f"{where}: {error.where}: found {error.found}, expected {error.expected}") from error
        row |= {f"title_{language}": title[2:].strip(), f"body_{language}": body.strip()}
    return {"part": "lesson"} | row


def _quiz(raw: Any, path: str) -> dict[str, Any]:
    quiz = row_of(raw, QUIZ, path, more={"question"})
    place = f"{path}: quiz {quiz['slug']}"
    quiz["questions"] = []
    for number, one in enumerate(rows_of(raw, "question", place), start=1):
        where = f"{place}, question {number}"
        question = row_of(one, QUESTION, path, more={"option", "lesson"}, place=where)
        question["lesson"] = str(one.get("lesson", "")).strip()
        options = enumerate(rows_of(one, "option", where), start=1)
        question["options"] = [row_of(row, OPTION, path, place=f"{where}, option {place}") for place, row in options]
        quiz["questions"].append(question)
    return {"part": "quiz"} | quiz


def _assignment(raw: Any, path: str) -> dict[str, Any]:
    assignment = row_of(raw, ASSIGNMENT, path, more={"criterion"})
    place = f"{path}: assignment {assignment['slug']}"
    assignment["criteria"] = []
    for number, one in enumerate(rows_of(raw, "criterion", place), start=1):
        where = f"{place}, criterion {number}"
        criterion = row_of(one, CRITERION, path, more=set(in_both(("levels",))), place=where)
        texts = {language: strings_of(one, f"levels_{language}", where) for language in LANGUAGES}
        if len(texts["pt"]) != len(texts["en"]):
            found = f"{len(texts['pt'])} / {len(texts['en'])}"
            raise ContentError(f"{where}: levels: found {found}, expected as many in Portuguese as in English")
        pairs = zip(texts["pt"], texts["en"], strict=True)
        criterion["levels"] = [{"text_pt": pt.strip(), "text_en": en.strip()} for pt, en in pairs]
        assignment["criteria"].append(criterion)
    assert set(LEVEL.fields) == {"text_pt", "text_en"}
    return {"part": "assignment"} | assignment


def _tool(raw: Any, path: str) -> dict[str, Any]:
    return {"part": "tool"} | row_of(raw, TOOL, path)


def _video(raw: Any, path: str) -> dict[str, Any]:
    """A video elsewhere; our own files are sent on the site."""
    row = row_of(raw, VIDEO, path, without=set(VIDEO.elsewhere))
    return row | dict.fromkeys(VIDEO.elsewhere)


def _paper(raw: Any, folder: Path, path: str) -> dict[str, Any]:
    """A paper of the library with the text of its files."""
    row = row_of(raw, LIBRARY, path, without=set(in_both(("body",))))
    plain_slug(row["slug"], "library", path)
    for language in LANGUAGES:
        row[f"body_{language}"] = words_of(folder / LIBRARY_FOLDER / f"{row['slug']}.{language}.md").strip()
    return row


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
