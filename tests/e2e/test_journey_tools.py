"""A learner goes to an external tool in a real browser: what the tool learns is said, and the message arrives."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from playwright.sync_api import Route, expect

from . import checks
from .conftest import PHONE, OpenPage
from .server import Site
from .watch import Watch

TOOL = "https://ferramenta.exemplo.org.br"
STATE = "what-only-the-tool-knows"


def test_a_learner_opens_a_tool_and_comes_with_a_signed_message(site: Site, open_page: OpenPage, watch: Watch):
    posted: list[dict[str, str]] = []

    def answer(route: Route) -> None:
        """The tool: asks who the person is, then takes the message."""
        request = route.request
        if urlsplit(request.url).path == "/login":
            told = dict(parse_qsl(urlsplit(request.url).query))
            asked = {
                "scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none",
                "client_id": told["client_id"], "redirect_uri": f"{TOOL}/abrir", "login_hint": told["login_hint"],
                "lti_message_hint": told["lti_message_hint"], "state": STATE, "nonce": "n-1",
            }  # fmt: skip
            where = f"{site.address}/lti/autorizacao?{urlencode(asked)}"
            route.fulfill(status=302, headers={"Location": where})
            return
        posted.append(dict(parse_qsl(request.post_data or "")))
        route.fulfill(status=200, content_type="text/html", body="<title>t</title><h1>Bem-vinda</h1>")

    page = open_page(PHONE, who="team")
    page.context.route(f"{TOOL}/**", answer)
    page.goto("/aprender/curso-com-ferramenta/ferramentas/grafico-1/")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Abrir a ferramenta").press("Enter")
    tab = opened.value
    expect(tab.get_by_role("heading", level=1)).to_have_text("Você vai para Laboratório de gráficos")
    expect(tab.get_by_text("nem o seu nome nem o seu e-mail")).to_be_visible()
    assert not checks.axe_violations(tab)
    assert not checks.sideways_scroll(tab)
    tab.get_by_role("button", name="Ir para a ferramenta").press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_have_text("Bem-vinda")
    (message,) = posted
    claims = jwt.decode(message["id_token"], options={"verify_signature": False})
    assert (message["state"], claims["nonce"]) == (STATE, "n-1")
    assert "name" not in claims
    assert "email" not in claims
    assert all(one.startswith(f"request to another host: {TOOL}/") for one in watch.complaints)
    watch.complaints.clear()  # this is the one journey that leaves the site
