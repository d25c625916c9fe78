"""Numbers as people write them, in either language."""

import pytest
from django import forms
from django.utils import translation

from trama.programme.eligibility.forms import WrittenNumberField


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("pt-br", "550.000", 550_000), ("pt-br", "550000", 550_000), ("pt-br", "1.234.567,5", 1_234_567.5),
        ("pt-br", "5,5", 5.5), ("pt-br", "5.5", 5.5), ("pt-br", "550 000", 550_000), ("pt-br", "-2,25", -2.25),
        ("en", "550,000", 550_000), ("en", "5.5", 5.5), ("en", "5,5", 5.5), ("en", "1,234,567.5", 1_234_567.5),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_is_written(language, text, number):
    with translation.override(language):
        assert WrittenNumberField().clean(text) == number


@pytest.mark.parametrize("text", ["dez", "1,2,3", "1.2.3", "1e5", "nan", "inf", "--1", "1,23.456", "٣", "9" * 25])
@pytest.mark.parametrize("language", ["pt-br", "en"])
def test_what_is_not_a_number_is_refused_with_an_example(language, text):
    with translation.override(language), pytest.raises(forms.ValidationError) as error:
        WrittenNumberField().clean(text)
    assert ("1.234,5" if language == "pt-br" else "1,234.5") in error.value.messages[0]


@pytest.mark.parametrize("number", [550_000.0, 5.5, 0.0, -2.25, 0.125])
@pytest.mark.parametrize("language", ["pt-br", "en"])
def test_a_number_shown_in_a_form_is_read_back_the_same(language, number):
    field = WrittenNumberField()
    with translation.override(language):
        assert field.clean(field.prepare_value(number)) == number
