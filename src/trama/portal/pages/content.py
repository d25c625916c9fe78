"""Loading the pages that ship as content (``content/portal/*.toml``), both languages of a page in one file.

A page that people edited, moved, unpublished or removed since the last load is left alone. What is left alone is
decided by fingerprints: of the file as it was loaded, and of the page as it was written.
"""

import re
import tomllib
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from markdown_it import MarkdownIt
from wagtail.blocks import StreamValue, StructBlockValidationError
from wagtail.models import Locale

from trama.foundation.content import ContentError, Outcome, fingerprint

from .addresses import LANGUAGES, stored_path
from .blocks import BodyBlock
from .models import BasePage, HomePage, NewsIndexPage, NewsPage, ShippedText, StoryIndexPage, StoryPage, TextPage

KINDS: dict[str, type[BasePage]] = {
    "home": HomePage,
    "text": TextPage,
    "news_list": NewsIndexPage,
    "news": NewsPage,
    "story_list": StoryIndexPage,
    "story": StoryPage,
}
OWN_FIELDS: dict[str, tuple[str, ...]] = {
    "news": ("day",),
    "story": ("kind_of_territory", "territory", "state", "place_code"),
}
CATALOGUES = ("technologies", "courses")  # blocks that name what another part of the content holds
RICH_FIELDS = {"text": ("text",), "questions": ("answer",), "message": ("text",)}
_SLUG = re.compile(r"^[a-z0-9-]+$")
_HEAD = {"kind", "path", "position"}
_markdown = MarkdownIt("commonmark", {"html": False})
_blocks = BodyBlock()


def load_pages(directory: Path, at: datetime) -> Outcome:
    """Load ``directory/portal``. Raises ``ContentError`` naming file, place, what was found and expected."""
    files = [read_page(path) for path in sorted((directory / "portal").glob("*.toml"))]
    outcome = Outcome()
    for data in sorted(files, key=lambda one: (one["path"].count("/"), one["position"], one["path"])):
        for language in LANGUAGES:
            outcome += _load(data, language)
    return outcome


