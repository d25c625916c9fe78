"""Crash the database under a running site: ``… servers.crash CLUSTER ROUNDS``.

``CLUSTER`` is the folder of a cluster that nobody else uses. Four people save, each on a connection of their own, and
send again what was not acknowledged; PostgreSQL is killed with -9 in the middle, all of it at once, and started again,
while the site goes on. First at the address that people use, ROUNDS times; then once at the control, which commits
without waiting for the disk, while the process that would write a moment later is halted. A line for each:
acknowledged, lost, half, double, sent again, receipts that differ, processes killed.
"""

import http.client
import os
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import django

from trama.foundation.supervisor import free_port

from .cluster import Cluster
from .drive import CLIENTS, UNKNOWN, a_world, compare_with_kept, post, start_server, stop

SAVE = "/autodiagnostico/rodadas/{uid}/responder/salvar/"
HURRY = "/controle/{uid}/sem-disco/"
BEFORE, AFTER = 40, 12  # acknowledged before a crash, and again after it
ASKED_AGAIN = 10  # of each person's last saves


class Sender(threading.Thread):
    """One person who saves without end. What was not acknowledged is sent again under the same id."""

    def __init__(self, port: int, address: str, member: tuple[int, str], items: list[int]) -> None:
        super().__init__()
        self.member, self._address, self._items = member, address, items
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.acknowledged: list[tuple[str, int, int, int]] = []  # id, member, item, revision
        self.kept: list[tuple[dict[str, Any], Any]] = []  # saves and their receipts
        self.unsure: set[str] = set()
        self.over = threading.Event()

    def send(self, save: dict[str, Any]) -> dict[str, Any] | None:
        """What was acknowledged; None if no answer came, or none that says so."""
        try:
            return post(self._connection, self._address, self.member[1], save)
        except (OSError, http.client.HTTPException, ValueError):
            self._connection.close()
            return None

    def run(self) -> None:
        turn = 0
        while not self.over.is_set():
            turn += 1
            item = self._items[turn % len(self._items)]
            save = {"id": str(uuid.uuid4()), "item": item, "base": UNKNOWN, "changes": ["level", "text"],
                    "level": turn % 4 + 1, "text": f"turno {turn} de {self.member[0]}"}  # fmt: skip
            self._until_acknowledged(save)

    def _until_acknowledged(self, save: dict[str, Any]) -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            told = self.send(save)
            if told is not None and told["outcome"] in {"saved", "merged"}:
                self.acknowledged.append((save["id"], self.member[0], save["item"], told["receipt"]["revision"]))
                self.kept.append((save, told["receipt"]))
                return
            self.unsure.add(save["id"])
            time.sleep(0.03)
        raise TimeoutError("the site did not come back")


def wait_for(senders: list[Sender], more: int) -> None:
    """Until each was acknowledged its share of ``more``."""
    wanted = [len(one.acknowledged) + more // len(senders) for one in senders]
    deadline = time.monotonic() + 180
    while any(len(one.acknowledged) < number for one, number in zip(senders, wanted, strict=True)):
        if time.monotonic() > deadline or not any(one.is_alive() for one in senders):
            raise TimeoutError("nothing is acknowledged any more")
        time.sleep(0.005)


def crashes(cluster: Cluster, port: int, address: str, rounds: int, world: Any) -> tuple[int, ...]:
    """The figures of one address."""
    uid, members, items = world
    senders = [Sender(port, address.format(uid=uid), member, items) for member in members]
    for one in senders:
        one.start()
    killed = 0
    for turn in range(rounds):
        wait_for(senders, BEFORE)
        time.sleep(0.003 * (turn % 17))
        killed += cluster.crash()
        cluster.start()
        wait_for(senders, AFTER)
    for one in senders:
        one.over.set()
    for one in senders:
        one.join()
    acknowledged = [line for one in senders for line in one.acknowledged]
    lost, half, double = compare_with_kept(acknowledged, members)
    differ = sum(
        (told := one.send(save)) is None or told["receipt"] != receipt
        for one in senders
        for save, receipt in one.kept[-ASKED_AGAIN:]
    )
    unsure = sum(len(one.unsure) for one in senders)
    return len(acknowledged), lost, half, double, unsure, differ, killed


def main(folder: str, rounds: int) -> None:
    cluster = Cluster(Path(folder))
    cluster.start()
    process = None
    try:
        django.setup()
        world = a_world(CLIENTS)
        from django.db import connection

        connection.close()
        port = free_port("127.0.0.1", 36000 + os.getpid() % 4000)
        process = start_server(port)
        print(*crashes(cluster, port, SAVE, rounds, world), flush=True)
        connection.close()
        cluster.halt_the_wal_writer()
        print(*crashes(cluster, port, HURRY, 1, world), flush=True)
    finally:
        if process is not None:
            stop(process)
        cluster.stop()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
