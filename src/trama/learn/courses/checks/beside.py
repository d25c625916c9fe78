"""Checks of assignments, and of the papers, words and texts that stand beside the modules."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from trama.foundation.documents.errors import DocumentError
from trama.foundation.documents.markdown import read_document

from .. import lessons
from ..models import Assignment
from ..parts import BESIDE, CRITERION, LANGUAGES, LEVEL, name_of, parts_of
from .problem import Problem, check_number, check_readable, check_texts, named, none, tables_in

LEVELS = 4
MOST_PEERS = 3
LONGEST_DAYS = 60  # that a peer may have


def check_assignment(part: Mapping[str, Any]) -> Iterator[Problem]:
    name = part["slug"]
    if part["who"] not in Assignment.Who.values:
        expected = _("one of %s") % ", ".join(Assignment.Who.values)
        yield Problem("assignment", name, "who", repr(part["who"]), expected)
    if part["peers"] not in range(MOST_PEERS + 1):
        yield Problem("assignment", name, "peers", str(part["peers"]), _("a number from 0 to 3"))
    if part["peers"]:
        yield from check_number("assignment", name, "peers_days", part["peers_days"], LONGEST_DAYS)
    for language in LANGUAGES:
        for field in (f"task_{language}", f"example_{language}"):
            if part[field].strip():
                yield from _text_in_order(name, field, part[field])
    if not part["criteria"]:
        yield Problem("assignment", name, "criteria", none(), _("a rubric with at least one criterion"))
    if not part["example_pt"].strip():
        yield Problem("assignment", name, "example_pt", none(), _("an example of good work"), blocks=False)
    for number, criterion in enumerate(part["criteria"], start=1):
        place = named(name, _("criterion"), number)
        yield from check_texts("assignment", place, criterion, CRITERION.texts, CRITERION.model)
        yield from check_number("assignment", place, "weight", criterion["weight"], 100)
        if len(criterion["levels"]) != LEVELS:
            found = str(len(criterion["levels"]))
            yield Problem("assignment", place, "levels", found, _("four levels, the lowest first"))
        for level, values in enumerate(criterion["levels"], start=1):
            yield from check_texts("assignment", named(place, _("level"), level), values, LEVEL.texts, LEVEL.model)


def _text_in_order(name: str, field: str, text: str) -> Iterator[Problem]:
    try:
        blocks = lessons.read_task(text)
    except DocumentError as error:
        yield Problem("assignment", name, f"{field}, {error.where}", error.found, error.expected)
    else:
        yield from check_readable("assignment", name, field, blocks)


def check_lists(data: Mapping[str, Any]) -> Iterator[Problem]:
    for kind in BESIDE:
        for number, row in enumerate(data[kind.related], start=1):
            yield from check_texts(kind.name, name_of(kind, row, number), row, kind.texts, kind.model, kind.optional)
    for language in LANGUAGES:
        terms = Counter(row[f"term_{language}"].strip().lower() for row in data["glossary"])
        for term, times in terms.items():
            if term and times > 1:
                yield Problem("term", term, f"term_{language}", _("%d times") % times, _("once in the glossary"))
    for row in data["library"]:
        yield from _paper(row)
    for number, row in enumerate(data["further"], start=1):
        parts = urlsplit(row["address"])
        if parts.scheme != "https" or not parts.hostname:
            yield Problem("further", str(number), "address", repr(row["address"]), "https://…")
        if not row["title"].strip():
            yield Problem("further", str(number), "title", none(), _("a text"))


def _paper(row: Mapping[str, Any]) -> Iterator[Problem]:
    """Both languages can be read, and say the same as far as tables go."""
    tables = {}
    for language in LANGUAGES:
        if not row[f"body_{language}"].strip():
            continue
        try:
            document = read_document(row[f"body_{language}"])
        except DocumentError as error:
            yield Problem("paper", row["slug"], f"body_{language}, {error.where}", error.found, error.expected)
        else:
            tables[language] = [len(table.head) for table in tables_in(document.blocks)]
    if len(tables) == len(LANGUAGES) and tables["pt"] != tables["en"]:
        found = _("tables of %(en)s columns") % {"en": ", ".join(map(str, tables["en"])) or none()}
        expected = _("as in Portuguese: %(pt)s") % {"pt": ", ".join(map(str, tables["pt"])) or none()}
        yield Problem("paper", row["slug"], "body_en", found, expected)


def unused_papers(data: Mapping[str, Any]) -> Iterator[Problem]:
    """A paper that no lesson and no task mentions will hardly be found."""
    texts = " ".join(str(part.get(field, "")) for _kind, part in parts_of(data) for field in ("body_pt", "task_pt"))
    for row in data["library"]:
        if f"{lessons.OURS}library/{row['slug']}" not in texts:
            expected = _("a lesson or a task that leads to it")
            yield Problem("paper", row["slug"], "slug", _("nothing that mentions it"), expected, blocks=False)
