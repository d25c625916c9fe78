"""A certificate comes with the last thing done, is verified by anybody, corrected and revoked with a trail."""

import json
import re
import subprocess
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from .conftest import DESKTOP, PHONE, OpenPage
from .journey_things import COURSE, PRACTICE
from .server import Site
from .steps import ask
from .test_journey_practice import desk_of
from .watch import Watch

MINE = "/aprender/meus/certificados/"
NAME = "Quitéria Alves de Souza"
CORRECTED = "Quitéria Alves de Sousa"


def test_a_certificate_is_earned_verified_corrected_and_revoked(
    site: Site, open_page: OpenPage, watch: Watch, tmp_path: Path
):
    learner, visitor, mentor = (open_page(PHONE, who="finisher"), open_page(PHONE), open_page(DESKTOP, who="mentor"))
    earned(learner, site)
    first = downloaded(learner, tmp_path, NAME)
    verified(visitor, first)
    has_a_badge(learner, visitor, first)
    watch.expected_statuses.add(404)
    nobody_has(visitor, "ABCD-EFGH-JKLM-NPQR")
    second = corrected(mentor, site)
    leads_to(visitor, first, second)
    assert downloaded(learner, tmp_path, CORRECTED) == second
    revoked(mentor, site)
    third = issued_again(mentor, site)
    expect_no_longer(visitor, second)
    verified(visitor, third)
    trail(mentor, site, [first, second, third])


def codes_of(site: Site) -> list[str]:
    """The codes of all certificates of the learner, the oldest first."""
    rows = ask(
        site,
        "SELECT f.code FROM learn_certificate f JOIN learn_enrolment e ON e.id = f.enrolment_id"
        " JOIN accounts_user u ON u.id = e.person_id WHERE u.name = ? ORDER BY f.id",
        NAME,
    )
    return [code for (code,) in rows]


def earned(page: Page, site: Site) -> None:
    """Two of three things are done and there is no certificate; opening the lesson is the last one."""
    page.goto(f"/aprender/{COURSE}/meu-progresso/")
    expect(page.locator("main .lead")).to_contain_text("2 de 3")
    page.goto(MINE)
    expect(page.locator("main")).to_contain_text("Você ainda não tem certificado")
    assert codes_of(site) == []
    with page.expect_response(re.compile("/visita/$")) as answer:
        page.goto(f"/aprender/{COURSE}/aulas/aula-1/")
    assert answer.value.ok
    assert len(codes_of(site)) == 1


def downloaded(page: Page, folder: Path, name: str) -> str:
    """The paper says who, what, how long and where it is verified. Gives its code."""
    page.goto(MINE)
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("Baixar o certificado")).first.tap()
    path = folder / "certificado.pdf"
    waiting.value.save_as(path)
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True)
    words = " ".join(done.stdout.split())
    for part in ("Certificado de conclusão", name, "Praticar a leitura", "1 hora", PRACTICE):
        assert part in words, (part, words)
    code = page.locator("main .card").first.get_by_role("link", name=re.compile("^[A-Z0-9-]{16,19}$")).inner_text()
    assert code in words
    assert f"/certificados/{code}/" in "".join(done.stdout.split())  # a long address may be broken
    return code


def verified(page: Page, code: str) -> None:
    """By hand in the form, and by the address that the QR code holds."""
    page.goto("/certificados/")
    page.get_by_label("Código").fill(code.lower())
    page.get_by_role("button", name="Verificar").tap()
    expect(page.locator("h1")).to_have_text("Este certificado é válido")
    page.goto(f"/certificados/{code}/")
    expect(page.locator("h1")).to_have_text("Este certificado é válido")
    expect(page.locator("main")).to_contain_text("Praticar a leitura")
    assert "exemplo.org.br" not in page.content()


def nobody_has(page: Page, code: str) -> None:
    page.goto(f"/certificados/{code}/")
    expect(page.get_by_role("alert")).to_contain_text("Nenhum certificado tem o código")


