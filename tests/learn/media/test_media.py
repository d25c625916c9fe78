"""Videos and files: what is taken, who loads it, what a lesson shows, what publishing asks."""

from typing import Any

import pytest
from django.db import Error, transaction
from django.test import Client
from django.urls import reverse

from tests.accounts import factories as accounts
from tests.learn import factories
from tests.learn.factories import NOON
from trama.accounts.roles.vocabulary import Role
from trama.learn.courses import services
from trama.learn.courses.checks import check
from trama.learn.courses.lessons import read_lesson
from trama.learn.courses.media import Shelf, lasts
from trama.learn.courses.models import CourseVersion
from trama.learn.courses.parts import as_mapping
from trama.learn.media.errors import MediaRefused
from trama.learn.models import Lesson, SentFile, Video

from . import making
from .world import a_file, a_version_with_media, a_video, send, shown_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner() -> Any:
    return accounts.a_partner()


@pytest.fixture
def author(partner: Any) -> Any:
    return accounts.person_with(Role.TRAINER, partner)


@pytest.fixture
def draft(author: Any, partner: Any) -> CourseVersion:
    return a_version_with_media(author, "com-video", state="draft", organisation=partner)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def missing(version: CourseVersion) -> set[tuple[str, str]]:
    return {(one.kind, one.field) for one in check(as_mapping(version)) if one.blocks}


def hints(version: CourseVersion) -> set[tuple[str, str]]:
    return {(one.kind, one.field) for one in check(as_mapping(version)) if not one.blocks}


def refusal(version: CourseVersion, row: Any, by: Any, **contents: Any) -> dict[str, list[str]]:
    with pytest.raises(MediaRefused) as raised:
        send(version, row, by, **contents)
    row.refresh_from_db()
    return raised.value.refused


# --- sending ------------------------------------------------------------------------------------------------------


def test_what_was_sent_is_known_by_what_it_holds(draft):
    video = draft.videos.get()
    assert (video.file.media_type, video.file.seconds, video.file.format) == ("video/mp4", 95, "MP4")
    assert video.captions_pt.seconds == 8
    assert video.captions_pt.file.name == video.captions_en.file.name  # the same bytes are kept once
    assert missing(draft) == set()
    assert hints(draft) == {("file", "file_en"), ("paper", "slug")}


@pytest.mark.parametrize(
    ("place", "name", "content", "said"),
    [
        ("file", "aula.mov", making.mp4(), "mp4, webm"),
        ("file", "aula.mp4", making.webm(), "outra coisa"),
        ("file", "aula.mp4", b"", "vazio"),
        ("file", "aula.mp4", making.mp4(codec=b"hvc1"), "hvc1"),
        ("file", "aula.webm", b"<html><script>", "outra coisa"),
        ("light", "leve.mp4", b"%PDF-1.7", "outra coisa"),
        ("poster", "capa.svg", "<svg/>", "jpg"),
        ("poster", "capa.png", "<svg/>", "outra coisa"),
        ("captions_pt", "fala.srt", making.CAPTIONS, "vtt"),
        ("captions_pt", "fala.vtt", "WEBVTT\n\n00:02.000 --> 00:01.000\nAntes.\n", "linha 3"),
    ],
)
def test_what_is_something_else_is_refused_at_its_place_and_nothing_is_kept(
    author, partner, place, name, content, said
):
    version = factories.a_version(state="draft", organisation=partner)
    video = a_video(version)
    good = {"captions_en": ("fala.vtt", making.CAPTIONS)}
    found = refusal(version, video, author, **{place: (name, content)}, **good)
    assert list(found) == [place]
    assert said in found[place][0]
    assert not SentFile.objects.exists()
    assert video.captions_en is None


def test_a_file_above_the_limit_is_refused_and_says_it(author, partner, monkeypatch):
    version = factories.a_version(state="draft", organisation=partner)
    poster = making.PNG + bytes(600 * 1024)
    (said,) = refusal(version, a_video(version), author, poster=("capa.png", poster))["poster"]
    assert "512" in said


