"""The clients of ``autosave.py``: connections that stay open, each sending its next request when the last is answered.

One thread and bare sockets, because the client runs on the same cores as what it measures.
"""

import json
import selectors
import socket
import time
import uuid
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from typing import Any

TOKEN = "b" * 32
TEXT = "A rede conhece a procura por bairro e atualiza a lista todo mês."
TIMEOUT = 60.0  # seconds without any answer: the server hangs

type Script = Generator[bytes, "Answered", None]  # yields a request, is sent the answer


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    body: bytes


@dataclass(slots=True)
class Driven:
    """``latencies`` in milliseconds, one for each answer; ``seconds`` from the first request to the last answer."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def p(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def post(path: str, body: str, kind: str, session: str) -> bytes:
    """A request of a signed-in person, as bytes."""
    content = body.encode()
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Content-Type: {kind}",
        f"Content-Length: {len(content)}",
        f"Cookie: sessionid={session}; csrftoken={TOKEN}",
        f"X-CSRFToken: {TOKEN}",
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + content


def a_save(item: int, base: int, turn: int) -> dict[str, Any]:
    """A save as the page sends it."""
    return {
        "id": str(uuid.uuid4()),
        "item": item,
        "base": base,
        "changes": ["level", "text"],
        "level": turn % 4 + 1,
        "text": TEXT,
    }


@dataclass(slots=True)
class Told:
    """What the scripts of one run were told."""

    saves: int = 0
    receipts: int = 0
    wrong: list[tuple[int, bytes]] = field(default_factory=list)  # status and beginning of what was not expected


def saving(address: Callable[[dict[str, Any]], str], one: dict[str, Any], told: Told, ends_at: float) -> Script:
    """A coordinator who saves as fast as the answers come. ``one["known"]``: the revisions they know, by item."""
    known: dict[str, int] = one.setdefault("known", {})
    while time.perf_counter() < ends_at:
        yield from _one_save(address(one), one, known, told)


def _one_save(path: str, one: dict[str, Any], known: dict[str, int], told: Told) -> Script:
    turn = one["turn"] = one.get("turn", -1) + 1
    item = one["items"][turn % len(one["items"])]
    body = json.dumps(a_save(item, known.get(str(item), 0), turn))
    answer = yield post(path, body, "application/json", one["session"])
    if answer.status != 200:
        told.wrong.append((answer.status, answer.body[:200]))
        return
    told.saves += 1
    receipt = json.loads(answer.body).get("receipt")
    if receipt:
        known[str(item)] = receipt["revision"]


def save_address(one: dict[str, Any]) -> str:
    return f"/autodiagnostico/rodadas/{one['uid']}/responder/salvar/"


def finishing(todo: list[dict[str, Any]], autosaves: int, told: Told) -> Script:
    """Takes network after network: its last autosaves, then the coordinator's part is finished, with a receipt."""
    while todo:
        one = todo.pop()
        for _ in range(autosaves):
            yield from _one_save(save_address(one), one, one.setdefault("known", {}), told)
        path = f"/autodiagnostico/rodadas/{one['uid']}/minha-parte/concluir/"
        form = f"submission={uuid.uuid4()}&csrfmiddlewaretoken={TOKEN}"
        answer = yield post(path, form, "application/x-www-form-urlencoded", one["session"])
        told.receipts += answer.status == 302
        if answer.status != 302:
            told.wrong.append((answer.status, answer.body[:200]))


class _Connection:
    def __init__(self, address: tuple[str, int], script: Script) -> None:
        self.socket = socket.create_connection(address, timeout=TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.script, self.received, self.sent_at = script, b"", 0.0

    def send(self, request: bytes) -> None:
        self.received, self.sent_at = b"", time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> Answered | None:
        """The answer once all of it is here. Raises ``ConnectionError`` when the server hung up."""
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("the server closed the connection")
        self.received += part
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return None
        lines = head.lower().split(b"\r\n")
        length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
        return Answered(int(lines[0].split()[1]), body) if len(body) >= length else None


def drive(base: str, scripts: Iterable[Script]) -> Driven:
    """Run each script on a connection of its own until all have ended."""
    host, _, port = base.removeprefix("http://").partition(":")
    driven, waiting = Driven(), selectors.DefaultSelector()
    started, open_connections = time.perf_counter(), 0
    for script in scripts:
        request = next(script, None)
        if request is None:
            continue
        connection = _Connection((host, int(port)), script)
        waiting.register(connection.socket, selectors.EVENT_READ, connection)
        open_connections += 1
        connection.send(request)
    while open_connections:
        ready = waiting.select(TIMEOUT)
        if not ready:
            raise TimeoutError(f"no answer for {TIMEOUT:g} seconds")
        for key, _ in ready:
            connection = key.data
            answer = connection.receive()
            if answer is None:
                continue
            driven.latencies.append((time.perf_counter() - connection.sent_at) * 1000)
            try:
                connection.send(connection.script.send(answer))
            except StopIteration:
                waiting.unregister(connection.socket)
                connection.socket.close()
                open_connections -= 1
    driven.seconds = time.perf_counter() - started
    return driven
