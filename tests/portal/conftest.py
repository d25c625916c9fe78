"""The pages that ship, people who edit, and the cache of pages as an installation has it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live_settings
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from tests.accounts import factories as make
from trama.accounts.roles.vocabulary import Role
from trama.foundation.content import load_content
from trama.portal.models import SiteRole
from trama.portal.pages.models import BasePage


@pytest.fixture
def pages(db: None) -> None:
    """Technologies are not loaded: what names one shows nothing of it."""
    load_content(live_settings.CONTENT_DIR, at=timezone.now(), only="pages")


SOME = ("home", "sobre", "formacao", "privacidade", "parceiros", "ajuda", "numeros", "noticias", "experiencias")


@pytest.fixture
def some_pages(db: None, tmp_path: Path) -> None:
    """A few of them, for tests that need a page and not all: each takes a tenth of a second to publish."""
    (tmp_path / "portal").mkdir()
    for name in SOME:
        shutil.copy(live_settings.CONTENT_DIR / "portal" / f"{name}.toml", tmp_path / "portal")
    load_content(tmp_path, at=timezone.now(), only="pages")


@pytest.fixture
def kept(settings: Any) -> Iterator[None]:
    """The cache of pages as an installation has it; the tests have none otherwise."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
        "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "portal"},
    }
    caches["pages"].clear()
    yield
    caches["pages"].clear()


type Signed = tuple[Client, Any]


@pytest.fixture
def editing(db: None) -> Callable[[str], Signed]:
    """``editing(SiteRole.AUTHOR)``: a client of somebody with that role on the site, and who it is."""
    programme = make.the_programme()
    admin = make.person_with(Role.PROGRAMME_ADMIN, programme)

    def sign_in(role: str) -> Signed:
        from trama.portal.editors.services import give_role

        if role == SiteRole.MODERATOR:
            user = admin
        else:
            user = make.person_with(Role.PROGRAMME_TEAM, programme)
            give_role(user.profiles.get(), role, by=admin, at=timezone.now())
        client = Client()
        client.force_login(user)
        return client, user

    return sign_in


def page(path: str, language: str = "pt-br") -> Any:
    from trama.portal.pages.addresses import stored_path

    return BasePage.objects.get(url_path=stored_path(path, language)).specific
