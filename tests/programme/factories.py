"""Small worlds for the tests of calls and rules."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.accounts.factories import person_with, the_programme
from tests.know import factories as know
from trama.programme.eligibility.tree import ConditionNode, GroupNode, Node
from trama.programme.models import Call, CallCategory, EligibilityRule, RuleVersion

NOON = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)

POPULATION = ConditionNode("population", "le", 550_000.0, dependency="total", year=2020)
ENROLMENT = ConditionNode("enrolment", "gt", 10_000.0, stage="EF", location="U", year=2020)
BELOW_STATE = ConditionNode(
    "ideb", "lt", stage="AI", year=2019, reference="state", reference_kind="published", reference_dependency="publica"
)
BELOW_COUNTRY = ConditionNode(
    "ideb", "lt", stage="AI", year=2019, reference="country", reference_kind="published", reference_dependency="publica"
)


def all_of(*children: Node) -> GroupNode:
    return GroupNode("all", children)


def any_of(*children: Node) -> GroupNode:
    return GroupNode("any", children)


def admin(**fields: Any) -> Any:
    return person_with("programme_admin", the_programme(), **fields)


def team(**fields: Any) -> Any:
    return person_with("programme_team", the_programme(), **fields)


def call(slug: str = "chamada", **fields: Any) -> Call:
    """A complete draft of the programme, in both languages, open for a month from NOON on."""
    values: dict[str, Any] = {
        "organisation": the_programme(),
        "title_pt": "Chamada de teste",
        "title_en": "Test call",
        "summary_pt": "Resumo.",
        "summary_en": "Summary.",
        "text_pt": "Texto.",
        "text_en": "Text.",
        "opens_at": NOON - timedelta(days=1),
        "closes_at": NOON + timedelta(days=30),
        "created_at": NOON,
        "changed_at": NOON,
        **fields,
    }
    if values.get("state", "draft") != "draft":
        values.setdefault("published_at", NOON)
    return Call.objects.create(slug=slug, **values)


def category(of: Call, slug: str = "municipal", **fields: Any) -> CallCategory:
    return CallCategory.objects.create(
        call=of, slug=slug, **{"name_pt": "Municipal", "name_en": "Municipal", "admission": "rule", **fields}
    )


def version(of: CallCategory, tree: GroupNode, *, published: bool = True, number: int = 1) -> RuleVersion:
    """A version with its tree, published unless said otherwise."""
    from trama.programme.eligibility.services import write_tree

    for code in ("population", "enrolment", "ideb"):
        indicator(code)
    rule, _new = EligibilityRule.objects.get_or_create(category=of)
    made = RuleVersion.objects.create(rule=rule, number=number, created_at=NOON)
    write_tree(made, tree)
    if published:
        RuleVersion.objects.filter(pk=made.pk).update(published_at=NOON)
        made.refresh_from_db()
    return made


def indicator(code: str) -> Any:
    names = {
        "population": ("População", "Population", "persons", 0, False),
        "enrolment": ("Matrículas", "Enrolments", "persons", 0, True),
        "ideb": ("Ideb", "Ideb", "index_0_10", 1, False),
    }
    pt, en, unit, decimals, people = names[code]
    return know.indicator(code, name_pt=pt, name_en=en, unit=unit, decimals=decimals, person_count=people)


def observe(place: int, code: str, value: float | None, *, year: int, dependency: str = "municipal", stage: str = "",
            location: str = "", **fields: Any) -> None:  # fmt: skip
    indicator(code)
    know.observe(place, code, value, year=year, dependency=dependency, stage=stage, location=location, **fields)


def four_networks() -> list[Any]:
    """Two states. A: meets all; B: too large; C: no enrolment known; D: Ideb above both means."""
    codes = [2700201, 2700300, 2600054, 2600104]
    networks = [know.network(code) for code in codes]
    for code, population in zip(codes, (60_000, 900_000, 80_000, 70_000), strict=True):
        observe(code, "population", population, year=2020, dependency="total")
    for code, enrolment in zip(codes, (12_000, 99_000, None, 11_000), strict=True):
        if enrolment is not None:
            observe(code, "enrolment", enrolment, year=2020, stage="EF", location="U")
    for code, ideb in zip(codes, (4.5, 4.4, 5.0, 6.0), strict=True):
        observe(code, "ideb", ideb, year=2019, stage="AI")
    for place, ideb in ((0, 5.7), (27, 5.1), (26, 5.2)):
        observe(place, "ideb", ideb, year=2019, stage="AI", dependency="publica")
    return networks