def test_a_document_may_be_of_four_kinds_and_keeps_the_name_it_came_with(author, partner):
    version = factories.a_version(state="draft", organisation=partner)
    row = a_file(version)
    assert refusal(version, row, author, file_pt=("macro.docm", making.odt()))
    assert refusal(version, row, author, file_pt=("roteiro.odt", b"PK nothing"))
    send(version, row, author, file_pt=("../../etc/Roteiro.odt", making.odt()))
    row.refresh_from_db()
    assert row.file_pt.file_name == "Roteiro.odt"
    assert row.file_pt.file.name.startswith("lessons/")


def test_only_who_writes_the_course_sends(draft):
    stranger = accounts.person_with(Role.TRAINER, accounts.a_partner())
    address = reverse("learn:media_files", args=["com-video", "1.0", "video", draft.videos.get().pk])
    assert signed_in(stranger).get(address).status_code == 404
    with pytest.raises(Exception, match=r"learn\.courses\.edit"):
        send(draft, draft.videos.get(), stranger, file=("a.mp4", making.mp4()))


def test_the_page_takes_all_or_says_what_is_wrong_where(author, draft):
    client, video = signed_in(author), draft.videos.get()
    address = reverse("learn:media_files", args=["com-video", "1.0", "video", video.pk])
    broken = making.upload("fala.vtt", "WEBVTT\n\nnada\n")
    answer = client.post(address, {"revision": video.revision, "captions_pt": broken, "without_poster": "on"})
    assert answer.status_code == 422
    assert "linha 3" in answer.content.decode()
    answer = client.post(
        address,
        {"revision": video.revision, "captions_pt": making.upload("nova.vtt", making.CAPTIONS), "without_poster": "on"},
    )
    assert answer.status_code == 302
    video.refresh_from_db()
    assert (video.poster, video.captions_pt.file_name) == (None, "nova.vtt")
    assert "nova.vtt" in client.get(address).content.decode()
    stale = client.post(address, {"revision": 1, "captions_pt": making.upload("nova.vtt", making.CAPTIONS)})
    assert stale.status_code == 422


# --- reading ------------------------------------------------------------------------------------------------------


def test_a_lesson_states_length_and_size_and_nothing_loads_by_itself(client, draft):
    factories.seal(draft)
    video = draft.videos.get()
    text = client.get("/cursos/com-video/aulas/aula-1/").content.decode()
    assert 'preload="none"' in text
    assert "autoplay" not in text
    assert "1 min 35 s" in text
    light, whole = (f"/cursos/com-video/midia/{one.uid}/" for one in (video.light, video.file))
    assert text.index(f'<source src="{light}"') < text.index(f'<source src="{whole}"')
    assert 'srclang="pt-BR" label="Português" default' in text
    assert 'srclang="en" label="English">' in text
    assert "a rede tem oito escolas" in text
    assert "Roteiro da reunião" in text
    assert "ODT" in text
    english = client.get("/en/cursos/com-video/aulas/aula-1/").content.decode()
    assert "in Portuguese" in english
    assert 'srclang="en" label="English" default' in english


def test_a_video_is_played_from_any_place_and_never_opens_as_a_page(client, draft):
    factories.seal(draft)
    address = f"/cursos/com-video/midia/{draft.videos.get().file.uid}/"
    answer = client.get(address, headers={"range": "bytes=4-7"})
    assert (answer.status_code, b"".join(answer.streaming_content)) == (206, b"ftyp")
    assert answer["Content-Type"] == "video/mp4"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "public" in answer["Cache-Control"]
    document = client.get(f"/cursos/com-video/midia/{draft.files.get().file_pt.uid}/")
    assert document["Content-Disposition"].startswith("attachment")


def test_files_of_a_draft_are_loaded_by_its_authors_alone(client, author, draft):
    uid = draft.videos.get().file.uid
    public, own = f"/cursos/com-video/midia/{uid}/", reverse("learn:draft_media", args=["com-video", "1.0", uid])
    assert client.get(public).status_code == 404
    assert client.get(own).status_code == 302
    answer = signed_in(author).get(own)
    assert answer.status_code == 200
    assert "private" in answer["Cache-Control"]
    stranger = accounts.person_with(Role.TRAINER, accounts.a_partner())
    assert signed_in(stranger).get(own).status_code == 404
    factories.seal(factories.a_version("outro", state="draft"))
    factories.seal(draft)
    assert client.get(public).status_code == 200
    assert client.get(f"/cursos/outro/midia/{uid}/").status_code == 404


