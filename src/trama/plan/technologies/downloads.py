"""The files of a version: which there are, how they are called, what is in them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.core.cache import caches
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from trama.foundation.documents.archives import archive
from trama.foundation.documents.markdown import read_document
from trama.foundation.documents.paper import Paper
from trama.foundation.documents.pdf import as_pdf
from trama.foundation.localised import localised
from trama.foundation.site import VERSION

from .documents.workbook import read_workbook
from .documents.xlsx import as_xlsx
from .models import TechnologyInstrument, TechnologyVersion

TYPES: Mapping[str, str] = MappingProxyType(
    {
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "pdf": "application/pdf",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "zip": "application/zip",
    }
)
_FORMAT_NAMES = {"docx": "Word (DOCX)", "pdf": "PDF", "xlsx": "Excel (XLSX)", "zip": "ZIP"}
DAY = 24 * 3600
_NAME_LENGTH = 80


@dataclass(frozen=True, slots=True)
class File:
    """A file that can be downloaded."""

    extension: str
    size: int  # bytes

    @property
    def format(self) -> str:
        return _FORMAT_NAMES[self.extension]


def extensions_of(instrument: TechnologyInstrument) -> tuple[str, ...]:
    return ("xlsx",) if instrument.kind == TechnologyInstrument.Kind.SPREADSHEET else ("docx", "pdf")


def file_name(instrument: TechnologyInstrument, extension: str) -> str:
    """In the reader's language: ``pauta-da-reuniao.docx``."""
    name = slugify(localised(instrument, "title"))[:_NAME_LENGTH].strip("-") or instrument.slug
    return f"{name}.{extension}"


def paper_of(version: TechnologyVersion) -> Paper:
    """What the documents of a version say of themselves, in the reader's language."""
    return Paper(
        language="en-US" if _is_english() else "pt-BR",
        work=version.title,
        edition=_("version %s") % version.version,
        authors=version.authors,
        note=version.note,
        dated=version.published_at or version.changed_at,
    )


def _is_english() -> bool:
    return (get_language() or "").startswith("en")


def instrument_file(version: TechnologyVersion, instrument: TechnologyInstrument, extension: str) -> bytes:
    """One file, in the reader's language. Raises ``DocumentError`` where a draft cannot be read yet."""
    paper = paper_of(version)
    if extension == "xlsx":
        return as_xlsx(read_workbook(instrument.sheets), paper)
    from trama.foundation.documents.docx import as_docx  # it brings a library that few processes need

    document = read_document(instrument.body_en if _is_english() else instrument.body_pt)
    return as_docx(document, paper) if extension == "docx" else as_pdf(document, paper)


def bundle(version: TechnologyVersion) -> tuple[str, bytes]:
    """Name and content of one archive with every file of a version, in the reader's language."""
    members = []
    for number, instrument in enumerate(version.instruments.all(), start=1):
        for extension in extensions_of(instrument):
            content = instrument_file(version, instrument, extension)
            members.append((f"{number}-{file_name(instrument, extension)}", content))
    name = slugify(version.title)[:_NAME_LENGTH].strip("-") or version.technology.slug
    return f"{name}-{version.version}.zip", archive(members)


def files_of(version: TechnologyVersion, instruments: list[TechnologyInstrument]) -> dict[str, list[File]]:
    """The files of each instrument of a sealed version with their sizes, and of "" (all in one archive).

    Making them all takes about half a second, so the sizes are kept: the texts of a sealed version do not change.
    """
    language = translation.get_language()
    key = hashlib.sha256(f"{VERSION} {version.pk} {version.changed_at} {language}".encode()).hexdigest()[:32]
    kept: dict[str, list[tuple[str, int]]] | None = caches["pages"].get(f"plan.files.{key}")
    if kept is None:
        kept = {
            one.slug: [(end, len(instrument_file(version, one, end))) for end in extensions_of(one)]
            for one in instruments
        }
        kept[""] = [("zip", len(bundle(version)[1]))]
        caches["pages"].set(f"plan.files.{key}", kept, DAY)
    return {slug: [File(end, size) for end, size in files] for slug, files in kept.items()}
