"""Drive a real server that saves answers: ``python -m tests.diagnose.answers.servers.drive``.

- ``kill ADDRESS ROUNDS``: kill its processes with -9 while four members save. Prints acknowledged, lost, half, double.
- ``resend ADDRESS SAVES``: send each save eight times at once. Prints rows, answers with other receipts.
- ``syncs SAVES SYNCHRONOUS``: in this process, without a server: that many saves, for counting the syncs.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from datetime import timedelta
from typing import Any

import django

from trama.foundation.supervisor import answers, free_port, server_command

CLIENTS, AT_ONCE = 4, 8
TOKEN = "a" * 32
UNKNOWN = 2**30  # a revision that nobody reached: start from what is there


def start_server(port: int) -> "subprocess.Popen[bytes]":
    command = server_command(host="127.0.0.1", port=port, workers=2, threads=8)
    process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 180
    while not answers("127.0.0.1", port):
        if time.monotonic() > deadline:
            stop(process)
            raise TimeoutError("the server did not start")
        time.sleep(0.05)
    return process


def stop(process: "subprocess.Popen[bytes]") -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def a_world(members: int) -> tuple[str, list[tuple[int, str]], list[int]]:
    """A round: its address, members with their sessions, items."""
    from django.conf import settings
    from django.utils import timezone

    from tests.diagnose import factories as make
    from tests.e2e.people import _session
    from trama.diagnose.models import RoundMember

    kept = settings.VAR_DIR / "world.json"  # one installation serves several runs
    if not kept.exists():
        of = make.a_round(answers_until=timezone.now() + timedelta(days=3))
        kept.write_text(json.dumps([str(of.uid), [make.a_member(of).pk for _ in range(CLIENTS)]]))
    uid, keys = json.loads(kept.read_text())
    people = list(RoundMember.objects.filter(pk__in=keys[:members]).select_related("user", "round"))
    items = list(people[0].round.items.values_list("pk", flat=True))
    return uid, [(one.pk, _session(one.user)) for one in people], items


def post(connection: http.client.HTTPConnection, address: str, session: str, body: Any) -> dict[str, Any] | None:
    """What the server acknowledged, or None."""
    headers = {
        "Content-Type": "application/json",
        "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
        "X-CSRFToken": TOKEN,
    }
    connection.request("POST", address, json.dumps(body), headers)
    answer = connection.getresponse()
    content = answer.read()
    return json.loads(content) if answer.status == 200 else None


def client(port: int, address: str, member: tuple[int, str], items: list[int], known: dict[int, int],
           acknowledged: list[tuple[str, int, int, int]], over: threading.Event) -> None:  # fmt: skip
    """Save again and again; note what was acknowledged: id, member, item, revision."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    turn = 0
    while not over.is_set():
        turn += 1
        item = items[turn % len(items)]
        save = {"id": str(uuid.uuid4()), "item": item, "base": known.get(item, UNKNOWN), "changes": ["level", "text"],
                "level": turn % 4 + 1, "text": f"turno {turn}"}  # fmt: skip
        try:
            told = post(connection, address, member[1], save)
        except (OSError, http.client.HTTPException, ValueError):
            connection.close()
            time.sleep(0.05)
            known[item] = UNKNOWN  # whether it went through is not known: the next one starts from what is there
            continue
        if told is not None and told["outcome"] in {"saved", "merged"}:
            acknowledged.append((save["id"], member[0], item, told["receipt"]["revision"]))
            known[item] = told["receipt"]["revision"]


def kill(address: str, rounds: int) -> None:
    django.setup()
    uid, members, items = a_world(CLIENTS)
    from django.db import connection as database

    database.close()
    port = free_port("127.0.0.1", 31000 + os.getpid() % 5000)
    acknowledged: list[tuple[str, int, int, int]] = []
    known: list[dict[int, int]] = [{} for _ in members]
    for turn in range(rounds):
        over, process, before = threading.Event(), start_server(port), len(acknowledged)
        threads = [
            threading.Thread(
                target=client, args=(port, address.format(uid=uid), who, items, known[place], acknowledged, over)
            )
            for place, who in enumerate(members)
        ]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 180
        while len(acknowledged) < before + 40 and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.007 * turn)
        stop(process)
        over.set()
        for thread in threads:
            thread.join()
    lost, half, double = compare_with_kept(acknowledged, members)
    print(len(acknowledged), lost, half, double, flush=True)


