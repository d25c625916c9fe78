"""PDF and spreadsheets: the same numbers as on the screen, and nothing about single people."""

import io
from itertools import chain

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.accounts import factories as accounts
from tests.diagnose import factories as make
from trama.diagnose.models import Round
from trama.diagnose.profiles.exports import MINIMUM_PEOPLE, answers_by_kind, protected, results_xlsx
from trama.diagnose.profiles.pdf import results_pdf
from trama.diagnose.profiles.presentation import results_of

from .worlds import RESULTS, evidence_for, sharing_networks


def book(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.fixture
def director():
    return accounts.person_with("network_principal", accounts.a_network())


@pytest.fixture
def of(director):
    made = make.a_submitted_round(
        director.profiles.get().network, [1, 3, 2, None, -1], version=make.an_instrument((5,)), by=director
    )
    evidence_for(made, 2)
    return made


@pytest.mark.django_db
def test_the_spreadsheet_has_the_numbers_of_the_screen_as_numbers(client, director, of):
    client.force_login(director)
    shown = results_of(of)
    sheets = book(client.get(RESULTS.format(of.uid) + "resultado.xlsx").content).worksheets
    assert len(sheets) == 4
    criteria = list(sheets[1].iter_rows(min_row=2, values_only=True))
    assert [row[2] for row in criteria] == [one.title for one in shown.criteria]
    assert [row[3] for row in criteria] == [1, 3, 2, None, None]
    assert [row[4] for row in criteria] == [one.level for one in shown.criteria]
    assert [row[9] for row in criteria] == [0, 1, 0, 0, 0]
    area = next(row for row in sheets[0].iter_rows(values_only=True) if row[1] == shown.dimensions[0].areas[0].title)
    assert area[2:8] == (1, 1, 1, 0, 1, 1)
    assert area[8] == pytest.approx(6 / 7)
    assert area[10:13] == pytest.approx((13 / 6, 2, 17 / 7))


@pytest.mark.django_db
def test_text_that_looks_like_a_formula_is_text(director, of):
    with make.before_submission(of):
        agreement = of.items.get(position=1).agreement
        agreement.reason = "=HYPERLINK(1)"
        agreement.save()
    cells = [cell for row in book(results_xlsx(results_of(of))).worksheets[1].iter_rows() for cell in row]
    assert "'=HYPERLINK(1)" in [cell.value for cell in cells]
    assert not [cell for cell in cells if cell.data_type == "f"]


@pytest.mark.django_db
def test_the_spreadsheet_names_nobody(director):
    of = make.a_round(director.profiles.get().network, by=director, state="agreeing")
    members = [of.members.get(), *(make.a_member(of, respondent="teachers") for _ in range(3))]
    for member in members:
        make.answer_all(member, [1, 2, 3, 4])
    Round.objects.filter(pk=of.pk).update(state="agreeing")
    values = [
        str(value)
        for sheet in book(results_xlsx(results_of(of))).worksheets
        for value in chain.from_iterable(sheet.iter_rows(values_only=True))
        if value is not None
    ]
    for member in members:
        assert not any(member.user.name in value or member.user.email in value for value in values)


@pytest.mark.django_db
def test_answers_are_told_by_kind_where_three_stand_behind_them(director):
    of = make.a_round(director.profiles.get().network, by=director, state="agreeing")
    for _ in range(3):
        make.answer_all(make.a_member(of, respondent="teachers"), [2, 2, 2, 2])
    Round.objects.filter(pk=of.pk).update(state="agreeing")
    item = of.items.get(position=1).pk
    kinds = answers_by_kind(of)[item]
    assert [levels for _kind, levels in protected(kinds)] == [[2, 2, 2]]
    make.answer_all(of.members.get(user=director), [1, 1, 1, 1])
    Round.objects.filter(pk=of.pk).update(state="agreeing")
    # The director alone would be found by taking the teachers away: all are told together.
    assert [levels for _kind, levels in protected(answers_by_kind(of)[item])] == [[1, 2, 2, 2]]


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault of the strategy
@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.integers(-1, 4), min_size=1, max_size=6), max_size=6))
def test_no_row_and_no_difference_is_of_fewer_than_three(kinds):
    told = protected(kinds)
    sizes = [len(levels) for _kind, levels in told]
    everyone = sum(map(len, kinds.values()))
    assert all(size >= MINIMUM_PEOPLE for size in sizes)
    assert sum(sizes) in (0, everyone)  # nobody is left out: what is missing would be a group of its own
    assert (sum(sizes) == 0) == (everyone < MINIMUM_PEOPLE)
    assert sorted(chain.from_iterable(levels for _kind, levels in told)) == sorted(
        chain.from_iterable(kinds.values()) if sizes else []
    )


@pytest.mark.django_db
def test_the_pdf_is_tagged_in_the_language_of_the_page_and_holds_no_name(client, director, of):
    client.force_login(director)
    made = client.get(RESULTS.format(of.uid) + "resultado.pdf")
    assert made.status_code == 200
    assert made.content.startswith(b"%PDF")
    for mark in (b"StructTreeRoot", b"/Lang", b"pdfuaid"):
        assert mark in made.content
    assert results_pdf(results_of(of))


@pytest.mark.django_db
def test_the_files_of_a_territory_have_the_bands_of_the_screen(client):
    group, rounds = sharing_networks([[3, 1, 2, 4]] * 3 + [[1, 1, 2, 1]] * 2)
    client.force_login(accounts.person_with("group_coordinator", group))
    address = f"/autodiagnostico/territorios/group/{group.pk}/{rounds[0].version.instrument.slug}/"
    page = client.get(address).content.decode()
    rows = list(book(client.get(address + "distribuicao.xlsx").content).worksheets[0].iter_rows(values_only=True))
    told = [row for row in rows if row[2] and "Critério" in str(row[2])]
    assert len(told) == 4
    for row in told:
        assert row[2] in page
        assert all(share in page for share in row[3:6])
    assert client.get(address + "distribuicao.pdf").content.startswith(b"%PDF")
