"""The embedded database: durable as promised, and fair to its writers."""

import _thread
import gc
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connections, transaction

from trama.foundation.sqlite import settings as promises
from trama.foundation.sqlite.base import DatabaseWrapper
from trama.foundation.sqlite.queue import QueueTimeout, WriteLock

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
ENVIRONMENT.pop("DJANGO_SETTINGS_MODULE", None)


@pytest.fixture(autouse=True)
def _may_open_databases(django_db_blocker: Any) -> Iterator[None]:
    """These tests bring their own files; the suite's database is not touched."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "trama.sqlite3"
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE t (writer INTEGER, number INTEGER)")
    raw.close()
    return path


def wrapper_for(path: Path, alias: str, timeout: float = 5) -> DatabaseWrapper:
    settings = {**connections.configure_settings({"default": {"ENGINE": "trama.foundation.sqlite"}})["default"]}
    settings |= {"NAME": str(path), "OPTIONS": {"timeout": timeout}}
    return DatabaseWrapper(settings, alias)


@pytest.fixture
def database(file: Path) -> Iterator[DatabaseWrapper]:
    """A second database, known to ``transaction.atomic(using="other")``."""
    connections.databases["other"] = (wrapper := wrapper_for(file, "other")).settings_dict
    connections["other"] = wrapper
    yield wrapper
    wrapper.close()
    del connections["other"]
    del connections.databases["other"]


def insert(wrapper: DatabaseWrapper, number: int = 1) -> None:
    with wrapper.cursor() as cursor:
        cursor.execute("INSERT INTO t (writer, number) VALUES (0, %s)", [number])


def insert_and_fail(wrapper: DatabaseWrapper, number: int) -> None:
    with transaction.atomic(using="other"):
        insert(wrapper, number)
        1 / 0  # noqa: B018


def rows(path: Path) -> list[int]:
    with sqlite3.connect(path) as raw:
        found = [number for (number,) in raw.execute("SELECT number FROM t ORDER BY number")]
    raw.close()
    return found


def is_free(path: Path) -> bool:
    """Whether a writer of another process could start now."""
    script = "import fcntl, sys\nfcntl.flock(open(sys.argv[1], 'a'), fcntl.LOCK_EX | fcntl.LOCK_NB)"
    command = [sys.executable, "-c", script, f"{path}.write-lock"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def process(*arguments: str, **options: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.foundation.sqlite_processes", *arguments]
    return subprocess.Popen(command, env=ENVIRONMENT, cwd=ROOT, text=True, stdout=subprocess.PIPE, **options)  # type: ignore[call-overload]


# What is promised is read back


def test_a_live_connection_answers_with_the_settings_that_were_promised(database: DatabaseWrapper):
    assert database.live_settings() == promises.promised()
    assert promises.promised()["synchronous"] == 2
    insert(database)  # still so after use
    assert database.live_settings()["foreign_keys"] == 1


def test_below_the_corrected_version_the_rollback_journal_is_used():
    assert promises.journal_mode((3, 40, 1)) == "delete"
    assert promises.journal_mode((3, 51, 2)) == "delete"
    assert promises.journal_mode((3, 51, 3)) == "wal"
    assert promises.journal_mode((4, 0, 0)) == "wal"


@pytest.mark.parametrize(
    ("name", "value"), [("synchronous", 1), ("foreign_keys", 0), ("mmap_size", 65536), ("journal_mode", "truncate")]
)
def test_a_connection_that_does_not_work_as_promised_is_refused(file, monkeypatch, name, value):
    def apply_badly(connection: sqlite3.Connection) -> None:
        promises_applied(connection)
        connection.execute(f"PRAGMA {name}={value}")

    promises_applied = promises.apply_settings
    monkeypatch.setattr("trama.foundation.sqlite.base.apply_settings", apply_badly)
    wrapper = wrapper_for(file, "drifted")
    with pytest.raises(ImproperlyConfigured, match=f"{name}: found .* expected"):
        wrapper.ensure_connection()
    assert wrapper.connection is None


def test_with_a_corrected_library_the_write_ahead_log_is_used_and_as_durable(file: Path, monkeypatch: Any):
    old = wrapper_for(file, "old")
    assert old.live_settings()["journal_mode"] == "delete" or promises.journal_mode() == "wal"
    old.close()
    monkeypatch.setattr(promises, "WAL_IS_SAFE_FROM", (3, 0, 0))
    new = wrapper_for(file, "new")
    insert(new, 1)
    assert new.live_settings()["journal_mode"] == "wal"
    assert new.live_settings()["synchronous"] == 2
    new.close()
    monkeypatch.setattr(promises, "WAL_IS_SAFE_FROM", (99, 0, 0))  # and back, where the library is older again
    again = wrapper_for(file, "again")
    assert again.live_settings()["journal_mode"] == "delete"
    again.close()
    assert rows(file) == [1]


# One writer at a time, in turn


def test_the_lock_is_given_back_after_commit_rollback_error_and_close(database: DatabaseWrapper, file: Path):
    with transaction.atomic(using="other"):
        insert(database, 1)
        assert not is_free(file)
    assert is_free(file)
    with pytest.raises(ZeroDivisionError):
        insert_and_fail(database, 2)
    assert is_free(file)
    with transaction.atomic(using="other"):
        insert(database, 3)
        transaction.set_rollback(True, using="other")
    assert is_free(file)
    database.set_autocommit(False)
    insert(database, 4)
    assert not is_free(file)
    database.close()
    assert is_free(file)
    assert rows(file) == [1]


def test_nested_transactions_hold_one_lock_until_the_outermost_ends(database: DatabaseWrapper, file: Path):
    with transaction.atomic(using="other"):
        with pytest.raises(ZeroDivisionError):
            insert_and_fail(database, 1)
        with transaction.atomic(using="other"):
            insert(database, 2)
        assert not is_free(file)
    assert is_free(file)
    assert rows(file) == [2]


def test_a_single_statement_waits_for_its_turn_and_a_reading_one_does_not(database: DatabaseWrapper, file: Path):
    holder = WriteLock(str(file))
    waited = threading.Event()

    def hold_for_a_moment() -> None:
        holder.take(1)
        waited.set()
        time.sleep(0.3)
        holder.give_back()

    thread = threading.Thread(target=hold_for_a_moment)
    thread.start()
    waited.wait()
    with database.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM t")
        assert cursor.fetchone() == (0,)
    assert holder.held
    insert(database)
    assert not holder.held
    thread.join()
    assert is_free(file)


def test_a_writer_that_waits_too_long_is_told_instead_of_hanging(file: Path):
    wrapper = wrapper_for(file, "impatient", timeout=0.2)
    holder = process("hold", str(file))
    assert holder.stdout.readline() == "holding\n"
    started = time.monotonic()
    with pytest.raises(OperationalError, match=r"database is locked: waited 0\.2 s"):
        insert(wrapper)
    assert time.monotonic() - started < 5
    holder.kill()
    holder.wait()
    insert(wrapper, 7)  # the lock, and the transaction, of the killed process are gone
    wrapper.close()
    assert rows(file) == [7]


def test_a_thread_that_would_wait_for_itself_is_told_at_once(database: DatabaseWrapper, file: Path):
    second = wrapper_for(file, "second", timeout=60)
    started = time.monotonic()
    with transaction.atomic(using="other"):
        insert(database, 1)
        with pytest.raises(OperationalError, match="would wait for itself"):
            insert(second, 2)
    assert time.monotonic() - started < 5
    insert(second, 3)
    second.close()
    assert rows(file) == [1, 3]


def test_a_thread_that_dies_in_a_transaction_does_not_take_the_lock_with_it(file: Path):
    def die() -> None:
        wrapper = wrapper_for(file, "dying")
        wrapper.inc_thread_sharing()
        wrapper.set_autocommit(False)
        insert(wrapper, 1)

    thread = threading.Thread(target=die)
    thread.start()
    thread.join()
    survivor = wrapper_for(file, "survivor", timeout=10)
    insert(survivor, 2)
    survivor.close()
    gc.collect()
    assert rows(file) == [2]


def test_a_living_holder_that_python_does_not_list_is_not_searched_for_among_the_dead(file: Path, monkeypatch: Any):
    """The web server makes its own threads. To take them for dead would clean the whole memory at every wait."""
    searched = []
    monkeypatch.setattr("trama.foundation.sqlite.queue.gc.collect", lambda: searched.append(1))
    holding, over = threading.Event(), _thread.allocate_lock()
    over.acquire()

    def hold_for_a_moment() -> None:
        holder = WriteLock(str(file))
        holder.take(1)
        holding.set()
        over.acquire()
        holder.give_back()

    unlisted = _thread.start_new_thread(hold_for_a_moment, ())
    assert holding.wait(5)
    assert unlisted not in {thread.ident for thread in threading.enumerate()}
    waiter = WriteLock(str(file))
    with pytest.raises(QueueTimeout):
        waiter.take(0.1)
    over.release()
    waiter.take(5)
    waiter.give_back()
    assert not searched


def test_a_forked_child_neither_keeps_nor_gives_back_its_parents_lock(file: Path):
    parent = process("hold_and_fork", str(file), stdin=subprocess.PIPE)
    try:
        assert parent.stdout.readline() == "forked\n"  # the child has tried to give the lock back
        assert not is_free(file)
        parent.stdin.write("go\n")
        parent.stdin.flush()
        assert parent.stdout.readline() == "given back\n"
        assert is_free(file)  # although the child still lives
    finally:
        parent.stdin.close()
        parent.wait(timeout=20)


def slowest_wait(folder: Path, *, queued: bool, writers: int, each: int) -> float:
    path = folder / f"queued-{queued}.sqlite3"
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE t (writer INTEGER, number INTEGER)")
    raw.close()
    running = [
        process("write", str(path), str(each), "yes" if queued else "no", stdin=subprocess.PIPE) for _ in range(writers)
    ]
    for writer in running:
        assert writer.stdout.readline() == "ready\n"
    for writer in running:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    slowest = max(float(writer.communicate(timeout=120)[0]) for writer in running)
    assert all(writer.returncode == 0 for writer in running)
    assert len(rows(path)) == writers * each
    return slowest


def test_among_sixteen_writers_the_unluckiest_waits_far_less_than_without_the_queue(tmp_path: Path):
    """A ratio within one run: seconds would depend on the machine and on who else uses it."""
    with_queue = slowest_wait(tmp_path, queued=True, writers=16, each=25)
    without = slowest_wait(tmp_path, queued=False, writers=16, each=25)
    assert without / with_queue > 1.5, f"slowest wait: {with_queue:.3f} s with the queue, {without:.3f} s without"


# Nothing acknowledged is lost


def count_syncs(file: Path, synchronous: str) -> int:
    trace = file.with_suffix(f".{synchronous}.trace")
    command = ["strace", "-f", "-e", "trace=fsync,fdatasync", "-o", str(trace), sys.executable]
    command += ["-m", "tests.foundation.sqlite_processes", "commit_fifty", str(file), synchronous]
    subprocess.run(command, env=ENVIRONMENT, cwd=ROOT, check=True, timeout=120)
    return sum("sync(" in line for line in trace.read_text().splitlines())


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is absent: syncs cannot be counted")
def test_every_acknowledged_write_was_synced_to_disk(file: Path):
    assert count_syncs(file, "FULL") >= 50
    assert count_syncs(file, "OFF") < 10  # the control: the count can tell


def kill_while_writing(folder: Path, when: str, rounds: int) -> tuple[int, int]:
    """Kill writers at unforeseen moments. Returns how many rows they acknowledged, and how many of those are lost."""
    path, noted = folder / f"{when}.sqlite3", folder / f"{when}.txt"
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE t (writer INTEGER, number INTEGER)")
    raw.close()
    for turn in range(rounds):
        before = noted.stat().st_size if noted.exists() else 0
        writers = [process("acknowledge", str(path), str(noted), when) for _ in range(2)]
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and (not noted.exists() or noted.stat().st_size < before + 600):
            time.sleep(0.01)
        time.sleep(0.003 * turn)
        for writer in writers:
            writer.kill()
        for writer in writers:
            writer.wait()
    with sqlite3.connect(path) as raw:
        kept = set(raw.execute("SELECT writer, number FROM t").fetchall())
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    raw.close()
    lines = [line for line in noted.read_text().splitlines(keepends=True) if line.endswith("\n")]
    acknowledged = {tuple(map(int, line.split())) for line in lines}
    return len(acknowledged), len(acknowledged - kept)


def test_kill_9_during_writes_loses_nothing_acknowledged(tmp_path: Path):
    acknowledged, lost = kill_while_writing(tmp_path, "after", rounds=4)
    assert acknowledged >= 100
    assert lost == 0


def test_the_test_above_would_see_a_loss(tmp_path: Path):
    """The control: acknowledged before the commit, rows are lost."""
    _, lost = kill_while_writing(tmp_path, "before", rounds=4)
    assert lost > 0
