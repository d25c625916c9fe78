"""The register of content: loaders run in order, all or nothing, and a fingerprint tells who wrote a row."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from trama.accounts.models import Organisation
from trama.foundation import content
from trama.foundation.content import ContentError, Outcome, fingerprint, load_content, register_content

NOON = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
def loaders(monkeypatch):
    registered: dict[str, content.Loader] = {}
    monkeypatch.setattr(content, "_loaders", registered)
    return registered


def makes(slug: str):
    def load(directory: Path, at: datetime) -> Outcome:
        Organisation.objects.create(kind="programme", name=slug, slug=slug)
        return Outcome(created=1)

    return load


@pytest.mark.django_db
def test_loaders_run_in_the_order_of_their_registration(loaders, tmp_path):
    register_content("um", makes("um"))
    register_content("dois", makes("dois"))
    assert list(load_content(tmp_path, at=NOON)) == ["um", "dois"]
    assert list(Organisation.objects.order_by("pk").values_list("slug", flat=True)) == ["um", "dois"]


@pytest.mark.django_db
def test_one_kind_of_content_can_be_loaded_alone(loaders, tmp_path):
    register_content("um", makes("um"))
    register_content("dois", makes("dois"))
    assert load_content(tmp_path, at=NOON, only="dois") == {"dois": Outcome(created=1)}
    with pytest.raises(ContentError, match="tres"):
        load_content(tmp_path, at=NOON, only="tres")


@pytest.mark.django_db(transaction=True)
def test_a_loader_that_fails_leaves_nothing_of_those_before_it(loaders, tmp_path):
    def fail(directory: Path, at: datetime) -> Outcome:
        raise ContentError("two.toml: found x, expected y")

    register_content("um", makes("um"))
    register_content("dois", fail)
    with pytest.raises(ContentError, match=r"two\.toml"):
        load_content(tmp_path, at=NOON)
    assert not Organisation.objects.exists()


def test_a_name_belongs_to_one_loader(loaders):
    loader = makes("um")
    register_content("um", loader)
    register_content("um", loader)
    with pytest.raises(ImproperlyConfigured):
        register_content("um", makes("outro"))


def test_a_fingerprint_depends_on_what_is_said_and_not_on_its_order():
    assert fingerprint({"a": 1, "b": "é"}) == fingerprint({"b": "é", "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": "1"})


def test_outcomes_add_up():
    assert Outcome(created=1, kept=2) + Outcome(created=3, unchanged=1) == Outcome(created=4, unchanged=1, kept=2)
