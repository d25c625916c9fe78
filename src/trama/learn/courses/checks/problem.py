"""What a check finds, and what every part has in common: texts in both languages, whole numbers, readable text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from trama.foundation.documents.markdown import Block, Table, plain

from .. import lessons
from ..parts import LANGUAGES

LONG_PARAGRAPH = 140  # words
EMPTY_LINKS = frozenset(
    {"aqui", "clique aqui", "veja aqui", "link", "este link", "here", "click here", "this link", "saiba mais", "more"}
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is missing or wrong. ``kind`` and ``name`` say in which part; "" is the version itself."""

    kind: str
    name: str
    field: str
    found: str
    expected: str
    blocks: bool = True  # False: a hint

    @property
    def sentence(self) -> str:
        return _("%(field)s: found %(found)s, expected %(expected)s.") % {
            "field": self.field,
            "found": self.found,
            "expected": self.expected,
        }


@dataclass(frozen=True, slots=True)
class Known:
    """What else exists on this site: technologies, criteria, external tools. None: it cannot be asked now."""

    technologies: frozenset[str] | None = None
    criteria: frozenset[str] | None = None
    tools: frozenset[str] | None = None


def none() -> str:
    return _("nothing")


def check_texts(
    kind: str,
    name: str,
    row: Mapping[str, Any],
    texts: Sequence[str],
    model: Any,
    optional: frozenset[str] = frozenset(),
) -> Iterator[Problem]:
    """Every text is there in both languages, and fits."""
    for text in texts:
        given = {language: str(row[f"{text}_{language}"]) for language in LANGUAGES}
        for language, value in given.items():
            field = f"{text}_{language}"
            most = model._meta.get_field(field).max_length
            if not value.strip() and (text not in optional or any(one.strip() for one in given.values())):
                yield Problem(kind, name, field, none(), _("a text"))
            elif most and len(value) > most:
                yield Problem(kind, name, field, _("%d characters") % len(value), _("at most %d") % most)


def check_number(kind: str, name: str, field: str, value: Any, most: int) -> Iterator[Problem]:
    if not is_whole(value) or not 1 <= value <= most:
        yield Problem(kind, name, field, repr(value), _("a whole number from 1 to %d") % most)


def is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def check_readable(kind: str, name: str, field: str, blocks: Sequence[Block]) -> Iterator[Problem]:
    """What a screen reader, and a tired reader, need."""
    for table in tables_in(blocks):
        if any(not plain(cell).strip() for cell in table.head[1:]):
            yield Problem(kind, name, field, _("a column of a table without a heading"), _("a heading for each column"))
    for address, words in lessons.links_in(tuple(blocks)):
        if words.strip().lower().rstrip(".:!") in EMPTY_LINKS or words.strip() == address:
            yield Problem(kind, name, field, f"[{words}]", _("words that say where the link leads"))
    for spans in lessons.spans_in(tuple(blocks)):
        count = len(plain(spans).split())
        if count > LONG_PARAGRAPH:
            found = _("a paragraph of %(count)d words: “%(start)s…”") % {"count": count, "start": plain(spans)[:40]}
            yield Problem(kind, name, field, found, _("at most %d") % LONG_PARAGRAPH, blocks=False)


def tables_in(blocks: Sequence[Block]) -> Iterator[Table]:
    for block in blocks:
        if isinstance(block, Table):
            yield block
        yield from tables_in(getattr(block, "blocks", ()))


def check_known(
    kind: str, name: str, field: str, values: Sequence[str], exist: frozenset[str] | None
) -> Iterator[Problem]:
    for value in values:
        if exist is not None and value not in exist:
            yield Problem(kind, name, field, value, _("something that exists on this site"))


def named(name: str, word: str, number: int) -> str:
    """How an inner part is called: the slug of its part, what it is, which of them: "seen, question 2"."""
    return f"{name}, {word} {number}"
