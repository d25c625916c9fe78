"""A history in words: days and numbers in the reader's own way."""

import pytest
from django.utils.translation import override

from trama.plan.adoptions.presentation import history_lines
from trama.plan.models import AdoptionChange

Kind = AdoptionChange.Kind
KEPT = "Reuniões | presenciais | 2026-11-19 | 62.50"


@pytest.mark.parametrize(
    ("language", "told"),
    [("pt-br", "Reuniões | presenciais (19/11/2026): 62,5"), ("en", "Reuniões | presenciais (19 Nov 2026): 62.5")],
    ids=["Portuguese", "English"],
)
def test_a_recorded_value_is_told_with_its_day_and_number_as_the_reader_writes_them(language, told):
    changes = [AdoptionChange(kind=Kind.MEASURED, after=KEPT), AdoptionChange(kind=Kind.MEASURE_REMOVED, before=KEPT)]
    with override(language):
        recorded, taken_away = history_lines(changes)
    assert (recorded.before, recorded.after) == ("", told)
    assert (taken_away.before, taken_away.after) == (told, "")
