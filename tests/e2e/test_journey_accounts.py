"""A director and the team: invitation by letter, two profiles, what a grant opens, its end; the second factor."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import OpenPage
from .people import DIRECTOR, PASSWORD
from .server import Site
from .steps import ask, letters_to, link_in, one_time_code, sign_in
from .watch import Watch

INVITED = "tecnica@exemplo.org.br"


@pytest.fixture
def school(site: Site) -> str:
    """Code of a school of the director's network."""
    found = ask(
        site,
        "SELECT s.place_id FROM know_school s JOIN accounts_profile p ON p.network_id = s.network_id"
        " JOIN accounts_user u ON u.id = p.user_id WHERE u.email = ? ORDER BY 1 LIMIT 1",
        DIRECTOR,
    )
    if not found:
        pytest.skip("the database holds no school of a municipal network")
    return str(found[0][0])


def invite(page: Page, role: str, *, school: str = "", view: str = "") -> None:
    """The director sends an invitation by the form."""
    page.goto("/conta/equipe/")
    page.get_by_role("link", name="Convidar alguém").click()
    page.fill("#id_email", INVITED)
    page.select_option("#id_role", role)
    if school:
        page.fill("#id_school", school)
    if view:
        page.locator(f"input[name=tool_{view}][value=view]").check()
    page.get_by_role("button", name="Enviar o convite").click()
    expect(page.locator("main")).to_contain_text(f"O convite foi enviado para {INVITED}.")


def test_an_invited_person_sees_what_is_granted_until_the_profile_ends(
    site: Site, open_page: OpenPage, watch: Watch, school: str
):
    director, guest = open_page(), open_page()
    sign_in(director, DIRECTOR)
    invite(director, "network_team", view="team")
    invite(director, "teacher", school=school)
    first, second = (link_in(letter, "/convite/") for letter in letters_to(site, INVITED, at_least=2))

    guest.goto(first)
    expect(guest.locator("h1")).to_contain_text("Rede municipal")
    guest.get_by_role("link", name="Criar uma conta").click()
    guest.fill("#id_email", INVITED)
    guest.fill("#id_name", "Técnica Convidada")
    guest.fill("#id_password1", PASSWORD)
    guest.fill("#id_password2", PASSWORD)
    guest.locator("main form button[type=submit]").first.click()
    expect(guest.locator("h1")).to_have_text(re.compile("e-mail", re.IGNORECASE))
    guest.goto(link_in(letters_to(site, INVITED, at_least=3)[-1], "/confirm-email/"))
    guest.locator("main form button[type=submit]").first.click()
    guest.wait_for_load_state()
    if guest.locator("input[name=login]").count():
        sign_in(guest, INVITED)
    for address in (first, second):
        guest.goto(address)
        guest.get_by_role("link", name="Já tenho conta").or_(guest.get_by_role("button", name="Aceitar")).click()
        if guest.get_by_role("button", name="Aceitar").count():
            guest.get_by_role("button", name="Aceitar").click()
        expect(guest).to_have_url(re.compile(r"/conta/"))

    watch.expected_statuses.add(403)
    guest.goto("/conta/perfis/")
    expect(guest.locator("h1")).to_have_text("Com qual perfil você atua agora?")
    guest.locator("li.card").filter(has_text="Professor(a)").get_by_role("button").click()
    assert guest.goto("/conta/equipe/").status == 403  # type: ignore[union-attr]
    guest.goto("/conta/perfis/")
    guest.locator("li.card").filter(has_text="Equipe técnica da rede").get_by_role("button").click()
    guest.goto("/conta/equipe/")
    people = guest.locator("table", has=guest.locator("#people"))
    expect(people).to_contain_text("Técnica Convidada")
    expect(people).to_contain_text("Diretora de Educação")
    expect(guest.get_by_role("link", name="Convidar alguém")).to_have_count(0)
    for refused in ("/conta/equipe/convidar/", "/dados/importacoes/", "/equipe/editais/"):
        assert guest.goto(refused).status == 403, refused  # type: ignore[union-attr]
        expect(guest.locator("h1")).to_be_visible()

    director.goto("/conta/equipe/")
    row = director.locator("tr").filter(has_text="Técnica Convidada").filter(has_text="Equipe técnica")
    expect(row).to_contain_text("Minha equipe")
    row.get_by_role("link", name=re.compile("^Encerrar")).click()
    director.get_by_role("button", name="Encerrar o perfil").click()
    expect(director.locator("main")).to_contain_text("O perfil de Técnica Convidada foi encerrado.")
    guest.goto("/conta/equipe/")
    expect(guest).to_have_url(re.compile("/conta/login/"))  # the next click: signed out
    sign_in(guest, INVITED)
    assert guest.goto("/conta/equipe/").status == 403  # type: ignore[union-attr]  # the teacher is left


def test_a_code_generator_a_recovery_code_and_the_list_of_sessions(
    site: Site, open_page: OpenPage, watch: Watch, school: str
):
    page = open_page()
    sign_in(page, DIRECTOR)
    page.goto("/conta/segundo-fator/")
    page.get_by_role("link", name="Configurar um gerador de códigos").click()
    page.fill("input[name=password]", PASSWORD)  # the password again, before what protects the account changes
    page.get_by_role("button", name="Confirmar").click()
    secret = page.locator("#authenticator_secret").input_value()
    page.fill("input[name=code]", one_time_code(secret))
    page.locator("main form.form button[type=submit]").first.click()
    expect(page).to_have_url(re.compile("recovery-codes"))
    codes = page.locator("#recovery_codes").input_value().split()
    assert len(codes) == 10
    page.goto("/conta/logout/")
    page.locator("main form button[type=submit]").click()
    expect(page).not_to_have_url(re.compile("logout"))

    sign_in(page, DIRECTOR, code=one_time_code(secret, ahead=1))
    expect(page.locator(".account-name")).to_contain_text("Diretora de Educação")
    elsewhere = open_page()
    sign_in(elsewhere, DIRECTOR, code=codes[0])
    expect(elsewhere.locator(".account-name")).to_contain_text("Diretora de Educação")
    again = open_page()
    again.goto("/conta/login/")
    again.fill("input[name=login]", DIRECTOR)
    again.fill("input[name=password]", PASSWORD)
    again.locator("main form.form button[type=submit]").first.click()
    again.fill("main input[name=code]", codes[0])
    again.locator("main form.form button[type=submit]").first.click()
    expect(again.locator("main input[name=code]")).to_be_visible()  # a recovery code works once
    expect(again.locator("main form.form").first).to_contain_text(re.compile("incorreto|inválido", re.IGNORECASE))

    page.goto("/conta/sessions/")
    assert page.locator("main tbody tr").count() >= 2
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main tbody tr")).to_have_count(1)
    elsewhere.goto("/conta/")
    expect(elsewhere).to_have_url(re.compile("/conta/login/"))
