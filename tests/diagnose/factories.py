"""Small worlds for the tests of self-diagnosis: a short instrument, a round with people in it, answers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.core.files.base import ContentFile

from tests.accounts import factories as accounts
from trama.accounts.models import User
from trama.diagnose.models import (
    Agreement,
    Answer,
    Area,
    Criterion,
    Dimension,
    Evidence,
    Instrument,
    InstrumentVersion,
    LevelMeaning,
    OwnQuestion,
    Priority,
    PriorityList,
    Respondent,
    Round,
    RoundItem,
    RoundMember,
    RoundStep,
)
from trama.diagnose.rounds.selectors import zone_of
from trama.know.api import scope_fields

NOON = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
_next = count(1)


def both(name: str, text: str) -> dict[str, str]:
    return {f"{name}_pt": text, f"{name}_en": f"{text} (en)"}


def an_instrument(
    criteria: Sequence[int] = (2, 2),
    *,
    scope: str = "network",
    version: str = "1.0",
    slug: str = "",
    published: bool = True,
    asked: Sequence[Sequence[str]] | None = None,
) -> InstrumentVersion:
    """A published version with one dimension per two areas; ``criteria``: how many criteria each area has.

    ``asked``: the kinds of respondent of each criterion of an area, such as ``[["dme"], ["dme", "teachers"], []]``.

    Criteria are called ``c1``, ``c2`` …; the first of each area is starred; weights go 1, 2, 3, 1 …
    """
    number = next(_next)
    instrument, _ = Instrument.objects.get_or_create(slug=slug or f"instrumento-{number}", defaults={"scope": scope})
    made = InstrumentVersion.objects.create(
        instrument=instrument,
        version=version,
        created_at=NOON,
        **both("title", "Instrumento de teste"),
        **both("summary", "Resumo."),
        **both("guidance", "Como responder."),
        **both("authors", "Equipe"),
    )
    LevelMeaning.objects.bulk_create(
        LevelMeaning(version=made, level=level, **both("meaning", f"Nível {level}.")) for level in (1, 2, 3, 4)
    )
    director = Respondent.objects.create(version=made, key="dme", position=1, **both("name", "Dirigente"))
    teachers = Respondent.objects.create(version=made, key="teachers", position=2, **both("name", "Docentes"))
    position, made_criteria, kinds = 0, [], []
    for n, size in enumerate(criteria, start=1):
        dimension, _ = Dimension.objects.get_or_create(
            version=made,
            slug=f"d{(n + 1) // 2}",
            defaults={
                "code": str((n + 1) // 2),
                "position": (n + 1) // 2,
                **both("title", f"Dimensão {(n + 1) // 2}"),
            },
        )
        area = Area.objects.create(
            dimension=dimension, code=f"{dimension.code}.{n}", slug=f"a{n}", position=n, **both("title", f"Área {n}")
        )
        for m in range(1, size + 1):
            position += 1
            made_criteria.append(
                Criterion(
                    version=made,
                    area=area,
                    key=f"c{position}",
                    code=f"{area.code}.{m}",
                    position=position,
                    starred=m == 1,
                    weight=(position - 1) % 3 + 1,
                    anchors_hash=f"{position:064d}",
                    **both("title", f"Critério {position}"),
                    **both("question", f"Pergunta {position}?"),
                    **both("fragile", f"Frágil {position}."),
                    **both("basic", f"Básico {position}."),
                    **both("adequate", f"Adequado {position}."),
                    **both("exemplary", f"Exemplar {position}."),
                )
            )
            kinds.append(("dme", "teachers") if asked is None else asked[m - 1])
    asking = Criterion.respondents.through
    asking.objects.bulk_create(
        asking(criterion=criterion, respondent=one)
        for criterion, keys in zip(Criterion.objects.bulk_create(made_criteria), kinds, strict=True)
        for one in (director, teachers)
        if one.key in keys
    )
    return publish(made) if published else made


def publish(version: InstrumentVersion) -> InstrumentVersion:
    """The version becomes the current one of its instrument: from now on the database keeps it as it is."""
    InstrumentVersion.objects.filter(instrument=version.instrument, state="published").update(state="retired")
    version.state, version.published_at = "published", NOON
    version.save()
    return version


def a_round(
    scope: Any = None, version: InstrumentVersion | None = None, *, by: User | None = None, **fields: Any
) -> Round:
    """An open round over every criterion, whose coordinator is ``by`` (a new director of the network)."""
    owner = scope or accounts.a_network()
    pinned = version or an_instrument()
    coordinator = by or accounts.person_with("network_principal", owner)
    fields.setdefault("time_zone", zone_of(owner))
    asked_state = fields.pop("state", "answering")
    submitted_at = fields.pop("submitted_at", NOON) if asked_state == "submitted" else None
    values = {
        "title": "Rodada de teste",
        "opened_at": NOON,
        "answers_until": NOON + timedelta(days=14),
        "opened_by": coordinator,
        **fields,
    }
    made = Round.objects.create(version=pinned, **scope_fields(owner), **values)
    RoundItem.objects.bulk_create(
        RoundItem(round=made, criterion=criterion, position=n)
        for n, criterion in enumerate(pinned.criteria.all(), start=1)
    )
    a_member(made, coordinator, part="coordinator")
    if asked_state != "answering":
        made.state, made.submitted_at = asked_state, submitted_at
        made.save()
    return made


@contextmanager
def before_submission(of: Round) -> Iterator[None]:
    """What is written inside was there before the round was submitted: afterwards the database refuses it."""
    state = Round.objects.get(pk=of.pk).state
    Round.objects.filter(pk=of.pk).update(state="agreeing")
    yield
    Round.objects.filter(pk=of.pk).update(state=state)


def a_member(of: Round, user: User | None = None, *, part: str = "respondent", respondent: str = "dme") -> RoundMember:
    """A person in a round; a new one without any other role unless given."""
    return RoundMember.objects.create(
        round=of,
        user=user or accounts.a_person(),
        part=part,
        respondent=of.version.respondents.filter(key=respondent).first(),
        added_by=of.opened_by,
        added_at=NOON,
    )


def answer_all(member: RoundMember, levels: Sequence[int | None]) -> None:
    """The member's answers to the items in order."""
    with before_submission(member.round):
        Answer.objects.bulk_create(
            Answer(item=item, member=member, level=level, saved_at=NOON)
            for item, level in zip(member.round.items.all(), levels, strict=True)
        )


