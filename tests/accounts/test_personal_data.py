"""Every field with personal data stands in the register, with category, purpose, basis and retention."""

import re
from pathlib import Path

from django.apps import apps
from django.conf import settings

REGISTER = Path(settings.BASE_DIR) / "docs" / "security" / "personal-data.md"
# Names under which people's data hide, whatever the model
SUSPECT = re.compile(
    r"(?:^|_)(?:email|password|cpf|phone|telefone|birth|nascimento|ip|user_agent|session_key|session_data|extra_data|"
    r"uid|last_login|full_name|social_name|gender|race|address_line|secret|document|act_number|act_date)$"
)
# Names that match and say nothing about a person
NOT_PERSONAL = {
    "socialaccount.socialapp.secret",  # the installation's credential at gov.br; here it comes from the environment
}
# Fields that hold people's data under a plain name
DECLARED = {"accounts.user.name", "mfa.authenticator.data", "foundation.event.target_label", "foundation.event.detail"}


def _rows() -> dict[str, list[str]]:
    rows = {}
    for line in REGISTER.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 5 and re.fullmatch(r"[a-z_]+\.[a-z0-9_]+\.[a-z0-9_]+", cells[0]):
            rows[cells[0]] = cells[1:]
    return rows


def _is_suspect(model, field) -> bool:
    points_at_a_person = getattr(field, "related_model", None) is apps.get_model(settings.AUTH_USER_MODEL)
    if field.name == "uid" and model.__module__.startswith("trama."):
        return False  # a random number in the address of a thing, never one of a person
    return points_at_a_person or SUSPECT.search(field.name) is not None


def personal_fields() -> set[str]:
    found = {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if _is_suspect(model, field)
    }
    return (found | DECLARED) - NOT_PERSONAL


def test_every_personal_field_is_in_the_register():
    missing = sorted(personal_fields() - set(_rows()))
    assert not missing, f"docs/security/personal-data.md lacks: {missing}"


def test_every_row_is_filled_and_names_a_field_that_exists():
    existing = {
        f"{model._meta.label_lower}.{field.name}" for model in apps.get_models() for field in model._meta.local_fields
    }
    assert sorted(set(_rows()) - existing) == []
    assert [name for name, cells in _rows().items() if not all(cells)] == []


def test_models_that_say_so_are_in_the_register():
    """A docstring that declares personal data has at least one row."""
    declared = {
        model._meta.label_lower
        for model in apps.get_models()
        if model.__module__.startswith("trama.") and "Personal data:" in (model.__doc__ or "")
    }
    registered = {name.rsplit(".", 1)[0] for name in _rows()}
    assert declared
    assert declared - registered == set()


def test_the_search_finds_an_undeclared_field():
    """The control: without its row, an e-mail field is missed."""
    assert "accounts.user.email" in personal_fields()
    assert "account.emailaddress.email" in personal_fields()
    assert "accounts.profile.user" in personal_fields()
    assert "know.place.name" not in personal_fields()
