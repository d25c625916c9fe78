"""Pictures need a description in both languages, go out through a view, and nothing dangerous comes in."""

from io import BytesIO

import pytest
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from PIL import Image

from trama.portal.models import SiteDocument, SiteImage, SiteRole

from .conftest import page

pytestmark = pytest.mark.django_db
FIELDS = {"title": "Sala", "alt_pt": "Crianças leem no chão.", "alt_en": "Children read on the floor.", "credit": ""}


def png(width: int = 1200, height: int = 800) -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, height), "#1351B4").save(file, "PNG")
    return file.getvalue()


def a_picture() -> SiteImage:
    return SiteImage.objects.create(title="Sala", file=ContentFile(png(), "sala.png"), **{
        name: FIELDS[name] for name in ("alt_pt", "alt_en")
    })  # fmt: skip


def upload(signed: Client, name: str, content: bytes, **fields: str) -> int:
    """How many pictures there are after an upload."""
    values = {**FIELDS, "collection": "1", "tags": "", "file": SimpleUploadedFile(name, content), **fields}
    signed.post("/cms/images/add/", values)
    return SiteImage.objects.count()


def test_a_picture_without_a_description_in_both_languages_is_refused(editing):
    signed, _user = editing(SiteRole.EDITOR)
    from wagtail.models import Collection

    root = str(Collection.get_first_root_node().pk)
    assert upload(signed, "a.png", png(), alt_pt="", collection=root) == 0
    assert upload(signed, "a.png", png(), alt_en="", collection=root) == 0
    assert upload(signed, "a.png", png(), collection=root) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("a.png", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("a.gif", b"GIF89a"),
        ("a.html", b"<html>"),
        ("a.png", b""),
    ],
)
def test_what_is_no_picture_is_refused(editing, name: str, content: bytes):
    from wagtail.models import Collection

    signed, _user = editing(SiteRole.EDITOR)
    assert upload(signed, name, content, collection=str(Collection.get_first_root_node().pk)) == 0


def test_a_picture_goes_out_smaller_for_ever_and_in_a_box(client: Client):
    shown = a_picture().get_rendition("width-960")
    answer = client.get(shown.url)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/webp"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert Image.open(BytesIO(content)).size == (960, 640)
    assert client.get(shown.url.replace("sala", "outra")).status_code == 404


def test_a_page_whose_picture_file_is_gone_opens_without_it(client: Client, some_pages: None):
    picture = a_picture()
    picture.file.storage.delete(picture.file.name)
    for cache in caches.all():
        cache.clear()  # sizes of another test's picture, which had the same number
    about = page("sobre/")
    about.picture = picture
    about.body = [("picture", {"picture": picture, "caption": ""})]
    about.save_revision().publish()
    answer = client.get("/sobre/")
    assert answer.status_code == 200
    assert "Crianças leem" not in answer.content.decode()


def test_the_description_is_in_the_language_of_the_page(client: Client, some_pages: None):
    picture = a_picture()
    for language in ("pt-br", "en"):
        about = page("sobre/", language)
        about.picture = picture
        about.save_revision().publish()
    assert 'alt="Crianças leem no chão."' in client.get("/sobre/").content.decode()
    assert 'alt="Children read on the floor."' in client.get("/en/sobre/").content.decode()
    with translation.override("en"):
        assert picture.default_alt_text == "Children read on the floor."


def test_a_document_is_what_it_is_called_and_leaves_as_a_download(client: Client):
    page_of_script = SiteDocument(title="Nota", file=ContentFile(b"<html><script>1</script>", "nota.txt"))
    with pytest.raises(ValidationError):
        page_of_script.full_clean(exclude=["collection"])
    for name in ("nota.html", "nota.svg", "nota.exe"):
        with pytest.raises(ValidationError):
            SiteDocument(title="Nota", file=ContentFile(b"MZ", name)).full_clean(exclude=["collection"])
    made = SiteDocument(title="Nota", file=ContentFile(b"%PDF-1.4 nota", "nota.pdf"))
    made.full_clean(exclude=["collection"])
    made.save()
    answer = client.get(made.url)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert client.get(made.url.replace(".pdf", ".txt")).status_code == 404
