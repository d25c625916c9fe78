"""Small groups on public pages: withheld, with what would give them away."""

import pytest

from tests.know import factories as make
from trama.know.indicators.columns import Value
from trama.know.indicators.figures import FigureKey, Figures, number
from trama.know.indicators.panorama import protected_figures, reading_of
from trama.know.indicators.protection import WITHHELD, protect_counts, protect_schools
from trama.know.indicators.selectors import definitions
from trama.know.models import Place

PEOPLE = {"enrolment"}


def enrolments(place: int = 1100015, **counts: int) -> Figures:
    """Municipal enrolments of 2024 by stage."""
    return Figures(
        place,
        {
            FigureKey("enrolment", "municipal", stage): {2024: Value(float(n), "v", 1, 2024)}
            for stage, n in counts.items()
        },
    )


def shown(figures: Figures) -> dict[str, float | None]:
    return {key.stage: number(series[2024]) for key, series in figures.cells.items()}


def test_without_small_groups_everything_is_shown():
    figures = enrolments(EF=300, AI=200, AF=100)
    assert protect_counts(figures, PEOPLE) is figures


def test_a_small_group_takes_with_it_what_would_give_it_away():
    answer = shown(protect_counts(enrolments(EF=107, AI=100, AF=7), PEOPLE))
    assert answer["AF"] is None
    hidden = [stage for stage, value in answer.items() if value is None]
    assert len(hidden) >= 2, "7 = 107 - 100"
    cells = protect_counts(enrolments(EF=107, AI=100, AF=7), PEOPLE).cells
    assert {s[2024].status for s in cells.values() if s[2024].value is None} == {WITHHELD}, "one mark for both reasons"


def test_nobody_enrolled_is_a_zero_and_is_shown():
    assert shown(protect_counts(enrolments(AI=200, AF=0), PEOPLE)) == {"AI": 200, "AF": 0}


def test_a_place_with_fewer_than_ten_residents_counted_is_not_a_group_of_people_in_school():
    context = Figures(1, {FigureKey("schools", "municipal"): {2024: Value(3.0, "v", 1, 2024)}})
    assert protect_counts(context, PEOPLE) is context


def test_one_small_school_cannot_be_subtracted_from_the_municipality():
    schools = {
        11000001: enrolments(11000001, AI=8),
        11000002: enrolments(11000002, AI=120),
        11000003: enrolments(11000003, AI=90),
    }
    municipality = enrolments(1100015, AI=218)
    answer = protect_schools(schools, municipality, PEOPLE)
    values = {code: shown(figures)["AI"] for code, figures in answer.items()}
    assert values[11000001] is None
    assert sum(value is None for value in values.values()) >= 2, "8 = 218 - 120 - 90"
    assert sum(value is not None for value in values.values()) >= 1, "no more is withheld than it takes"


@pytest.mark.django_db
def test_pages_and_downloads_stand_on_protected_figures(client):
    town = make.municipality(1100015)
    for code, n in ((11000001, 8), (11000002, 120), (11000003, 90)):
        make.observe(make.school(code, municipality=town), "enrolment", n, year=2024)
    make.observe(town, "enrolment", 218, year=2024)
    for stage, n in (("EF", 225), ("AF", 7)):
        make.observe(town, "enrolment", n, year=2024, stage=stage)
    own = protected_figures([town.code], definitions())[town.code]
    assert number(own.series("enrolment", "municipal", "AF")[2024]) is None
    school = reading_of(Place.objects.get(code=11000001)).own
    assert school.series("enrolment", "municipal", "AI")[2024].status == WITHHELD
    for address in ("/panorama/11000001/dados.csv", "/panorama/1100015/dados.json", "/panorama/11000001/"):
        page = client.get(address).content.decode()
        assert '"value":7.0' not in page
        assert ";8;" not in page
        assert ";7;" not in page