def read_page(path: Path) -> dict[str, Any]:
    """One file, checked: head, own fields of its kind, and title, summary and body of each language."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(f"{path.name}: {error}") from error
    kind = raw.get("kind")
    if kind not in KINDS:
        raise ContentError(f"{path.name}: kind: found {kind!r}, expected one of {', '.join(KINDS)}")
    own = OWN_FIELDS.get(kind, ())
    unknown = sorted(set(raw) - _HEAD - set(own) - set(LANGUAGES))
    if unknown:
        raise ContentError(
            f"{path.name}: found {', '.join(unknown)}, expected only {', '.join(sorted(_HEAD | set(own)))}"
        )
    where = raw.get("path", "" if kind == "home" else None)
    if not isinstance(where, str) or (where and not where.endswith("/")):
        raise ContentError(f'{path.name}: path: found {where!r}, expected a path such as "sobre/"')
    data = {
        "kind": kind,
        "path": where,
        "position": raw.get("position", 0),
        "own": {name: raw.get(name) for name in own},
    }
    for language in LANGUAGES:
        data[language] = _read_language(raw.get(language), f"{path.name}: {language}")
    return data


def _read_language(raw: Any, place: str) -> dict[str, Any]:
    if not isinstance(raw, dict) or not isinstance(raw.get("title"), str):
        raise ContentError(f"{place}: found {raw!r:.80}, expected a table with title, summary and body")
    unknown = sorted(set(raw) - {"title", "summary", "body"})
    if unknown:
        raise ContentError(f"{place}: found {', '.join(unknown)}, expected only body, summary, title")
    body = [_read_block(block, f"{place}, body, {number}") for number, block in enumerate(raw.get("body", []), 1)]
    return {"title": raw["title"].strip(), "summary": " ".join(str(raw.get("summary", "")).split()), "body": body}


def _read_block(raw: Mapping[str, Any], place: str) -> tuple[str, Any]:
    """(kind of block, its value as the framework keeps it). Raises ``ContentError`` if the block refuses it."""
    kind = str(raw.get("block", ""))
    if kind not in _blocks.child_blocks:
        raise ContentError(f"{place}: block: found {kind!r}, expected one of {', '.join(_blocks.child_blocks)}")
    fields = {name: value for name, value in raw.items() if name != "block"}
    value = _rich(kind, fields)
    if kind in CATALOGUES:
        return kind, _slugs(kind, value, place)
    block = _blocks.child_blocks[kind]
    try:
        block.clean(block.to_python(value))
    except (ValidationError, StructBlockValidationError) as error:
        told = getattr(error, "block_errors", None) or error
        raise ContentError(f"{place} ({kind}): {told}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise ContentError(f"{place} ({kind}): {error!r}") from error
    return kind, value


def _slugs(kind: str, value: dict[str, Any], place: str) -> dict[str, Any]:
    """Technologies or courses by slug. These may be loaded later, or not be there: then the page shows none."""
    slugs = value.get(kind)
    if not isinstance(slugs, list) or not all(isinstance(one, str) and _SLUG.match(one) for one in slugs):
        raise ContentError(f"{place} ({kind}): found {slugs!r}, expected a list of slugs")
    if not slugs and kind == "technologies":
        raise ContentError(f"{place} ({kind}): found none, expected one at least")
    return value


def _rich(kind: str, fields: dict[str, Any]) -> Any:
    """Markdown of the file becomes the HTML that the editor keeps; the rest stays as it is."""
    rich = RICH_FIELDS.get(kind, ())
    if kind == "text":
        return _markdown.render(str(fields.get("text", ""))).strip()
    if kind == "questions":
        asked = [{**one, "answer": _html(one.get("answer", ""))} for one in fields.get("questions", [])]
        return {**fields, "questions": asked}
    return {name: _html(value) if name in rich else value for name, value in fields.items()}


def _html(text: str) -> str:
    return _markdown.render(str(text)).strip()


def _load(data: dict[str, Any], language: str) -> Outcome:
    texts = data[language]
    wanted = fingerprint({"own": {k: str(v) for k, v in data["own"].items()}, **texts, "kind": data["kind"]})
    known = ShippedText.objects.filter(language=language, path=data["path"]).select_related("page").first()
    if known is None:
        return _first_time(data, language, wanted)
    if known.page is None:
        return Outcome(kept=1)  # a person removed it
    page = known.page.specific
    if fingerprint(state_of(page)) != known.page_hash:
        return Outcome(kept=1)
    if known.file_hash == wanted:
        return Outcome(unchanged=1)
    _write(page, data, language)
    _note(page, data["path"], language, wanted)
    return Outcome(updated=1)


def _first_time(data: dict[str, Any], language: str, wanted: str) -> Outcome:
    path = data["path"]
    page = BasePage.objects.filter(url_path=stored_path(path, language)).first()
    if page is not None and data["kind"] != "home":
        return Outcome(kept=1)  # a person has made a page here
    if page is None:
        page = _new_page(data, language)
    page = page.specific
    if data["kind"] == "home" and page.latest_revision_id is not None:
        return Outcome(kept=1)
    _write(page, data, language)
    _note(page, path, language, wanted)
    return Outcome(created=1)


def _new_page(data: dict[str, Any], language: str) -> BasePage:
    path = data["path"]
    above, slug = path.rstrip("/").rpartition("/")[::2]
    parent = BasePage.objects.filter(url_path=stored_path(f"{above}/" if above else "", language)).first()
    if parent is None:
        raise ContentError(f"{path}: found no page at {above!r}, expected the page above it")
    page = KINDS[data["kind"]](slug=slug, locale=Locale.objects.get(language_code=language), live=False)
    page.title = data[language]["title"]
    page.translation_key = _key_of(path, language) or page.translation_key
    _set_own(page, data)
    parent.add_child(instance=page)
    return page


def _key_of(path: str, language: str) -> uuid.UUID | None:
    """The key that the page shares with its translation, if that is there already."""
    other = next(code for code in LANGUAGES if code != language)
    return BasePage.objects.filter(url_path=stored_path(path, other)).values_list("translation_key", flat=True).first()


def _write(page: BasePage, data: dict[str, Any], language: str) -> None:
    texts = data[language]
    page.title, page.summary = texts["title"], texts["summary"]
    page.draft_title = page.title
    raw = [{"type": kind, "value": value} for kind, value in texts["body"]]
    page.body = StreamValue(page.body.stream_block, raw, is_lazy=True)
    _set_own(page, data)
    page.save_revision(clean=False).publish()


def _set_own(page: BasePage, data: dict[str, Any]) -> None:
    own = data["own"]
    if isinstance(page, NewsPage):
        page.day = own["day"] if isinstance(own["day"], date) else date.fromisoformat(str(own["day"]))
    if isinstance(page, StoryPage):
        page.kind, page.territory, page.state = own["kind_of_territory"], own["territory"], own["state"]
        page.place_code = own["place_code"]


def _note(page: BasePage, path: str, language: str, wanted: str) -> None:
    fresh = BasePage.objects.get(pk=page.pk).specific
    values = {"page_id": page.pk, "file_hash": wanted, "page_hash": fingerprint(state_of(fresh))}
    ShippedText.objects.update_or_create(language=language, path=path, defaults=values)


def state_of(page: BasePage) -> dict[str, Any]:
    """What a page says now, drafts included, without what the framework numbers anew at each saving."""
    latest: Any = page.get_latest_revision_as_object() if page.latest_revision_id else page
    own = {
        name: str(getattr(latest, name))
        for name in ("day", "kind", "territory", "state", "place_code")
        if hasattr(latest, name)
    }
    return {
        "title": latest.title,
        "summary": latest.summary,
        "picture": latest.picture_id or 0,
        "body": _without_ids(latest.body.get_prep_value()),
        "live": page.live,
        "path": page.url_path,
        **own,
    }


def _without_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_ids(one) for one in value]
    if isinstance(value, dict):
        return {name: _without_ids(one) for name, one in value.items() if name != "id"}
    return value
