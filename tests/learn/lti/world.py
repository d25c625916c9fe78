"""A course with a part in a tool, the tool itself (pylti1p3, a stranger's implementation), and the wires between."""

import json
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.contrib.sessions.backends.cache import SessionStore
from django.test import Client, RequestFactory
from pylti1p3.contrib.django import DjangoCacheDataStorage, DjangoMessageLaunch, DjangoOIDCLogin
from pylti1p3.tool_config import ToolConfDict

from tests.accounts import factories as accounts
from tests.learn import factories
from tests.learn.factories import NOON
from tests.learn.progress.world import Class, a_cohort, an_enrolment
from trama.accounts.roles.vocabulary import Role
from trama.learn.lti.services import register_tool
from trama.learn.models import CohortTrainer, Part, Tool, ToolPart

TOOL = "https://tool.example.org"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
ACTION = re.compile(r'<form method="(?:get|post)" action="([^"]+)"')


def a_key(bits: int = 2048) -> tuple[str, str]:
    """(private, public) PEM of a new RSA key."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    return (
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
        private.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode(),
    )


KEY = a_key()
OTHER_KEY = a_key()


def a_tool(**fields: Any) -> Tool:
    values = {
        "name": "Laboratório de gráficos",
        "slug": "graficos",
        "login_url": f"{TOOL}/login",
        "launch_url": f"{TOOL}/launch",
        "redirect_urls": f"{TOOL}/launch",
        "deep_link_url": f"{TOOL}/choose",
        "public_key": KEY[1],
    }
    return register_tool(values | fields, by=accounts.person_with(Role.PROGRAMME_ADMIN), at=NOON)


def a_tool_part(module: Any, position: int = 4, **fields: Any) -> ToolPart:
    return ToolPart.objects.create(
        module=module,
        kind=Part.Kind.TOOL,
        slug="grafico-1",
        position=position,
        minutes=10,
        **(
            {"tool": "graficos", "asks": "score", "pass_percent": 60, "custom": "level=1"}
            | factories.in_two("title", "Fazer um gráfico", "Draw a chart")
            | factories.in_two("text", "Desenhe no papel.", "Draw on paper.")
            | fields
        ),
    )


def a_tool_class(**fields: Any) -> tuple[Class, ToolPart]:
    """A running cohort of a course in which only the part in the tool counts."""
    version = factories.a_version(
        state="draft", lessons_rule="none", quizzes_rule="none", assignments_rule="none", hours=1
    )
    part = a_tool_part(version.modules.get(), **fields)
    factories.seal(version)
    cohort = a_cohort(version)
    learner, trainer, stranger = accounts.a_person(name="Ana Souza"), accounts.a_person(), accounts.a_person()
    CohortTrainer.objects.create(cohort=cohort, user=trainer, since=NOON)
    an_enrolment(a_cohort(version), stranger)
    return Class(version, cohort, an_enrolment(cohort, learner), learner, trainer, stranger), part


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def form_of(answer: Any) -> tuple[str, dict[str, str]]:
    """(where it leads, hidden fields) of the form of a page that leads to another server."""
    html = answer.content.decode()
    action = next(one for one in ACTION.findall(html) if one.startswith("http"))
    return unescape(action), {name: unescape(value) for name, value in HIDDEN.findall(html) if "csrf" not in name}


class Wire(requests.Session):
    """What a foreign server asks of this site, handed to it without a network."""

    def __init__(self) -> None:
        super().__init__()
        self.client = Client()
        self.asked: list[tuple[str, str]] = []

    def request(self, method: Any, url: Any, **options: Any) -> requests.Response:  # type: ignore[override]
        assert str(url).startswith(settings.TRAMA_ORIGIN), url
        parts = urlsplit(str(url))
        self.asked.append((str(method).upper(), parts.path))
        given = options.get("headers") or {}
        headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in given.items()}
        body, kind = options.get("data") or b"", given.get("Content-Type", "application/octet-stream")
        if isinstance(body, dict):
            body = requests.models.RequestEncodingMixin._encode_params(body)
            kind = "application/x-www-form-urlencoded"
        made = self.client.generic(
            str(method).upper(), parts.path + (f"?{parts.query}" if parts.query else ""), body, kind, **headers
        )
        answer = requests.Response()
        answer.status_code, answer._content = made.status_code, made.content
        answer.headers.update(made.headers)
        answer.url = str(url)
        return answer


@dataclass
class ForeignTool:
    """pylti1p3, as the tool's server would run it. ``session`` is that of one browser."""

    tool: Tool
    private: str = KEY[0]
    session: Any = field(default_factory=SessionStore)
    cookies: dict[str, str] = field(default_factory=dict)
    wire: Wire = field(default_factory=Wire)

    @property
    def config(self) -> ToolConfDict:
        issuer, told = settings.TRAMA_ORIGIN, self.tool
        config = ToolConfDict(
            {
                issuer: {
                    "default": True,
                    "client_id": told.client_id,
                    "auth_login_url": f"{issuer}/lti/autorizacao",
                    "auth_token_url": f"{issuer}/lti/token",
                    "key_set_url": f"{issuer}/lti/chaves.json",
                    "key_set": None,
                    "deployment_ids": [told.deployment_id],
                }
            }
        )
        config.set_private_key(issuer, self.private)
        config.set_public_key(issuer, KEY[1])
        return config

    def _request(self, method: str, path: str, fields: dict[str, str]) -> Any:
        request = getattr(RequestFactory(), method)(path, fields, secure=True)
        request.session = self.session
        request.COOKIES.update(self.cookies)
        return request

    def login(self, fields: dict[str, str]) -> str:
        """The tool answers the login that this site began: where it sends the browser."""
        storage = DjangoCacheDataStorage()
        request = self._request("get", "/login", fields)
        answer = DjangoOIDCLogin(request, self.config, launch_data_storage=storage).redirect(fields["target_link_uri"])
        self.cookies |= {name: morsel.value for name, morsel in answer.cookies.items()}
        return str(answer["Location"])

    def launch(self, fields: dict[str, str]) -> Any:
        """The tool receives the message: validated by pylti1p3."""
        made = DjangoMessageLaunch(
            self._request("post", "/launch", fields),
            self.config,
            requests_session=self.wire,
            launch_data_storage=DjangoCacheDataStorage(),
        )
        return made.validate()


def launched(of: Class, part: ToolPart, tool: Tool, **more: Any) -> tuple[Any, ForeignTool]:
    """The learner opens the part: all the way to the validated message."""
    browser, foreign = signed_in(of.learner), ForeignTool(tool, **more)
    page = browser.post(f"/aprender/{of.slug}/ferramentas/{part.slug}/abrir/")
    assert page.status_code == 200, page.content
    _where, fields = form_of(page)
    back = urlsplit(foreign.login(fields))
    assert back.path == "/lti/autorizacao"
    arrived = browser.get(f"{back.path}?{back.query}")
    assert arrived.status_code == 200, arrived.content
    where, posted = form_of(arrived)
    assert where == f"{TOOL}/launch"
    return foreign.launch(posted), foreign


def asked(address: str) -> dict[str, str]:
    """The query of an address."""
    return dict(parse_qsl(urlsplit(address).query))


def as_json(answer: Any) -> Any:
    return json.loads(answer.content)