def agree_all(of: Round, levels: Sequence[int | None]) -> None:
    """What the team agreed about the items in order."""
    with before_submission(of):
        Agreement.objects.bulk_create(
            Agreement(item=item, level=level, reason="Combinado.", saved_at=NOON, saved_by=of.opened_by)
            for item, level in zip(of.items.all(), levels, strict=True)
        )


def a_submitted_round(scope: Any = None, levels: Sequence[int | None] = (1, 2, 3, 4), **fields: Any) -> Round:
    """A round that was agreed and submitted."""
    made = a_round(scope, fields.pop("version", None) or an_instrument(), state="submitted", **fields)
    agree_all(made, levels)
    return made


def a_told_round(
    scope: Any, words: str, *, by: User, state: str = "answering", version: InstrumentVersion | None = None
) -> Round:
    """A round in ``state`` with every kind of text that a team leaves in one, each of them holding ``words``.

    ``by`` coordinates it; a council without any role answers it too, and they differ.
    """
    made = a_round(scope, version or an_instrument(scope=_instrument_scope(scope)), by=by, title=f"Rodada {words}")
    question = OwnQuestion.objects.create(
        **scope_fields(scope),
        title=f"Própria {words}",
        question=f"Como vai {words}?",
        fragile=f"Mal {words}.",
        basic=f"Assim {words}.",
        adequate=f"Bem {words}.",
        exemplary=f"Muito bem {words}.",
        created_by=by,
        created_at=NOON,
    )
    RoundItem.objects.create(round=made, own_question=question, position=made.items.count() + 1)
    council = a_member(made, respondent="teachers")
    items = list(made.items.all())
    for member, level in ((made.members.get(user=by), 1), (council, 4)):
        Answer.objects.bulk_create(
            Answer(item=item, member=member, level=level, comment=f"Comentário {words}", saved_at=NOON)
            for item in items
        )
    Agreement.objects.bulk_create(
        Agreement(item=item, level=2, reason=f"Motivo {words}", saved_at=NOON, saved_by=by) for item in items
    )
    shown = {"item": items[0], "member": council, "added_at": NOON}
    Evidence.objects.create(**shown, kind="link", title=f"Ata {words}", address="https://exemplo.org/ata")
    Evidence.objects.create(
        **shown,
        kind="file",
        title=f"Foto {words}",
        file=ContentFile(f"um texto {words}".encode(), name="x.txt"),
        file_name=f"{words}.txt",
        media_type="text/plain",
        size=10,
        sha256="0" * 64,
    )
    RoundStep.objects.create(round=made, from_state="", to_state="answering", reason=f"Porque {words}", by=by, at=NOON)
    ranked = PriorityList.objects.create(round=made)
    Priority.objects.create(list=ranked, item=items[0], position=1, reason=f"Prioridade {words}")
    if state != "answering":
        Round.objects.filter(pk=made.pk).update(state=state, submitted_at=NOON if state == "submitted" else None)
        made.refresh_from_db()
    return made


def _instrument_scope(scope: Any) -> str:
    return {"teachingnetwork": "network", "school": "school", "networkgroup": "territory"}[scope._meta.model_name]
