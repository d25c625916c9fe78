"""A site of its own that a test may stop and start at one address, and a secretariat of three people on it."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

from . import server
from .conftest import PHONE

type Open = Callable[..., Page]


@dataclass
class Place:
    """A site of its own, that a test may stop and start at one address."""

    site: server.Site
    uid: str
    session: str
    process: "subprocess.Popen[bytes] | None" = None
    settings: str = server.SETTINGS

    @property
    def answering(self) -> str:
        return f"/autodiagnostico/rodadas/{self.uid}/responder/"

    def start(self) -> None:
        port = str(urlsplit(self.site.address).port)
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws", "--port", port]
        log = (self.site.var / "server.log").open("a")
        self.process = subprocess.Popen(
            [*command, "--blocking-threads", "4", "config.wsgi:application"],
            env=server.environment(self.site.var, self.settings) | {"TRAMA_ORIGIN": self.site.address},
            cwd=server.ROOT, start_new_session=True, stdout=log, stderr=log,
        )  # fmt: skip
        server.wait_for(self.site.address, self.process, self.site.var / "server.log")

    def stop(self) -> None:
        """As a power cut would: without a goodbye."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@contextmanager
def started(
    var: Path, prepared: Path, people: str, settings: str = server.SETTINGS
) -> Iterator[tuple[Place, dict[str, str]]]:
    """A running site on a copy of ``prepared``, and what the script ``people`` printed of whom it made there."""
    server.copy_database(prepared, var)
    done = subprocess.run(
        [sys.executable, "-c", people], env=server.environment(var), cwd=server.ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    made: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = server.Site(f"http://127.0.0.1:{port}", var, {}, made)
    place = Place(site, made.get("uid", ""), made.get("session", ""), settings=settings)
    place.start()
    yield place, made
    place.stop()


SECRETARIAT = """
import json, django
django.setup()
from datetime import date
from tests.accounts import factories as make
from tests.e2e.people import _person, _session
from trama.accounts.models import Profile, ToolGrant
network = make.a_network(26)
out = {}
since = {"network": network, "start": date(2025, 1, 1), "end": date(2033, 1, 1)}
for key, name in (("director", "Dalva"), ("first", "Tereza"), ("second", "Pedro")):
    user = _person(f"{key}@exemplo.org.br", name)
    leads = key == "director"
    profile = Profile.objects.create(user=user, role="network_principal" if leads else "network_team", **since)
    for tool in () if leads else ("diagnosis", "plan"):
        ToolGrant.objects.create(profile=profile, tool=tool, access="edit")
    out[key] = _session(user)
print(json.dumps(out))
"""


@contextmanager
def devices(browser: Browser, place: Place) -> Iterator[Open]:
    """``open_as("director")``: a page of a person, on a phone unless another size is given."""
    contexts: list[BrowserContext] = []

    def open_as(who: str, size: dict[str, int] = PHONE, language: str = "pt-BR") -> Page:
        context = browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            base_url=place.site.address,
            has_touch=size is PHONE,
            locale=language,
            reduced_motion="reduce",
        )
        context.set_default_timeout(30_000)
        context.add_cookies([{"name": "sessionid", "value": place.site.sessions[who], "url": place.site.address}])
        contexts.append(context)
        return context.new_page()

    yield open_as
    for context in contexts:
        context.close()
