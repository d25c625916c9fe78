"""A page of the public site made of every part that editors have, in both languages, with a picture."""

from io import BytesIO
from typing import Any

PATH = "todas-as-partes"


def prepare() -> None:
    """Make it once."""
    from trama.portal.pages.addresses import LANGUAGES, stored_path
    from trama.portal.pages.models import BasePage, TextPage

    if BasePage.objects.filter(slug=PATH).exists():
        return
    key = None
    for language in LANGUAGES:
        home = BasePage.objects.get(url_path=stored_path("", language))
        page = TextPage(title="Todas as partes" if language == "pt-br" else "Every part", slug=PATH, locale=home.locale)
        page.translation_key = key or page.translation_key
        key = page.translation_key
        page.summary = "…"
        page.picture = _picture()
        home.add_child(instance=page)
        page.body = _body(page.picture.pk)
        page.save_revision().publish()


def _picture() -> Any:
    from django.core.files.base import ContentFile
    from PIL import Image

    from trama.portal.models import SiteImage

    file = BytesIO()
    Image.new("RGB", (1200, 600), "#1351B4").save(file, "PNG")
    return SiteImage.objects.create(
        title="Azul", file=ContentFile(file.getvalue(), "azul.png"), alt_pt="Um campo azul.", alt_en="A blue field.",
        credit="Trama",
    )  # fmt: skip


def _body(picture: int) -> str:
    import json

    parts: list[tuple[str, Any]] = [
        ("text", '<h2>Texto</h2><p>Um <b>texto</b>, <a href="/dados/">link</a>.</p><h3>Mais</h3><ul><li>a</li></ul>'),
        ("picture", {"picture": picture, "caption": "Legenda"}),
        ("quote", {"text": "Palavras de alguém.", "name": "Nome", "post": "Dirigente, Cidade"}),
        ("cards", {"heading": "Cartões", "cards": [{"title": "Um", "text": "Texto", "address": "/dados/"},
                                                    {"title": "Dois", "text": "", "address": ""}]}),
        ("numbers", {"heading": "Números", "numbers": [{"value": "1,5", "label": "o que conta", "source": "Fonte",
                                                        "year": "2020", "note": "Nota"}]}),
        ("computed", {"heading": "Contados", "which": "open"}),
        ("timeline", {"heading": "Tempo", "steps": [{"when": "1999", "title": "Começo", "text": "Texto"}]}),
        ("questions", {"heading": "Perguntas", "questions": [{"question": "Por quê?", "answer": "<p>Sim.</p>"}]}),
        *(("message", {"tone": tone, "title": tone, "text": "<p>T</p>"}) for tone in ("info", "success", "warning")),
        ("partners", {"heading": "Parceiros", "text": "Texto", "partners": [{"name": "Um", "text": ""}]}),
        ("technologies", {"heading": "Tecnologias", "technologies": ["strategic-planning"]}),
        ("actions", {"links": [{"label": "Um", "address": "/dados/"}, {"label": "Dois", "address": "/"}]}),
    ]  # fmt: skip
    return json.dumps([{"type": kind, "value": value} for kind, value in parts])
