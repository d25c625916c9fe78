"""A published course whose lesson shows a video and offers a file, and a draft of its next version."""

from typing import Any


def prepare(team: Any) -> None:
    """Make it once."""
    from django.utils import timezone

    from tests.learn.factories import in_two
    from tests.learn.media import world
    from trama.learn.courses import services
    from trama.learn.courses.parts import VIDEO
    from trama.learn.models import Course, Lesson

    if Course.objects.filter(slug="curso-com-video").exists():
        return
    titles = in_two("title", "Curso com vídeo", "Course with a video")
    first, now = world.a_version_with_media(team, "curso-com-video", **titles), timezone.now()
    draft = services.start_revision(first.course, "1.1", by=team, at=now)
    elsewhere = in_two("title", "Aula gravada", "Recorded class") | in_two("transcript", "Uma aula.", "A class.")
    elsewhere |= {
        "slug": "aula-gravada", "address": "https://videos.exemplo.org/aula", "seconds": 600, "captions_there": True,
    }  # fmt: skip
    services.add_part(draft, VIDEO, elsewhere, by=team, at=now)
    lesson = Lesson.objects.get(module__version=draft)
    for language, words in (("pt", "Assista antes do encontro."), ("en", "Watch it before the meeting.")):
        body = getattr(lesson, f"body_{language}")
        setattr(lesson, f"body_{language}", f"{body}\n::: video aula-gravada\n{words}\n:::\n")
    lesson.save()
