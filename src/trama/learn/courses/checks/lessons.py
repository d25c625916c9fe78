"""Checks of lessons: they can be read, both languages ask the same, links lead somewhere, there is time to read."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from trama.foundation.documents.errors import DocumentError
from trama.foundation.documents.markdown import Block

from .. import lessons
from ..parts import LANGUAGES
from .media import check_named
from .problem import Known, Problem, check_known, check_readable, is_whole, none

WORDS_A_MINUTE = 180  # read attentively, on a phone


def check_lesson(part: Mapping[str, Any], data: Mapping[str, Any], known: Known) -> Iterator[Problem]:
    name = part["slug"]
    read: dict[str, tuple[Block, ...]] = {}
    for language in LANGUAGES:
        field = f"body_{language}"
        if not part[field].strip():
            continue
        try:
            read[language] = lessons.read_lesson(part[field])
        except DocumentError as error:
            yield Problem("lesson", name, f"{field}, {error.where}", error.found, error.expected)
    for language, blocks in read.items():
        yield from check_readable("lesson", name, f"body_{language}", blocks)
        yield from _links(name, f"body_{language}", blocks, data, known)
        yield from check_named(name, f"body_{language}", part[f"body_{language}"], data)
        minutes = lessons.words_in(blocks) / WORDS_A_MINUTE
        if is_whole(part["minutes"]) and minutes > part["minutes"]:
            found = _("%(words)d words in %(minutes)d minutes") % {
                "words": lessons.words_in(blocks),
                "minutes": part["minutes"],
            }
            yield Problem("lesson", name, f"body_{language}", found, _("time to read them"), blocks=False)
    if len(read) == len(LANGUAGES):
        yield from _same_in_both(name, read)


def _same_in_both(name: str, read: Mapping[str, tuple[Block, ...]]) -> Iterator[Problem]:
    """Reflections are kept under their names whatever the language, so both languages ask the same."""
    asked = {language: lessons.reflections_in(blocks) for language, blocks in read.items()}
    for language, names in asked.items():
        for slug, times in Counter(names).items():
            if times > 1:
                yield Problem(
                    "lesson", name, f"body_{language}, {slug}", _("%d times") % times, _("once in the lesson")
                )
    if asked["pt"] != asked["en"]:
        found = ", ".join(asked["en"]) or none()
        expected = _("the reflections of the Portuguese text: %s") % (", ".join(asked["pt"]) or none())
        yield Problem("lesson", name, "body_en", found, expected)
    kinds = {language: lessons.outline_of(blocks) for language, blocks in read.items()}
    if asked["pt"] == asked["en"] and kinds["pt"] != kinds["en"]:
        expected = _("the blocks of the Portuguese text: %s") % (", ".join(kinds["pt"]) or none())
        yield Problem("lesson", name, "body_en", ", ".join(kinds["en"]) or none(), expected)


def _links(
    name: str, field: str, blocks: tuple[Block, ...], data: Mapping[str, Any], known: Known
) -> Iterator[Problem]:
    """Links into this site lead somewhere."""
    papers = {row["slug"] for row in data["library"]}
    for address, _words in lessons.links_in(blocks):
        kind, _slash, slug = address.removeprefix(lessons.OURS).partition("/")
        if not address.startswith(lessons.OURS) or not slug:
            continue
        if kind == "library" and slug not in papers:
            yield Problem("lesson", name, field, address, _("a paper of the library of this course"))
        if kind == "technologies":
            yield from check_known("lesson", name, field, [slug], known.technologies)
