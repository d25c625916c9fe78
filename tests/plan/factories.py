"""Small worlds for the tests of technologies, adoptions and plans."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import uuid4

from tests.accounts import factories as accounts
from trama.plan.adoptions.services import open_adoption
from trama.plan.models import Adoption, Technology, TechnologyVersion
from trama.plan.technologies.parts import VERSION_FIELDS, write_parts

NOON = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
_next = count(1)

SHEETS = """
title_pt = "Planilha"
title_en = "Spreadsheet"
instructions_pt = "Preencha."
instructions_en = "Fill in."
[[sheet]]
name_pt = "Dados"
name_en = "Data"
rows = 5
  [[sheet.column]]
  key = "what"
  title_pt = "O quê"
  title_en = "What"
  type = "text"
  [[sheet.column]]
  key = "cost"
  title_pt = "Custo"
  title_en = "Cost"
  type = "money"
  total = "sum"
  [[sheet.column]]
  key = "state"
  title_pt = "Situação"
  title_en = "State"
  type = "choice"
  choices_pt = ["feito", "a fazer"]
  choices_en = ["done", "to do"]
  [[sheet.column]]
  key = "due"
  title_pt = "Prazo"
  title_en = "Due"
  type = "date"
  [[sheet.column]]
  key = "double"
  title_pt = "Dobro"
  title_en = "Double"
  type = "formula"
  formula = '=IF({cost}="","",2*{cost})'
  result = "money"
  [[sheet.example]]
  values_pt = { what = "Livros", cost = 10, state = "feito", due = "2027-03-01" }
  values_en = { what = "Books", cost = 10, state = "done", due = "2027-03-01" }
