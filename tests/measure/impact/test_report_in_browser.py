"""The page in a real browser: axe finds nothing, nothing overflows on a phone, and it prints.

The browser runs in a process of its own: Playwright's loop would stay with the tests that follow.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.server import chromium
from trama_measure.impact.evaluation import Evaluation
from trama_measure.impact.report import Subject, UnitKind
from trama_measure.impact.simulate import World, invented_panel

LOOK = """
import json, sys
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

found = {}
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox"])
    for path in sys.argv[2:]:
        page = browser.new_page(viewport={"width": 320, "height": 640})
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"file://{path}")
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        answer = Axe().run(page).response
        pdf = page.pdf(format="A4")
        found[path] = {
            "violations": [each["id"] for each in answer["violations"]], "rules": len(answer["passes"]),
            "overflow": overflow, "asked": asked, "pages": pdf.count(b"/Type /Page\\n"),
        }
        page.close()
    browser.close()
print(json.dumps(found))
"""


@pytest.mark.e2e
@pytest.mark.timeout(180)
def test_the_page_is_accessible_narrow_and_printable(tmp_path: Path):
    executable = chromium()
    if executable is None:
        pytest.skip("Chromium is absent: install it, or name it in CHROMIUM_PATH")
    world = World(n_units=400, n_periods=8, starts=(4,), effect=0.0, trend_difference=0.3, noise_sd=0.5, covariates=1)
    evaluation = Evaluation(invented_panel(world, 1), covariate_names=("renda média por pessoa",))
    subject = Subject("Programa Exemplo", "Ideb dos anos iniciais", units=UnitKind.NETWORKS, invented=True)
    paths = []
    for language in ("pt-BR", "en"):
        html = evaluation.report(subject, language).html()
        paths.append(tmp_path / f"{language}.html")
        paths[-1].write_text(html, encoding="utf-8")
    spoilt = tmp_path / "spoilt.html"  # the control: axe and the width must be able to complain
    wide = '<div style="width:900px"><p style="color:#aaa">pale</p></div>'
    spoilt.write_text(html.replace("<main>", f"<main>{wide}"), encoding="utf-8")
    command = [sys.executable, "-c", LOOK, executable, *map(str, [*paths, spoilt])]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=150, check=True)
    found = json.loads(answer.stdout)
    for path in paths:
        seen = found[str(path)]
        assert seen["violations"] == []
        assert seen["rules"] > 15
        assert seen["overflow"] <= 0
        assert seen["asked"] == [f"file://{path}"]
        assert 5 <= seen["pages"] <= 12
    assert "color-contrast" in found[str(spoilt)]["violations"]
    assert found[str(spoilt)]["overflow"] > 300
