"""A consortium of three municipalities of Alagoas, worked so that every number of its page can be checked by hand."""

from datetime import date

from tests.know import factories as make
from trama.know.territory.models import GroupMembership, NetworkGroup

ZULU, ANADIA, MEIO = 2700102, 2700201, 2700300  # codes in an order that is not that of the names
NAMES = {ZULU: "Zulu", ANADIA: "Anadia", MEIO: "Meio do Mundo"}
ENTERED, LEFT = date(2015, 3, 1), date(2020, 1, 1)


def consortium() -> NetworkGroup:
    """Zulu belongs since before the first record, Anadia since 2015, Meio do Mundo from 2015 to the end of 2019."""
    for code, name in NAMES.items():
        make.network(make.municipality(code, name))
    group = make.group("conisul", name="Consórcio do Sul", members=(ZULU,))
    make.group("conisul", members=(ANADIA,), start=ENTERED)
    make.group("conisul", members=(MEIO,), start=ENTERED, end=LEFT)
    return group


def figures() -> None:
    """Zulu has the highest Ideb and the last name; enrolments of Meio do Mundo are a small group."""
    for code, ideb, people, pupils in (
        (ZULU, 7.1, 1000.0, 120.0),
        (ANADIA, 4.2, 20000.0, 2000.0),
        (MEIO, 5.5, None, 7.0),
    ):
        make.observe(code, "ideb", ideb, stage="AI", year=2023)
        make.observe(code, "ideb", ideb - 1, stage="AI", year=2021)
        make.observe(code, "enrolment", pupils, stage="EF", year=2023)
        if people:
            make.observe(code, "population", people, dependency="total", stage="", year=2022)
    make.observe(27, "ideb", 5.0, stage="AI", year=2023, dependency="publica")


def lists(group: NetworkGroup) -> None:
    """List A names everybody, list B only Zulu."""
    GroupMembership.objects.filter(group=group).update(
        source_date="2021", source_address="https://a.example/lista", note="lista A: 3 municípios"
    )
    GroupMembership.objects.filter(group=group, network__place=ZULU).update(
        source_date="2021; 2022", note="lista A: 3 municípios; lista B: 1 município; https://b.example/lista"
    )
