"""The files of a version: papers of its library, and whole modules to read offline. Made on request, named, weighed."""

import hashlib
from collections.abc import Callable, Mapping
from types import MappingProxyType

from django.core.cache import caches
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from trama.foundation.documents.archives import archive
from trama.foundation.documents.markdown import Block, Bullets, Document, Heading, Paragraph, Span, read_document
from trama.foundation.documents.odt import TYPE as ODT
from trama.foundation.documents.odt import as_odt
from trama.foundation.documents.paper import Paper
from trama.foundation.documents.pdf import PaperLook, as_pdf
from trama.foundation.site import VERSION

from .lessons import frame_on_paper, read_lesson, read_task
from .media import Shelf
from .models import Assignment, CourseVersion, Lesson, LibraryItem, Module, Package, ToolPart

TYPES: Mapping[str, str] = MappingProxyType(
    {
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "odt": ODT,
        "pdf": "application/pdf",
        "zip": "application/zip",
    }
)
FORMATS: Mapping[str, str] = MappingProxyType({"docx": "Word (DOCX)", "odt": "LibreOffice (ODT)", "pdf": "PDF"})
_KEPT = 30 * 24 * 3600
_NAME_LENGTH = 80


def paper_of(version: CourseVersion) -> Paper:
    """What the files of a version say of themselves, in the reader's language."""
    return Paper(
        language="en-US" if (get_language() or "").startswith("en") else "pt-BR",
        work=version.title,
        edition=_("version %s") % version.version + f" · {version.licence}",
        authors=version.authors,
        note=version.authors,  # and how far it was reviewed; the note of a course is too long for the foot of each page
        dated=version.published_at or version.changed_at,
    )


def file_name(title: str, slug: str, extension: str) -> str:
    """In the reader's language: ``arvore-de-avisos.docx``."""
    return f"{slugify(title)[:_NAME_LENGTH].strip('-') or slug}.{extension}"


def paper_file(version: CourseVersion, item: LibraryItem, extension: str) -> bytes:
    """A paper of the library as a file, in the reader's language. Raises ``DocumentError`` if a draft is not ready."""
    from trama.foundation.documents.docx import as_docx  # it brings a library that few processes need

    writers = {"docx": as_docx, "odt": as_odt, "pdf": as_pdf}
    return writers[extension](read_document(item.body), paper_of(version))


def library_archive(version: CourseVersion) -> bytes:
    """Every paper of the library, in every format, in one archive."""
    members = [
        (f"{number}-{file_name(item.title, item.slug, extension)}", paper_file(version, item, extension))
        for number, item in enumerate(version.library.all(), start=1)
        for extension in FORMATS
    ]
    return archive(members)


def module_file(version: CourseVersion, module: Module, address: Callable[[str], str]) -> bytes:
    """A whole module as a PDF to read and write on without connection: lessons and tasks, without the quizzes' answers.

    ``address`` gives the whole address of a link, for who reads the file elsewhere. Raises ``DocumentError``.
    """
    lessons = {row.pk: row for row in Lesson.objects.filter(module=module)}
    tasks = {row.pk: row for row in Assignment.objects.filter(module=module).prefetch_related("criteria__levels")}
    packages = {row.pk: row for row in Package.objects.filter(module=module)}
    shelf = Shelf(version, lambda uid: reverse("learn:course_media", args=[version.course.slug, uid]))
    tools = ToolPart.objects.filter(module=module).in_bulk()
    blocks: list[Block] = [_text(module.summary)]
    for part in module.parts.all():
        if part.pk in lessons:
            blocks += [_heading(2, part.title), *_lower(shelf.on_paper(read_lesson(lessons[part.pk].body)))]
        elif part.pk in tasks:
            blocks += _task(tasks[part.pk])
        elif part.pk in packages:
            blocks += [_heading(2, part.title), *map(_text, packages[part.pk].alternative.split("\n\n"))]
        elif part.pk in tools:
            blocks += [_heading(2, part.title), *_lower(read_task(tools[part.pk].text))]
        else:
            blocks += [_heading(2, part.title), _text(_("This quiz is answered on the site."))]
    return as_pdf(Document(module.title, tuple(blocks)), paper_of(version), PaperLook(frame_on_paper, address))


def _task(task: Assignment) -> list[Block]:
    blocks: list[Block] = [_heading(2, task.title), *_lower(read_task(task.task))]
    blocks += [_heading(3, _("What to hand in")), _text(task.product)]
    if task.example:
        blocks += [_heading(3, _("An example of good work")), *_lower(read_task(task.example))]
    blocks.append(_heading(3, _("How it is looked at")))
    for criterion in task.criteria.all():
        blocks.append(Paragraph((Span(criterion.title, bold=True),)))
        blocks.append(Bullets(tuple((_text(level.text),) for level in criterion.levels.all()), first=1))
    return blocks


def _lower(blocks: tuple[Block, ...]) -> list[Block]:
    """Headings one level below that of the part they stand in."""
    return [Heading(block.level + 1, block.spans) if isinstance(block, Heading) else block for block in blocks]


def _heading(level: int, text: str) -> Block:
    return Heading(level, (Span(text),))


def _text(text: str) -> Block:
    return Paragraph((Span(" ".join(text.split())),))


# --- sizes --------------------------------------------------------------------------------------------------------


def kept_sizes(version: CourseVersion, what: str, weigh: Callable[[], dict[str, int]]) -> dict[str, int]:
    """Sizes in bytes, worked out once for a sealed version and language and shared by all processes: it never changes.

    Of a draft nothing is weighed.
    """
    if not version.is_sealed:
        return {}
    parts = (VERSION, str(version.pk), str(version.published_at), str(get_language()), what)
    key = "learn.sizes." + hashlib.sha256(" ".join(parts).encode()).hexdigest()[:32]
    kept: dict[str, int] | None = caches["default"].get(key)
    if kept is None:
        kept = weigh()
        caches["default"].set(key, kept, _KEPT)
    return kept


def paper_sizes(version: CourseVersion) -> dict[str, int]:
    """{"slug.extension": bytes} of every paper of a sealed version."""

    def weigh() -> dict[str, int]:
        return {
            f"{item.slug}.{extension}": len(paper_file(version, item, extension))
            for item in version.library.all()
            for extension in FORMATS
        }

    return kept_sizes(version, "papers", weigh)
