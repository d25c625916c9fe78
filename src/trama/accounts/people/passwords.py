"""Passwords that are long but easy to guess: digits only, one piece repeated, a common word with digits around it."""

import re
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_OF_THE_FIELD = frozenset(
    {
        "senha",
        "educacao",
        "secretaria",
        "prefeitura",
        "municipio",
        "escola",
        "professor",
        "professora",
        "brasil",
        "trama",
    }
)


class ObviousPasswordValidator:
    """Beyond the list of common passwords, whose long entries are few. Says only that the password is easy to guess."""

    def __init__(self) -> None:
        self._common = CommonPasswordValidator().passwords

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ``ValidationError`` if nothing is left once digits, signs and repetition are taken away."""
        letters = re.sub(r"[\W\d_]+", "", password.lower())
        repeated = re.fullmatch(r"(.+?)\1+", password.lower())
        piece = re.fullmatch(r"(.+?)\1+", letters)
        core = piece.group(1) if piece else letters
        if len(core) < 4 or repeated or core in self._common or core in _OF_THE_FIELD:
            raise ValidationError(_("This password is too easy to guess."), code="password_obvious")

    def get_help_text(self) -> str:
        return _("Three or four words that have nothing to do with each other make a good password.")
