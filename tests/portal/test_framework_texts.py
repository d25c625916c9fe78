"""The editor speaks Portuguese: what its framework leaves in English is ours; what an upgrade adds is told."""

import re
from collections import Counter
from pathlib import Path

import polib
import pytest
import wagtail
from django.conf import settings
from django.test import Client
from django.utils import translation

from tests.accounts import factories as make
from trama.accounts.roles.vocabulary import Role
from trama.portal.editors.texts import left_in_english

WAGTAIL = Path(wagtail.__file__).parent
OURS = Path(settings.BASE_DIR) / "locale/framework/pt_BR/LC_MESSAGES/django.po"
TEXTS_OF_SCRIPTS_LEFT = {"%(time_zone_option)s: %(localized_time_zone_label)s"}  # the same in Portuguese
PLACE = re.compile(r"%\(\w+\)[sd]|\{\w+\}|<[^>]+>")
LOCALES = [
    WAGTAIL / name.removeprefix("wagtail").strip(".").replace(".", "/") / "locale"
    for name in settings.CMS_APPS
    if name.split(".")[0] == "wagtail"
]

type Key = tuple[str | None, str]


def texts(locale: Path, domain: str) -> dict[Key, polib.POEntry]:
    catalogue = locale / "en/LC_MESSAGES" / f"{domain}.po"
    return {(one.msgctxt, one.msgid): one for one in polib.pofile(str(catalogue))} if catalogue.exists() else {}


def translated(locale: Path, domain: str) -> set[Key]:
    catalogue = locale / "pt_BR/LC_MESSAGES" / f"{domain}.mo"
    rows = polib.mofile(str(catalogue)) if catalogue.exists() else []
    return {(one.msgctxt, one.msgid) for one in rows if one.msgstr or any(one.msgstr_plural.values())}


def test_every_text_of_the_editor_is_in_portuguese_and_we_keep_none_too_many():
    ours = {(one.msgctxt, one.msgid) for one in polib.pofile(str(OURS)) if one.translated()}
    left: set[Key] = set()
    for locale in LOCALES:
        left |= texts(locale, "django").keys() - translated(locale, "django")
    assert len(LOCALES) >= 8
    assert left - ours == set(), "write them into locale/framework, and run scripts/translate.py"
    assert ours - left == set(), "the framework says these itself now"


def test_every_text_of_the_editors_scripts_is_in_portuguese():
    admin = WAGTAIL / "admin/locale"
    left = {text for _context, text in texts(admin, "djangojs").keys() - translated(admin, "djangojs")}
    assert left == left_in_english().keys() | TEXTS_OF_SCRIPTS_LEFT


def test_no_translation_loses_a_value_or_a_mark():
    for one in polib.pofile(str(OURS)):
        said = [one.msgstr] if one.msgstr else list(one.msgstr_plural.values())
        wanted = Counter(PLACE.findall(one.msgid_plural if one.msgid_plural else one.msgid))
        assert said
        assert Counter(PLACE.findall(said[-1])) == wanted, one.msgid


def test_what_is_compiled_is_what_is_written():
    compiled = {one.msgid: one.msgstr or one.msgstr_plural for one in polib.mofile(str(OURS.with_suffix(".mo")))}
    written = {one.msgid: one.msgstr or one.msgstr_plural for one in polib.pofile(str(OURS))}
    assert {key: str(value) for key, value in compiled.items()} == {key: str(value) for key, value in written.items()}


@pytest.mark.django_db
def test_the_first_page_and_the_scripts_of_the_editor_speak_portuguese(client: Client, settings):
    settings.TRAMA_MFA_REQUIRED_ROLES = frozenset()
    client.force_login(make.person_with(Role.PROGRAMME_ADMIN))
    page = client.get("/cms/").content.decode()
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))
    assert "0 imagem em Trama" in shown
    assert "0 documento em Trama" in shown
    assert "A edição do site precisa de JavaScript" in page
    assert "Salvando automaticamente" in client.get("/cms/jsi18n/").content.decode()
    with translation.override("en"):
        assert left_in_english()["Good"] == "Easy to read"