def compare_with_kept(
    acknowledged: list[tuple[str, int, int, int]], members: list[tuple[int, str]]
) -> tuple[int, int, int]:
    """How many of the acknowledged saves (id, member, item, revision) are lost; how many answers are half, or double.

    Lost: its submission or its answer is not there, or the answer is older. Half: an answer that is not what its last
    submission says. Double: two submissions that made the same revision.
    """
    from trama.diagnose.models import Answer, Submission

    kept = {str(pk) for pk in Submission.objects.values_list("pk", flat=True)}
    now = {(one.member_id, one.item_id): one for one in Answer.objects.filter(member__in=[pk for pk, _ in members])}
    lost = sum(
        pk not in kept or (member, item) not in now or now[member, item].revision < revision
        for pk, member, item, revision in acknowledged
    )
    half = double = 0
    for (member, item), answer in now.items():
        changed = Submission.objects.filter(member=member, item=item).exclude(applied="")
        revisions = list(changed.values_list("revision", flat=True))
        double += len(revisions) - len(set(revisions))
        last = changed.order_by("-revision").first()
        half += last is None or (last.revision, last.level, last.text) != (
            answer.revision,
            answer.level,
            answer.comment,
        )
    return lost, half, double


def resend(address: str, saves: int) -> None:
    django.setup()
    uid, members, items = a_world(1)
    from django.db import connection as database

    database.close()
    port = free_port("127.0.0.1", 31000 + os.getpid() % 5000)
    process, run = start_server(port), uuid.uuid4().hex
    receipts: list[set[str]] = []
    try:
        together = threading.Barrier(AT_ONCE)
        bodies = [
            {"id": str(uuid.uuid4()), "item": items[0], "base": UNKNOWN, "changes": ["text"], "text": f"{run} {number}"}
            for number in range(saves)
        ]
        receipts = [set() for _ in bodies]

        def sender() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            for number, body in enumerate(bodies):
                together.wait(60)
                told = post(connection, address.format(uid=uid), members[0][1], body)
                receipts[number].add(json.dumps(told and told["receipt"]))

        threads = [threading.Thread(target=sender) for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        stop(process)
    from trama.diagnose.models import Submission

    rows = Submission.objects.filter(member=members[0][0], text__startswith=run).count()
    print(rows, sum(len(one) != 1 for one in receipts), flush=True)


def syncs(saves: int, synchronous: str) -> None:
    """The world is made before the marker; the saves come after it."""
    django.setup()
    from django.db import connection
    from django.utils import timezone

    from trama.diagnose.answers.services import record_saves
    from trama.diagnose.models import RoundMember

    uid, members, items = a_world(1)
    member = RoundMember.objects.select_related("user").get(pk=members[0][0])
    if synchronous != "FULL":
        connection.connection.execute(f"PRAGMA synchronous={synchronous}")
    print("begin", flush=True)
    sys.stdin.readline()
    for number in range(saves):
        save = {
            "id": str(uuid.uuid4()),
            "item": items[0],
            "base": UNKNOWN,
            "changes": ["level"],
            "level": number % 4 + 1,
        }
        (result,) = record_saves(uuid.UUID(uid), [save], by=member.user, at=timezone.now())
        assert result.submission is not None
        assert result.submission.outcome == "saved"


if __name__ == "__main__":
    {"kill": kill, "resend": resend}[sys.argv[1]](sys.argv[2], int(sys.argv[3])) if sys.argv[1] != "syncs" else syncs(
        int(sys.argv[2]), sys.argv[3]
    )