def test_a_draft_that_names_what_is_not_there_is_read_and_not_published(author, draft):
    Video.objects.all().delete()
    text = signed_in(author).get("/equipe/cursos/com-video/1.0/leitura/aulas/aula-1/").content.decode()
    assert "Veja como se lê o mapa." in text
    assert ("lesson", "body_pt") in missing(draft)


def test_on_paper_a_video_is_a_link_with_what_is_said(draft):
    lesson = Lesson.objects.get(module__version=draft, slug="aula-1")
    printed = Shelf(draft, lambda uid: f"/m/{uid}/").on_paper(read_lesson(lesson.body_pt))
    video, files = printed[-2:]
    assert video.argument == "A rede em três minutos · 1 min 35 s"
    assert f"/m/{draft.videos.get().light.uid}/" in repr(video)
    assert "a rede tem oito escolas" in repr(video)
    assert f"/m/{draft.files.get().file_pt.uid}/" in repr(files)


def test_a_module_with_a_video_is_printed(client, draft):
    factories.seal(draft)
    answer = client.get("/cursos/com-video/modulos/modulo-1.pdf")
    assert answer.content.startswith(b"%PDF")


@pytest.mark.parametrize(("seconds", "words"), [(5, "5 s"), (60, "1 min"), (95, "1 min 35 s"), (3720, "1 h 2 min")])
def test_a_length_is_said_in_words(seconds, words):
    assert lasts(seconds) == words


# --- publishing ---------------------------------------------------------------------------------------------------


def test_publishing_asks_for_captions_in_both_languages_and_a_text(author, partner):
    version = factories.a_version(state="draft", organisation=partner)
    video = a_video(version, transcript_en="")
    assert {("video", "address"), ("video", "transcript_en")} <= missing(version)
    send(version, video, author, file=("a.mp4", making.mp4(5)), light=("b.mp4", making.mp4(5, body=4000)))
    assert missing(version) >= {("video", "captions_pt"), ("video", "captions_en"), ("video", "light")}
    late = making.CAPTIONS.replace("00:00:08", "00:00:18")
    video.refresh_from_db()
    send(version, video, author, captions_pt=("a.vtt", late), captions_en=("b.vtt", making.CAPTIONS))
    assert ("video", "captions_pt") in missing(version)
    assert ("video", "captions_en") not in missing(version)


def test_a_video_elsewhere_is_a_link_whose_author_answers_for_its_captions(client, author, partner):
    version = factories.a_version("fora", state="draft", organisation=partner)
    video = a_video(version, address="http://videos.exemplo.org/1")
    a_file(version)
    send(version, version.files.get(), author, file_pt=("r.odt", making.odt()))
    shown_in(version)
    assert missing(version) == {("video", "address"), ("video", "seconds")}
    Video.objects.filter(pk=video.pk).update(address="https://videos.exemplo.org/1", seconds=90)
    assert missing(version) == {("video", "captions_there")}
    Video.objects.filter(pk=video.pk).update(captions_there=True)
    assert missing(version) == set()
    factories.seal(version)
    text = client.get("/cursos/fora/aulas/aula-1/").content.decode()
    assert "Assistir em videos.exemplo.org" in text
    assert "<video" not in text


def test_both_languages_show_the_same(draft):
    Lesson.objects.filter(slug="aula-1").update(body_en=factories.LESSON_EN)
    assert ("lesson", "body_en") in missing(draft)


def test_a_new_version_begins_with_the_same_files_and_the_old_one_is_frozen(author, draft):
    factories.seal(draft)
    after = services.start_revision(draft.course, "1.1", by=author, at=NOON)
    assert as_mapping(after)["videos"] == as_mapping(draft)["videos"]
    assert as_mapping(after)["files"] == as_mapping(draft)["files"]
    for change in (
        lambda: Video.objects.filter(version=draft).update(title_pt="Outro"),
        lambda: draft.files.all().delete(),
        lambda: SentFile.objects.all().update(size=1),
    ):
        with pytest.raises(Error), transaction.atomic():
            change()
    Video.objects.filter(version=after).update(title_pt="Outro")
