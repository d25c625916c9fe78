"""Dates in words, as each language writes them."""

from datetime import date, datetime

import pytest
from django import forms
from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.translation import override

from trama.foundation import dates


@pytest.mark.parametrize(
    ("language", "told"),
    [("pt-br", "22 de novembro de 2026"), ("en", "22 November 2026")],
    ids=["Portuguese", "English"],
)
def test_a_day_is_written_as_the_language_writes_it(language, told):
    with override(language):
        assert date_format(date(2026, 11, 22), "DATE_FORMAT") == told


def test_english_puts_the_day_first_and_names_the_month_on_a_clock_of_24_hours():
    with override("en"):
        assert date_format(date(2026, 12, 2), "SHORT_DATE_FORMAT") == "2 Dec 2026"
        assert date_format(datetime(2026, 12, 2, 21, 5), "SHORT_DATETIME_FORMAT") == "2 Dec 2026, 21:05"
        assert date_format(datetime(2026, 12, 2, 21, 5), "DATETIME_FORMAT") == "2 December 2026, 21:05"


class ADay(forms.Form):
    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))


def test_in_english_a_field_of_a_day_gives_and_takes_iso_and_reads_the_day_before_the_month():
    with override("en"):
        assert 'value="2026-12-02"' in str(ADay(initial={"day": date(2026, 12, 2)})["day"])
        for typed in ("2026-12-02", "02/12/2026", "2 Dec 2026"):
            form = ADay({"day": typed})
            assert form.is_valid(), typed
            assert form.cleaned_data["day"] == date(2026, 12, 2)
        assert not ADay({"day": "12/22/2026"}).is_valid()


def test_every_month_of_django_is_named_for_the_catalogue():
    with override("en"):
        assert tuple(str(name) for name in MONTHS.values()) == dates.MONTHS
    with override("pt-br"):
        assert all(str(name).islower() for name in MONTHS.values())
