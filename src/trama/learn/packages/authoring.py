"""Verbs of who writes a course with packages: send a file for a part, bring a cartridge's material into a module."""

import hashlib
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.text import slugify

from trama.foundation.audit import record_event
from trama.foundation.files import safe_name

from ..cmi5.services import import_course
from ..cmi5.structure import from_json
from ..courses.models import CourseVersion, Module, Package, PackageFile, Part
from ..courses.parts import FURTHER, LESSON, PACKAGE, QUESTION, QUIZ
from ..courses.services import add_part, change_part, draft_for_update
from .archive import FILE_BYTES, Finding
from .errors import DoesNotRun, PackageRefused, RunsOnly
from .manifests.base import MANIFEST_BYTES
from .manifests.cmi5 import FILE as STRUCTURE
from .models import PackageStructure
from .reading import Found, read_package

WORDS_A_MINUTE = 180
XML = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<\x00", b"\xfe\xff\x00<")  # how a file of XML begins, by its encoding


@contextmanager
def _on_disk(upload: Any) -> Iterator[Path]:
    """What was sent, as a file of our own name; it goes away after.

    A course structure of cmi5 may come alone (its specification, 14.2): it is put into an archive of its own, the
    same one for the same structure, so that there is one way to read and keep a package.
    """
    if upload.size > FILE_BYTES:
        raise PackageRefused(Finding("archive_large", "", str(upload.size)))
    with tempfile.NamedTemporaryFile(suffix=".zip") as copy:
        begin = upload.read(64)
        upload.seek(0)
        if begin.lstrip().startswith(XML):
            if upload.size > MANIFEST_BYTES:
                raise PackageRefused(Finding("file_large", STRUCTURE, str(upload.size)))
            with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as archive:
                archive.writestr(zipfile.ZipInfo(STRUCTURE), upload.read())
        else:
            for chunk in upload.chunks():
                copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


def send_package(
    version: CourseVersion, package: Package, upload: Any, *, revision: int, by: Any, at: datetime
) -> Package:
    """Read a package and make it the file of a part, in place of the one it had; that one stays kept.

    Reading takes seconds, so it happens outside the transaction. Raises ``PackageRefused``, ``DoesNotRun`` for a
    cartridge, ``PermissionDenied``, ``WrongCourseState``, and ``StaleCourse`` where someone changed the part meanwhile.
    """
    with transaction.atomic():
        draft_for_update(version, by=by)
    with _on_disk(upload) as path:
        found = read_package(path, safe_name(upload.name))
        if found.kind == PackageFile.Kind.CARTRIDGE:
            raise DoesNotRun
        with transaction.atomic():
            file = _keep(path, upload, found, by=by, at=at)
            changed: Package = change_part(version, PACKAGE, package, {"file": file}, revision=revision, by=by, at=at)
            return changed


def send_cartridge(version: CourseVersion, upload: Any, *, by: Any, at: datetime) -> PackageFile:
    """Read a cartridge, so that its author sees what would be brought in. Raises as ``send_package``; ``RunsOnly``."""
    with transaction.atomic():
        draft_for_update(version, by=by)
    with _on_disk(upload) as path:
        found = read_package(path, safe_name(upload.name))
        if found.kind != PackageFile.Kind.CARTRIDGE:
            raise RunsOnly
        with transaction.atomic():
            return _keep(path, upload, found, by=by, at=at)


def _keep(path: Path, upload: Any, found: Found, *, by: Any, at: datetime) -> PackageFile:
    """A row for what was sent, and its structure where it is of cmi5. The same bytes are kept once on disk."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    structure = found.manifest["more"].pop("structure", None) if found.kind == PackageFile.Kind.CMI5 else None
    same = PackageFile.objects.filter(sha256=digest).first()
    row = PackageFile(
        kind=found.kind, title=found.title[:200], file_name=safe_name(upload.name), sha256=digest, size=len(content),
        unpacked=found.unpacked, members=found.members, manifest=found.manifest, uploaded_by=by, uploaded_at=at,
    )  # fmt: skip
    if same is not None and same.file.storage.exists(same.file.name or ""):
        row.file.name = same.file.name
    else:
        with path.open("rb") as file:
            row.file.save("package.zip", File(file), save=False)
    row.save()
    if structure is not None:
        PackageStructure.objects.create(file=row, course=import_course(from_json(structure), by=by, at=at))
    record_event("package sent", by=by, at=at, target=row, detail={"kind": found.kind, "sha256": digest})
    return row


# --- cartridges ---------------------------------------------------------------------------------------------------


@transaction.atomic
def bring_in(version: CourseVersion, module: Module, file: PackageFile, *, by: Any, at: datetime) -> int:
    """Make parts of what a cartridge holds: pages become lessons, quizzes quizzes, links further reading. How many.

    Texts go to the Portuguese side; the English side waits for its author, as the list before publishing says.
    Raises ``PermissionDenied``, ``WrongCourseState``, ``RunsOnly``.
    """
    if file.kind != PackageFile.Kind.CARTRIDGE:
        raise RunsOnly
    draft_for_update(version, by=by)
    more: Mapping[str, Any] = file.manifest["more"]
    taken = set(Part.objects.filter(module__version=version).values_list("slug", flat=True))
    for lesson in more["lessons"]:
        words = len(lesson["text"].split())
        fields = _named(lesson["title"], taken) | {"body_pt": lesson["text"], "minutes": _minutes(words)}
        add_part(version, LESSON, fields, of=module, by=by, at=at)
    for quiz in more["quizzes"]:
        _bring_quiz(version, module, quiz, taken, by=by, at=at)
    for link in more["links"]:
        add_part(version, FURTHER, {"title": link["title"], "address": link["address"]}, by=by, at=at)
    count = len(more["lessons"]) + len(more["quizzes"]) + len(more["links"])
    record_event("cartridge brought in", by=by, at=at, target=version, detail={"parts": count, "sha256": file.sha256})
    return count


def _bring_quiz(
    version: CourseVersion, module: Module, quiz: Mapping[str, Any], taken: set[str], *, by: Any, at: datetime
) -> None:
    fields = _named(quiz["title"], taken) | {
        "minutes": max(len(quiz["questions"]), 5),
        "pass_percent": 70,
        "attempts": 0,
    }
    made = add_part(version, QUIZ, fields, of=module, by=by, at=at)
    for question in quiz["questions"]:
        values = {
            "kind": question["kind"], "text_pt": question["text"], "text_en": "", "feedback_pt": question["feedback"],
            "feedback_en": "", "accepted_pt": question["accepted"], "accepted_en": "",
        }  # fmt: skip
        options = [{"text_pt": one["text"], "text_en": "", "right": one["right"]} for one in question["options"]]
        blank = {"pair_pt": "", "pair_en": "", "feedback_pt": "", "feedback_en": ""}
        add_part(version, QUESTION, values, of=made, inner=[one | blank for one in options], by=by, at=at)


def _named(title: str, taken: set[str]) -> dict[str, Any]:
    """Title, and a slug that nothing else in the version has."""
    plain = slugify(title)[:60].strip("-") or "parte"
    slug = next(
        name for number in range(1, 10_000) if (name := plain if number == 1 else f"{plain}-{number}") not in taken
    )
    taken.add(slug)
    return {"slug": slug, "title_pt": title[:160], "title_en": ""}


def _minutes(words: int) -> int:
    return min(max(-(-words // WORDS_A_MINUTE), 1), 600)
