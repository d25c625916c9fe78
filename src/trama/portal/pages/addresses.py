"""Addresses of pages: the same path in both languages, Portuguese without a prefix, English under ``/en/``."""

from django.urls import reverse
from django.utils import translation

PORTUGUESE, ENGLISH = "pt-br", "en"
LANGUAGES = (PORTUGUESE, ENGLISH)
HOME_SLUGS = {PORTUGUESE: "home", ENGLISH: "home-en"}
# Pages that menus link to by name; their texts are editors' all the same.
SECTIONS = {
    "about": "sobre/",
    "training": "formacao/",
    "stories": "experiencias/",
    "news": "noticias/",
    "numbers": "numeros/",
    "partners": "parceiros/",
    "help": "ajuda/",
    "transparency": "transparencia/",
    "privacy": "privacidade/",
}
_LANGUAGE_OF_HOME = {slug: language for language, slug in HOME_SLUGS.items()}


def active_language() -> str:
    """One of ``LANGUAGES``: the language of this request."""
    return ENGLISH if (translation.get_language() or "").startswith("en") else PORTUGUESE


def stored_path(path: str, language: str) -> str:
    """The path under which the tree keeps a page: ``"sobre/"`` in English is ``"/home-en/sobre/"``."""
    return f"/{HOME_SLUGS[language]}/{path}"


def split(stored: str) -> tuple[str, str] | None:
    """(language, path) of a stored path; None for what is not under a home page."""
    slug, _slash, path = stored.lstrip("/").partition("/")
    language = _LANGUAGE_OF_HOME.get(slug)
    return (language, path) if language else None


def address_of(path: str, language: str) -> str:
    """The address that a reader sees, without the host."""
    with translation.override(language):
        root = reverse("portal:home")
    return root + path
