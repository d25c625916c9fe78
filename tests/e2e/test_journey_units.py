"""A package of cmi5 from its author to its learner: brought in, looked at, opened, left half way, resumed, completed.

The unit is plain JavaScript that speaks xAPI as the specification asks; nothing of it is ours.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Frame, Page, expect

from tests.learn.packages import making

from . import checks, server
from .conftest import DESKTOP, PHONE
from .place import Place, started

AUTHOR = """
import json
import config.wsgi
from tests.accounts import factories as accounts
from tests.e2e.people import _session
from tests.learn import factories
from tests.learn.packages.world import a_package
from trama.accounts.roles.vocabulary import Role

partner = accounts.a_partner()
author = accounts.person_with(Role.TRAINER, partner, tools={"courses": "edit"})
rules = {"quizzes_rule": "none", "assignments_rule": "none", "lessons_rule": "none"}
version = factories.a_version("rede", state="draft", organisation=partner, by=author, **rules)
package = a_package(version.modules.get(), None, rule="score", asked_percent=80)
print(json.dumps({"author": _session(author), "file": f"/equipe/cursos/rede/1.0/pacotes/{package.pk}/"}))
"""
LEARNER = """
import config.wsgi
from tests.accounts import factories as accounts
from tests.e2e.people import _session
from tests.learn import factories
from tests.learn.progress.world import a_cohort, an_enrolment
from trama.learn.models import CourseVersion

version = CourseVersion.objects.get(course__slug="rede")
factories.seal(version)
learner = accounts.a_person(name="Ana Souza")
an_enrolment(a_cohort(version), learner)
print(_session(learner))
"""
PART = "/aprender/rede/interativos/rede-em-acao/"
type Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> Iterator[tuple[Place, dict[str, str]]]:
    with started(tmp_path_factory.mktemp("units"), prepared, AUTHOR) as (place, made):
        yield place, made


def _complains(said: ConsoleMessage) -> bool:
    """A unit asks for its own state before there is one (404); the sandbox of an origin of its own is meant."""
    expected = "404" in said.text or "allow-scripts and allow-same-origin" in said.text
    return said.type in ("error", "warning") and not expected


@pytest.fixture
def visit(place: tuple[Place, dict[str, str]], browser: Browser) -> Iterator[Visit]:
    """A page of a person on the site. What the console says is kept on it (``complaints``)."""
    contexts = []

    def visit(session: str, size: dict[str, int], complaints: list[str]) -> Page:
        address = place[0].site.address
        context = browser.new_context(viewport=size, base_url=address, locale="pt-BR", reduced_motion="reduce")  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: _complains(said) and complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield visit
    for context in contexts:
        context.close()


def unit_in(page: Page) -> Frame:
    """The unit that runs on a page, once it said that it began."""
    for _wait in range(150):
        for frame in page.frames:
            if "/p/aula/" in frame.url and frame.locator("body[data-begun]").count():
                return frame
        page.wait_for_timeout(100)
    raise AssertionError(f"no unit began: {[(one.url, one.content()[-900:]) for one in page.frames]}")


def opened(page: Page, button: str) -> Frame:
    page.goto(PART)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page).to_have_url(re.compile("/aprender/aberturas/"))
    return unit_in(page)


def brought_in(page: Page, file: str) -> None:
    """The author sends the package, reads what was found, and looks around in it."""
    page.goto(file)
    package = making.zipped(making.cmi5())
    page.locator("input[type=file]").set_input_files(
        {"name": "rede.zip", "mimeType": "application/zip", "buffer": package}
    )
    page.get_by_role("button", name="Enviar", exact=True).click()
    main = page.locator("main")
    expect(main).to_contain_text("cmi5")
    expect(main).to_contain_text("pede conclusão e aprovação; nota mínima: 80%")
    assert checks.axe_violations(page) == []
    page.get_by_role("link", name="Experimentar").click()
    expect(unit_in(page).locator("#entry")).to_have_text("Browse")
    expect(page.locator("#unit-mode")).to_contain_text("nenhum resultado é guardado")
    assert checks.axe_violations(page) == []


def learner_of(place: Place) -> str:
    """The course is published and a learner is in a cohort of it: their session."""
    command = [sys.executable, "-c", LEARNER]
    environment = server.environment(place.site.var)
    done = subprocess.run(command, env=environment, cwd=server.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


@pytest.mark.timeout(400)  # it may be the first, and then waits for the database to be made
def test_a_unit_is_brought_in_left_half_way_resumed_and_completed(visit: Visit, place: tuple[Place, dict[str, str]]):
    site, made = place
    complaints: list[str] = []
    brought_in(visit(made["author"], DESKTOP, complaints), made["file"])
    page = visit(learner_of(site), PHONE, complaints)
    page.goto(PART)
    expect(page.locator("main")).to_contain_text("não iniciada")
    unit = opened(page, "Abrir")
    assert "packages.localhost" in unit.url
    expect(unit.locator("#page")).to_have_text("1")
    expect(unit.locator("#entry")).to_have_text("Normal")
    assert checks.axe_violations(page) == []
    assert checks.sideways_scroll(page) == ""
    unit.locator("#next").click()
    expect(unit.locator("#page")).to_have_text("2")
    expect(page.locator("[data-told='au-1']")).to_have_text("concluída")
    page.locator("#package-leave").click()
    expect(page).to_have_url(re.compile(f"{PART}$"))
    expect(page.locator("main")).to_contain_text("Iniciado e não concluído")

    unit = opened(page, "Continuar de onde você parou")
    expect(unit.locator("#page")).to_have_text("2")
    expect(unit.locator("#kept")).to_have_text("half way")
    unit.locator("#finish").click()
    expect(page).to_have_url(re.compile(f"{PART}$"))  # the unit led back by its returnURL
    main = page.locator("main")
    expect(main).to_contain_text("concluída, com aprovação: 85%")
    expect(main).to_contain_text("cumprida")
    assert checks.axe_violations(page) == []
    page.goto(PART.split("interativos")[0])
    expect(page.locator("main")).to_contain_text("Você concluiu este curso")
    expect(opened(page, "Continuar de onde você parou").locator("#entry")).to_have_text("Review")
    assert complaints == []
