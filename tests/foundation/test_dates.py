"""Dates in words, as each language writes them."""

from datetime import date

import pytest
from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.translation import override

from trama.foundation import dates


@pytest.mark.parametrize(
    ("language", "told"), [("pt-br", "22 de novembro de 2026"), ("en", "Nov. 22, 2026")], ids=["Portuguese", "English"]
)
def test_a_day_is_written_as_the_language_writes_it(language, told):
    with override(language):
        assert date_format(date(2026, 11, 22), "DATE_FORMAT") == told


def test_every_month_of_django_is_named_for_the_catalogue():
    with override("en"):
        assert tuple(str(name) for name in MONTHS.values()) == dates.MONTHS
    with override("pt-br"):
        assert all(str(name).islower() for name in MONTHS.values())
