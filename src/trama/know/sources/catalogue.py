"""Where the official files are published: ``content/sources.toml``, read and checked."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import get_language

from .formats.values import STATES


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file at its official address, and the name it is kept under."""

    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Publication:
    """A family of official files: who publishes it, where, and how to credit it."""

    slug: str
    title_pt: str
    title_en: str
    publisher: str
    credit: str
    page: str
    files: tuple[RemoteFile, ...]

    @property
    def title(self) -> str:
        return self.title_en if (get_language() or "").startswith("en") else self.title_pt


@cache
def publications() -> dict[str, Publication]:
    """Every publication, by slug. Raises ``ValueError`` naming the table that is not sound."""
    tables = tomllib.loads((settings.CONTENT_DIR / "sources.toml").read_text(encoding="utf-8"))
    return {slug: _publication(slug, table) for slug, table in tables.items()}


def _publication(slug: str, table: dict[str, Any]) -> Publication:
    try:
        files = tuple(_files(table))
        texts = {name: str(table[name]) for name in ("title_pt", "title_en", "publisher", "credit", "page")}
    except KeyError as error:
        raise ValueError(f"content/sources.toml [{slug}]: {error} missing") from None
    return Publication(slug=slug, files=files, **texts)


def _files(table: dict[str, Any]) -> list[RemoteFile]:
    found: dict[str, RemoteFile] = {}
    years = table.get("years", [])
    exceptions = table.get("exceptions", {})
    for file in table["files"]:
        for year in years if "{year}" in file["address"] else [None]:
            pattern = exceptions.get(str(year), file["address"])
            for state in STATES if table.get("states") else [""]:
                values = {"{year}": str(year or ""), "{state}": state}
                address, name = pattern, file.get("name", "")
                for mark, value in values.items():
                    address, name = address.replace(mark, value), name.replace(mark, value)
                name = name or PurePosixPath(urlsplit(address).path).name
                found[address] = RemoteFile(address, name)
    return list(found.values())


@cache
def official_hosts() -> frozenset[str]:
    """The only hosts that files come from."""
    return frozenset(urlsplit(file.address).hostname or "" for item in publications().values() for file in item.files)


def credit_of(publisher: str) -> str:
    """The line that stands under a figure from this publisher."""
    known = {item.publisher: item.credit for item in publications().values()}
    return known.get(publisher, f"Fonte: {publisher}")