def has_a_badge(learner: Page, visitor: Page, code: str) -> None:
    """The signed badge names the achievement, whose page anybody reads as JSON."""
    href = learner.locator("main a[href$='selo.jwt']").first.get_attribute("href")
    token = learner.request.get(str(href)).text()
    badge = claims(token)
    achievement = badge["credentialSubject"]["achievement"]
    assert achievement["name"] in ("Praticar a leitura", {"pt-BR": "Praticar a leitura"})
    assert code in json.dumps(badge)
    answer = visitor.request.get(urlsplit(achievement["id"]).path)
    assert answer.ok
    assert answer.json()["id"] == achievement["id"]
    assert visitor.request.get(str(href)).status == 404 or "/conta/login" in visitor.request.get(str(href)).url


def claims(token: str) -> Any:
    """What a signed text says; its signature is tested beside the code."""
    middle = token.split(".")[1]
    return json.loads(urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))


def open_certificate(page: Page, site: Site) -> None:
    """The newest one."""
    page.goto(f"{desk_of(site)}certificados/")
    page.get_by_role("link", name=codes_of(site)[-1]).click()


def corrected(page: Page, site: Site) -> str:
    """The name was wrong: a new certificate in place of the first. Gives its code."""
    open_certificate(page, site)
    page.get_by_role("textbox", name="Nome").fill(CORRECTED)
    page.get_by_role("textbox", name="Por quê").first.fill("Sousa é com s.")
    page.get_by_role("button", name="Emitir o certificado corrigido").click()
    expect(page.locator("main")).to_contain_text("Um certificado corrigido foi emitido.")
    return codes_of(site)[-1]


def leads_to(page: Page, old: str, new: str) -> None:
    page.goto(f"/certificados/{old}/")
    expect(page.locator("h1")).to_have_text("Este certificado foi substituído")
    page.get_by_role("link", name="Ver o certificado que vale").tap()
    expect(page).to_have_url(re.compile(f"/certificados/{new}/$"))
    expect(page.locator("main")).to_contain_text(CORRECTED)


def revoked(page: Page, site: Site) -> None:
    open_certificate(page, site)
    page.get_by_role("textbox", name="Por quê").last.fill("Emitido por engano.")
    page.get_by_role("button", name="Revogar o certificado").click()
    expect(page.locator("main")).to_contain_text("O certificado está revogado.")


def issued_again(page: Page, site: Site) -> str:
    """Only by the hand of who leads the cohort. Gives the new code."""
    page.get_by_role("button", name="Emitir o que falta").click()
    expect(page.locator("main")).to_contain_text("1 certificado foi emitido.")
    return codes_of(site)[-1]


def expect_no_longer(page: Page, code: str) -> None:
    page.goto(f"/certificados/{code}/")
    expect(page.locator("h1")).to_have_text("Este certificado foi revogado")
    expect(page.locator("main")).to_contain_text("Emitido por engano.")


def trail(page: Page, site: Site, codes: list[str]) -> None:
    """Every certificate that was, in the books and before the trainer's eyes."""
    rows = ask(
        site,
        "SELECT f.code, f.replaced_at IS NOT NULL, f.revoked_at IS NOT NULL FROM learn_certificate f"
        " WHERE f.code IN (?, ?, ?) ORDER BY f.id",
        *codes,
    )
    assert rows == [(codes[0], 1, 0), (codes[1], 0, 1), (codes[2], 0, 0)]
    page.goto(f"{desk_of(site)}certificados/")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=NAME))
    for code, tag in zip(codes, ("substituído", "revogado", ""), strict=True):
        expect(row).to_contain_text(f"{code} {tag}".strip())
    kept = ask(
        site, "SELECT detail FROM foundation_event WHERE verb IN ('certificate reissued', 'certificate revoked')"
    )
    assert any("Sousa é com s." in str(detail) or "Sousa \\u00e9 com s." in str(detail) for (detail,) in kept)