"""


def both(name: str, text: str) -> dict[str, str]:
    return {f"{name}_pt": text, f"{name}_en": f"{text} (en)"}


def a_document(word: str) -> dict[str, str]:
    text = "# {0}\n\nUse.\n\n## Parte\n\n**Data:** __________\n\n| A | B |\n| - | - |\n|  | ☐ sim ☐ não |\n"
    return {"body_pt": text.format(word), "body_en": text.format(f"{word} (en)"), "sheets": ""}


def a_mapping(word: str = "Texto", **changes: Any) -> dict[str, Any]:
    """A complete version in the shape of ``parts.as_mapping``; every text holds ``word``."""
    steps = [
        {"slug": f"passo-{stage}-{n}", "days": 5, "instruments": ["pauta", "planilha", "rubrica"] if n == 1 else [],
         **both("title", f"{word} passo {stage}.{n}"), **both("what", f"{word} como"), **both("who", f"{word} quem"),
         **both("product", f"{word} produto")}
        for stage in (1, 2, 3) for n in (1, 2)
    ]  # fmt: skip
    data: dict[str, Any] = {
        "axis": "planning", "effort": "medium", "weeks": 6, "team_hours": 4,
        **both("title", f"{word} título"), **both("summary", f"{word} resumo"), **both("problem", f"{word} problema"),
        **both("goal", f"{word} meta"), **both("evidence", f"{word} evidência"),
        **both("preconditions", f"{word} um\n{word} dois\n{word} três"), **both("authors", f"{word} autores"),
        **both("note", f"{word} nota"),
        "dimensions": ["3"], "audiences": ["secretariat"],
        "roles": [{**both("name", f"{word} papel {n}"), **both("task", f"{word} tarefa")} for n in (1, 2, 3)],
        "stages": [
            {"slug": f"etapa-{n}", "weeks": 2, **both("title", f"{word} etapa {n}"),
             **both("purpose", f"{word} para quê"), "steps": steps[2 * n - 2 : 2 * n]}
            for n in (1, 2, 3)
        ],
        "instruments": [
            {"slug": "pauta", "kind": "agenda", **both("title", f"{word} pauta"), **both("purpose", f"{word} serve"),
             **a_document(word)},
            {"slug": "rubrica", "kind": "rubric", **both("title", f"{word} rubrica"),
             **both("purpose", f"{word} serve"), **a_document(word)},
            {"slug": "planilha", "kind": "spreadsheet", **both("title", f"{word} planilha"),
             **both("purpose", f"{word} serve"), "body_pt": "", "body_en": "", "sheets": SHEETS},
        ],
        "indicators": [
            {**both("title", f"{word} indicador {n}"), **both("measure", f"{word} conta"),
             **both("target", f"{word} alvo")}
            for n in (1, 2, 3)
        ],
        "risks": [{**both("title", f"{word} risco {n}"), **both("response", f"{word} resposta")} for n in (1, 2, 3)],
        "adaptations": [
            {"context": context, **both("text", f"{word} adaptação")}
            for context in ("no_internet", "rural", "small_network")
        ],
    }  # fmt: skip
    return {**data, **changes}


def a_version(
    slug: str = "", *, label: str = "1.0", state: str = "published", organisation: Any = None, word: str = "Texto",
    data: dict[str, Any] | None = None, **fields: Any,
) -> TechnologyVersion:  # fmt: skip
    """A complete version of a new or existing technology, in a state."""
    technology, _new = Technology.objects.get_or_create(
        slug=slug or f"tecnologia-{next(_next)}", defaults={"organisation": organisation, "position": 50}
    )
    values = data or a_mapping(word)
    made = TechnologyVersion.objects.create(
        technology=technology, version=label, created_at=NOON, changed_at=NOON,
        **{name: values[name] for name in VERSION_FIELDS}, **fields,
    )  # fmt: skip
    write_parts(made, values)
    if state != "draft":
        published = NOON if state in ("published", "retired") else None
        TechnologyVersion.objects.filter(pk=made.pk).update(state=state, published_at=published)
    made.refresh_from_db()
    return made


# --- strategic plans --------------------------------------------------------------------------------------------------


def a_plan(scope: Any = None, *, by: Any = None, **fields: Any) -> Any:
    """A draft of two years from 2026, of a new municipal network unless given, started by its director."""
    import uuid
    from datetime import date

    from tests.accounts import factories as accounts
    from trama.know.api import scope_fields
    from trama.plan.models import StrategicPlan

    owner = scope or accounts.a_network()
    values = {
        "uid": uuid.uuid4(), "title": "Plano de teste", "purpose": "Aprender.", "starts_on": date(2026, 1, 1),
        "ends_on": date(2027, 12, 31), "created_by": by or accounts.person_with("network_principal", owner),
        "created_at": NOON, **fields,
    }  # fmt: skip
    return StrategicPlan.objects.create(**scope_fields(owner), **values)


def an_objective(plan: Any, title: str = "Todas as crianças leem", **values: Any) -> Any:
    return _added(plan, "objective", {"title": title, **values})


def a_goal(objective: Any, title: str = "Ideb dos anos iniciais", **values: Any) -> Any:
    return _added(objective.plan, "goal", {"objective": objective, "title": title, **values})


def an_action(objective: Any, what: str = "Visitar as escolas", **values: Any) -> Any:
    return _added(objective.plan, "action", {"objective": objective, "what": what, **values})


def _added(plan: Any, kind: str, values: dict[str, Any]) -> Any:
    import uuid

    from trama.plan.strategy.services import add_part

    return add_part(plan, kind, values, uid=uuid.uuid4(), by=plan.created_by, at=NOON).part


def an_adoption(
    scope: Any = None, version: TechnologyVersion | None = None, *, by: Any = None, at: datetime = NOON, **fields: Any
) -> Adoption:
    """A planned adoption of an owner (a new network) from Monday 2 March 2026, opened by its director."""
    owner = scope or accounts.a_network()
    fields.setdefault("starts_on", date(2026, 3, 2))
    fields.setdefault("uid", uuid4())
    opener = by or accounts.person_with("network_principal", owner)
    return open_adoption(owner, version or a_version(), by=opener, at=at, **fields)
