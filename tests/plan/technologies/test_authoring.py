"""Writing technologies on the site: who may, the way from a draft to the catalogue, two editors, what is remembered."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests.accounts import factories as accounts
from tests.plan.factories import NOON, SHEETS, a_mapping, a_version
from trama.foundation.audit.models import Event
from trama.foundation.wording import word_by_word
from trama.plan.models import ReviewComment, Technology, TechnologyChange, TechnologyVersion
from trama.plan.technologies import reviewing, services
from trama.plan.technologies.comparison import differences
from trama.plan.technologies.errors import (
    IncompleteTechnology,
    OwnReview,
    StaleTechnology,
    WrongTechnologyState,
)
from trama.plan.technologies.parts import ROLE, STAGE, STEP, as_mapping, write_parts

pytestmark = pytest.mark.django_db
MARK = "SEGREDO-DO-PARCEIRO"


@pytest.fixture
def partner() -> Any:
    return accounts.a_partner()


@pytest.fixture
def author(partner: Any) -> Any:
    return accounts.person_with("trainer", partner)


def team() -> Any:
    return accounts.person_with("programme_team", accounts.the_programme())


def admin() -> Any:
    return accounts.person_with("programme_admin", accounts.the_programme())


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(version: TechnologyVersion, path: str = "") -> str:
    return f"/equipe/tecnologias/{version.technology.slug}/{version.version}/{path}"


def every_page(version: TechnologyVersion) -> list[str]:
    role, stage = version.roles.first(), version.stages.first()
    step = stage.steps.first()
    return [
        at(version, path)
        for path in (
            "", "textos/", "historico/", "comparar/", "leitura/", "leitura/etapas/etapa-1/",
            "leitura/documentos/pauta/", "leitura/documentos/pauta.docx", "leitura/documentos/planilha.xlsx",
            "partes/role/nova/",
            f"partes/role/{role.pk}/", f"partes/role/{role.pk}/remover/", f"partes/step/nova/?etapa={stage.pk}",
            f"partes/step/{step.pk}/", f"partes/instrument/{version.instruments.first().pk}/", "estado/descartar/",
        )
    ]  # fmt: skip


def test_an_author_opens_every_page_of_their_own_and_another_partner_none(author, partner):
    version = a_version("minha", state="draft", organisation=partner, word=MARK)
    own, other = signed_in(author), signed_in(accounts.person_with("trainer"))
    assert MARK in own.get("/equipe/tecnologias/").content.decode()
    assert MARK not in other.get("/equipe/tecnologias/").content.decode()
    assert own.get("/equipe/tecnologias/minha/").status_code == 200
    assert other.get("/equipe/tecnologias/minha/").status_code == 404
    for address in every_page(version):
        assert own.get(address).status_code == 200, address
        assert other.get(address).status_code == 404, address
    role = version.roles.first()
    for path in ("comentarios/", f"partes/role/{role.pk}/mover/", f"partes/role/{role.pk}/remover/", "estado/enviar/"):
        assert other.post(at(version, path), {"text": "x", "revision": "1"}).status_code == 404, path
    assert as_mapping(version) == a_mapping(MARK)


@pytest.mark.parametrize("role", ["network_principal", "school_principal", "teacher", "group_coordinator"])
def test_who_is_no_author_does_not_enter(role):
    version = a_version("uma", state="draft", word=MARK)
    client = signed_in(accounts.person_with(role))
    for address in ["/equipe/tecnologias/", *every_page(version)]:
        answer = client.get(address)
        assert answer.status_code == 403, address
        assert MARK not in answer.content.decode()


def test_the_technologies_of_the_programme_are_not_the_partners(author):
    version = a_version("do-programa", state="draft")
    assert signed_in(author).get(at(version)).status_code == 404
    with pytest.raises(PermissionDenied):
        services.change_version(version, {"title_pt": "x"}, revision=1, by=author, at=NOON)
    assert signed_in(team()).get(at(version)).status_code == 200


def test_a_partner_writes_for_its_own_organisation_only(author, partner):
    client = signed_in(author)
    fields = {"title_pt": "Nova", "title_en": "New", "slug": "nova-tecnologia"}
    other = accounts.a_partner()
    assert client.post("/equipe/tecnologias/nova/", {**fields, "organisation": str(other.pk)}).status_code == 200
    assert client.post("/equipe/tecnologias/nova/", {**fields, "organisation": ""}).status_code == 200
    assert not Technology.objects.exists()
    assert client.post("/equipe/tecnologias/nova/", {**fields, "organisation": str(partner.pk)}).status_code == 302
    assert Technology.objects.get().organisation == partner
    for organisation in (other, None):
        with pytest.raises(PermissionDenied):
            services.create_technology("x", organisation, fields, by=author, at=NOON)


def test_an_empty_draft_lists_what_is_missing_and_cannot_be_sent(author, partner):
    version = services.create_technology("nova-uma", partner, {"title_pt": "T", "title_en": "T"}, by=author, at=NOON)
    page = signed_in(author).get("/en" + at(version)).content.decode()
    assert "missing before review" in page
    assert "estado/enviar/" not in page
    with pytest.raises(IncompleteTechnology):
        reviewing.submit(version, by=author, at=NOON)


def test_from_a_draft_by_forms_to_the_catalogue(author, partner):
    """Written by a partner, returned once, approved by the team, published by the administrator."""
    version = a_version("caminho", state="draft", organisation=partner)
    mine, theirs, chief = signed_in(author), signed_in(team()), signed_in(admin())
    public = Client()
    assert public.get("/tecnologias/caminho/").status_code == 404
    assert mine.post(at(version, "estado/enviar/")).status_code == 302
    assert mine.post(at(version, "estado/aprovar/")).status_code == 403
    assert theirs.post(at(version, "estado/devolver/")).status_code == 200  # a reason is asked for
    theirs.post(at(version, "comentarios/"), {"text": "Falta a água.", "part": f"role {version.roles.first().pk}"})
    theirs.post(at(version, "estado/devolver/"), {"reason": "Ver comentário."})
    version.refresh_from_db()
    assert version.state == "draft"
    mine.post(at(version, f"comentarios/{ReviewComment.objects.get().pk}/"))
    assert ReviewComment.objects.get().resolved_by == author
    mine.post(at(version, "estado/enviar/"))
    theirs.post(at(version, "estado/aprovar/"))
    assert public.get("/tecnologias/caminho/").status_code == 200
    assert theirs.post(at(version, "estado/publicar/")).status_code == 403
    chief.post(at(version, "estado/publicar/"))
    version.refresh_from_db()
    assert version.state == "published"
    assert version.published_at is not None
    changes = TechnologyChange.objects.filter(version=version, field="state").order_by("pk")
    assert [change.after for change in changes] == ["in_review", "draft", "in_review", "pilot", "published"]
    assert changes[1].reason == "Ver comentário."
    verbs = set(Event.objects.filter(target_id=str(version.pk)).values_list("verb", flat=True))
    assert {"technology in review", "technology pilot", "technology published", "technology commented"} <= verbs


def test_who_sent_a_version_does_not_approve_it():
    sender = team()
    version = a_version(state="draft")
    reviewing.submit(version, by=sender, at=NOON)
    version.refresh_from_db()
    with pytest.raises(OwnReview):
        reviewing.approve(version, by=sender, at=NOON)
    assert reviewing.approve(version, by=admin(), at=NOON).state == "pilot"


def test_a_revision_copies_the_published_version_and_replaces_it_when_published(author, partner):
    first = a_version("uma", organisation=partner)
    draft = services.start_revision(first.technology, "1.1", by=author, at=NOON)
    assert as_mapping(draft) == as_mapping(first)
    with pytest.raises(WrongTechnologyState):
        services.start_revision(first.technology, "1.2", by=author, at=NOON)
    services.change_version(draft, {"title_pt": "Melhor"}, revision=1, by=author, at=NOON)
    reviewing.submit(draft, by=author, at=NOON)
    draft.refresh_from_db()
    reviewing.approve(draft, by=team(), at=NOON)
    reviewing.publish(draft, by=admin(), at=NOON)
    first.refresh_from_db()
    assert (first.state, draft.state) == ("retired", "published")
    assert "Melhor" in Client().get("/tecnologias/uma/").content.decode()
    assert Client().get("/tecnologias/uma/?versao=1.0").status_code == 200


@pytest.mark.parametrize("state", ["in_review", "pilot", "published", "retired"])
def test_only_a_draft_is_edited(state, author, partner):
    version = a_version(state=state, organisation=partner)
    role = version.roles.first()
    acts = [
        lambda: services.change_version(version, {"title_pt": "x"}, revision=version.revision, by=author, at=NOON),
        lambda: services.save_part(version, ROLE, {"name_pt": "x"}, row=role, revision=1, by=author, at=NOON),
        lambda: services.remove_part(version, ROLE, role, revision=1, by=author, at=NOON),
        lambda: services.move_part(version, ROLE, role, up=False, by=author, at=NOON),
        lambda: reviewing.discard(version, by=author, at=NOON),
    ]
    for act in acts:
        with pytest.raises(WrongTechnologyState):
            act()
    assert as_mapping(version) == a_mapping()


def texts_of(version: TechnologyVersion, **changes: Any) -> dict[str, Any]:
    """What the form of the texts sends."""
    data = {name: value for name, value in as_mapping(version).items() if isinstance(value, str | int)}
    return {
        **data, "what_changed_pt": "", "what_changed_en": "", "dimensions": ["3"], "audiences": ["secretariat"],
        "revision": str(version.revision), **changes,
    }  # fmt: skip


def test_two_editors_of_the_texts_meet_in_a_conflict_that_shows_both(author, partner):
    version = a_version("uma", state="draft", organisation=partner)
    client = signed_in(author)
    assert client.post(at(version, "textos/"), texts_of(version, title_pt="Primeira")).status_code == 302
    answer = client.post(at(version, "textos/"), texts_of(version, title_pt="Segunda", revision="1"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Primeira" in page
    assert "Segunda" in page
    version.refresh_from_db()
    assert version.title_pt == "Primeira"
    assert 'name="revision" value="2"' in page  # saving again is a choice
    client.post(at(version, "textos/"), texts_of(version, title_pt="Segunda", revision="2"))
    version.refresh_from_db()
    assert version.title_pt == "Segunda"


def test_two_editors_of_different_parts_do_not_disturb_each_other(author, partner):
    version = a_version("uma", state="draft", organisation=partner)
    client = signed_in(author)
    one, two, _three = version.roles.all()
    for role, name in ((one, "Um"), (two, "Dois")):
        sent = {"name_pt": name, "name_en": name, "task_pt": "t", "task_en": "t", "revision": "1"}
        assert client.post(at(version, f"partes/role/{role.pk}/"), sent).status_code == 302
    stale = {"name_pt": "Outro", "name_en": "x", "task_pt": "t", "task_en": "t", "revision": "1"}
    answer = client.post(at(version, f"partes/role/{one.pk}/"), stale)
    assert answer.status_code == 409
    assert "Um" in answer.content.decode()
    assert list(version.roles.values_list("name_pt", flat=True))[:2] == ["Um", "Dois"]
    with pytest.raises(StaleTechnology):
        services.remove_part(version, ROLE, one, revision=1, by=author, at=NOON)


def test_parts_are_added_moved_and_removed_by_forms(author, partner):
    version = a_version("uma", state="draft", organisation=partner)
    client, stage = signed_in(author), version.stages.first()
    step = {
        "slug": "novo-passo", "days": "3", "title_pt": "Novo", "title_en": "New", "what_pt": "a", "what_en": "a",
        "who_pt": "b", "who_en": "b", "product_pt": "c", "product_en": "c",
        "instruments": [str(version.instruments.first().pk)], "revision": "1",
    }  # fmt: skip
    assert client.post(at(version, f"partes/step/nova/?etapa={stage.pk}"), step).status_code == 302
    added = stage.steps.get(slug="novo-passo")
    assert (added.position, [one.slug for one in added.instruments.all()]) == (3, ["pauta"])
    again = client.post(at(version, f"partes/step/nova/?etapa={version.stages.last().pk}"), step)
    assert again.status_code == 200  # the slug is taken, in another stage
    assert version.stages.last().steps.count() == 2
    client.post(at(version, f"partes/step/{added.pk}/mover/"), {"up": "1"})
    assert list(stage.steps.values_list("slug", flat=True)) == ["passo-1-1", "novo-passo", "passo-1-2"]
    client.post(at(version, f"partes/step/{added.pk}/remover/"), {"revision": "1"})
    assert stage.steps.count() == 2
    removed = TechnologyChange.objects.filter(version=version, part=f"step {added.pk}", field="title_pt").first()
    assert (removed.before, removed.after, removed.label) == ("Novo", "", "Novo")
    assert client.get(at(version, "historico/")).status_code == 200


def test_a_step_cannot_take_the_instrument_or_the_stage_of_another_technology(author, partner):
    version = a_version("uma", state="draft", organisation=partner)
    other = a_version("outra", state="draft", organisation=accounts.a_partner())
    client, step = signed_in(author), version.stages.first().steps.first()
    foreign = other.stages.first()
    assert client.get(at(version, f"partes/step/nova/?etapa={foreign.pk}")).status_code == 404
    assert client.get(at(version, f"partes/step/{foreign.steps.first().pk}/")).status_code == 404
    assert client.post(at(version, "comentarios/"), {"text": "x", "part": f"stage {foreign.pk}"}).status_code == 404
    sent = {name: getattr(step, name) for name in STEP.fields}
    sent |= {"revision": "1", "instruments": [str(other.instruments.first().pk)]}
    assert client.post(at(version, f"partes/step/{step.pk}/"), sent).status_code == 200  # refused by the form
    assert {one.version_id for one in step.instruments.all()} == {version.pk}


def test_an_instrument_is_previewed_and_mistakes_are_named(author, partner):
    version = a_version("uma", state="draft", organisation=partner)
    client, instrument = signed_in(author), version.instruments.get(slug="pauta")
    sent = {
        "slug": "pauta", "kind": "agenda", "title_pt": "a", "title_en": "a", "purpose_pt": "b", "purpose_en": "b",
        "body_pt": "# T\n\n## Seção nova\n\nx", "body_en": "# T\n\n<script>alert(1)</script>", "revision": "1",
        "preview": "1",
    }  # fmt: skip
    page = client.post(at(version, f"partes/instrument/{instrument.pk}/"), sent).content.decode()
    assert "<h2>Seção nova</h2>" in page
    assert "<script>alert(1)" not in page
    instrument.refresh_from_db()
    assert instrument.title_pt == "Texto pauta"  # a preview keeps nothing
    shown = client.post("/equipe/tecnologias/previa/", {"text": "# T\n\n**x** ________", "kind": "guide"})
    assert "<strong>x</strong>" in shown.content.decode()
    sheet = client.post("/equipe/tecnologias/previa/", {"text": SHEETS, "kind": "spreadsheet"})
    assert "Dados / Data (5)" in sheet.content.decode()
    assert Client().post("/equipe/tecnologias/previa/", {"text": "# T"}).status_code == 302  # asked to sign in


def test_a_part_that_becomes_a_spreadsheet_leaves_its_text(author, partner):
    version = a_version("uma", state="draft", organisation=partner)
    instrument = version.instruments.get(slug="pauta")
    sent = {
        "slug": "pauta", "kind": "spreadsheet", "title_pt": "a", "title_en": "a", "purpose_pt": "b", "purpose_en": "b",
        "body_pt": "# T", "body_en": "# T", "sheets": SHEETS, "revision": "1",
    }  # fmt: skip
    answer = signed_in(author).post(at(version, f"partes/instrument/{instrument.pk}/"), sent)
    assert answer.status_code == 302
    instrument.refresh_from_db()
    assert (instrument.body_pt, instrument.sheets.strip()) == ("", SHEETS.strip())


def test_a_discarded_draft_leaves_the_published_version_alone(author, partner):
    first = a_version("uma", organisation=partner)
    draft = services.start_revision(first.technology, "1.1", by=author, at=NOON)
    reviewing.discard(draft, by=author, at=NOON)
    assert list(first.technology.versions.all()) == [first]
    lone = services.create_technology("so-rascunho", partner, {}, by=author, at=NOON)
    reviewing.discard(lone, by=author, at=NOON)
    assert not Technology.objects.filter(slug="so-rascunho").exists()


def test_versions_are_compared_part_by_part_and_word_by_word(author, partner):
    first = a_version("uma", organisation=partner)
    draft = services.start_revision(first.technology, "1.1", by=author, at=NOON)
    services.save_part(
        draft, STAGE, {"title_pt": "Texto etapa primeira"}, row=draft.stages.first(), revision=1, by=author, at=NOON
    )
    (found,) = differences(as_mapping(first), as_mapping(draft))
    assert (found.part, found.name, found.field) == ("stage", "etapa-1", "title_pt")
    assert found.pieces == (("same", "Texto etapa "), ("gone", "1"), ("new", "primeira"))
    page = signed_in(author).get(at(draft, "comparar/?com=1.0")).content.decode()
    assert "<del>1</del><ins>primeira</ins>" in page


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_pieces_of_a_comparison_give_both_texts_back(before, after):
    pieces = list(word_by_word(before, after))
    assert "".join(text for change, text in pieces if change != "new") == before
    assert "".join(text for change, text in pieces if change != "gone") == after


def test_the_page_of_a_version_asks_the_same_number_of_questions_however_long_it_is(author, partner):
    version = a_version("uma", state="draft", organisation=partner)
    client = signed_in(author)
    client.get(at(version))
    ReviewComment.objects.create(version=version, text="c", by=author, at=NOON)
    with CaptureQueriesContext(connection) as few:
        client.get(at(version))
    data = a_mapping("Mais")
    longer = a_version("duas", state="draft", organisation=partner, data={**data, "roles": data["roles"] * 3})
    for number in range(3):
        ReviewComment.objects.create(
            version=longer, part=f"role {longer.roles.last().pk}", text=f"c{number}", by=author, at=NOON
        )
    address = at(longer)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few) <= 45


def test_a_mapping_survives_being_written():
    version = a_version(state="draft")
    copy = TechnologyVersion.objects.create(
        technology=version.technology, version="2.0", created_at=NOON, changed_at=NOON,
        **{name: value for name, value in as_mapping(version).items() if isinstance(value, str | int)},
    )  # fmt: skip
    write_parts(copy, as_mapping(version))
    assert as_mapping(copy) == as_mapping(version) == a_mapping()
