"""A version whose lesson shows a video and offers a file."""

import hashlib
from typing import Any

from django.core.files.base import ContentFile

from tests.learn import factories
from tests.learn.factories import NOON, in_two
from trama.learn.courses.parts import FILE, VIDEO
from trama.learn.media.services import send_files
from trama.learn.models import CourseVersion, Lesson, LessonFile, SentFile, Video

from . import making

SHOWN_PT = "\n::: video a-rede\nVeja como se lê o mapa.\n:::\n\n::: files roteiro\nPara levar à reunião.\n:::\n"
SHOWN_EN = "\n::: video a-rede\nSee how the map is read.\n:::\n\n::: files roteiro\nTo take to the meeting.\n:::\n"


def a_video(version: CourseVersion, slug: str = "a-rede", **fields: Any) -> Video:
    return Video.objects.create(
        version=version, slug=slug, position=1,
        **(
            in_two("title", "A rede em três minutos", "The network in three minutes")
            | in_two("transcript", "Uma voz diz: **a rede tem oito escolas**.", "A voice says: **eight schools**.")
            | fields
        ),
    )  # fmt: skip


def a_file(version: CourseVersion, slug: str = "roteiro", **fields: Any) -> LessonFile:
    titles = in_two("title", "Roteiro da reunião", "Plan of the meeting")
    return LessonFile.objects.create(version=version, slug=slug, position=1, **(titles | fields))


def a_sent_video(by: Any) -> SentFile:
    """A video that was sent, without asking who may."""
    content = making.mp4()
    row = SentFile(
        kind="video", file_name="aula.mp4", media_type="video/mp4", sha256=hashlib.sha256(content).hexdigest(),
        size=len(content), seconds=95, uploaded_by=by, uploaded_at=NOON,
    )  # fmt: skip
    row.file.save("file.mp4", ContentFile(content), save=False)
    row.save()
    return row


def shown_in(version: CourseVersion) -> None:
    """The first lesson shows both."""
    for lesson in Lesson.objects.filter(module__version=version, slug="aula-1"):
        lesson.body_pt += SHOWN_PT
        lesson.body_en += SHOWN_EN
        lesson.save()


def send(version: CourseVersion, row: Any, by: Any, **contents: tuple[str, bytes | str]) -> Any:
    kind = VIDEO if isinstance(row, Video) else FILE
    changes = {place: making.upload(*one) for place, one in contents.items()}
    return send_files(version, kind, row, changes, revision=row.revision, by=by, at=NOON)


def a_version_with_media(by: Any, slug: str = "", *, state: str = "published", **fields: Any) -> CourseVersion:
    """Captions, a light version, a picture and an ODT in Portuguese."""
    version = factories.a_version(slug, state="draft", by=by, **fields)
    send(
        version, a_video(version), by, file=("aula.mp4", making.mp4()), light=("leve.mp4", making.mp4(body=1000)),
        poster=("capa.png", making.PNG), captions_pt=("pt.vtt", making.CAPTIONS),
        captions_en=("en.vtt", making.CAPTIONS),
    )  # fmt: skip
    send(version, a_file(version), by, file_pt=("Roteiro da reunião.odt", making.odt()))
    shown_in(version)
    return version if state == "draft" else factories.seal(version, state)
