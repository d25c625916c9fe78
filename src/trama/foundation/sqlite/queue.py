"""The writers' queue: one writer of a database file at a time, in the order they came, across processes.

Two files stand beside the database. Whoever wants to write first takes the *turnstile* (``….write-queue``), then the
*lock* (``….write-lock``), then gives the turnstile back. The kernel wakes the waiters of a turnstile in order, and a
writer who has just finished cannot slip in front of them, because it has to pass the turnstile again. Both are
``flock`` locks: the kernel takes them back when the process dies, however it dies.
"""

import contextlib
import fcntl
import gc
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

LOCK_SUFFIX = ".write-lock"
TURNSTILE_SUFFIX = ".write-queue"


class QueueTimeout(Exception):
    """Nobody gave the lock back in time."""


class WouldWaitForItself(Exception):
    """The thread that asks is the one that holds the lock, through another connection."""


_holders: dict[str, int] = {}  # path: identity of this process's thread that writes there now
_holders_guard = threading.Lock()


def _forget_the_parents_locks() -> None:
    global _holders_guard  # the copied guard may be locked by a thread that does not exist here
    _holders_guard = threading.Lock()
    _holders.clear()


os.register_at_fork(after_in_child=_forget_the_parents_locks)


def _open(path: str) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


class WriteLock:
    """The right to write to one database file, held from ``take`` to ``give_back`` (or the death of the holder)."""

    def __init__(self, database: str) -> None:
        self._path = os.path.realpath(database)
        self._descriptor: int | None = None
        self._pid = 0

    @property
    def held(self) -> bool:
        return self._descriptor is not None

    def take(self, timeout: float) -> None:
        """Wait for our turn. Raises ``QueueTimeout`` after ``timeout`` seconds, ``WouldWaitForItself`` at once."""
        if self.held:
            return
        me = threading.get_ident()
        holder = _holders.get(self._path)
        # Not ``threading.enumerate()``: the web server's threads are its own, and Python's list does not hold them.
        if holder is not None and holder not in sys._current_frames():
            gc.collect()  # the holder died inside its transaction: let its connection go, and the lock with it
        if _holders.get(self._path) == me:
            raise WouldWaitForItself(self._path)
        self._descriptor = _wait_for_turn(self._path, timeout)
        self._pid = os.getpid()
        with _holders_guard:
            _holders[self._path] = me

    def give_back(self) -> None:
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        if self._pid == os.getpid():  # a forked child shares the lock with its parent and may not give it back
            with _holders_guard:
                _holders.pop(self._path, None)
            fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self.give_back()  # a thread that died in the middle of a transaction


def _wait_for_turn(path: str, timeout: float) -> int:
    """The descriptor of the lock, ours. A free lock is taken at once; else a helper thread waits, so we can give up."""
    turnstile, lock = _open(path + TURNSTILE_SUFFIX), _open(path + LOCK_SUFFIX)
    try:
        fcntl.flock(turnstile, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        waiting = _Waiting(turnstile, lock)
        waiting.start()
        return waiting.outcome(timeout, lambda: _told(path, timeout))
    os.close(turnstile)
    return lock


def _told(path: str, timeout: float) -> str:
    return f"waited {timeout:g} s to write to {Path(path).name}, and another process still holds it"


class _Waiting:
    """One blocked ``flock`` in a thread of its own: ``flock`` has no time limit, this has."""

    def __init__(self, turnstile: int, lock: int) -> None:
        self._turnstile, self._lock = turnstile, lock
        self._guard = threading.Lock()
        self._granted = threading.Event()
        self._abandoned = False

    def start(self) -> None:
        try:
            threading.Thread(target=self._wait, name="sqlite-write-queue", daemon=True).start()
        except RuntimeError:  # the interpreter is shutting down: no new threads, so wait here
            self._wait()

    def _wait(self) -> None:
        fcntl.flock(self._turnstile, fcntl.LOCK_EX)
        if not self._abandoned:
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        os.close(self._turnstile)
        with self._guard:
            if self._abandoned:
                os.close(self._lock)
            else:
                self._granted.set()

    def outcome(self, timeout: float, message: Callable[[], str]) -> int:
        self._granted.wait(timeout)
        with self._guard:
            if not self._granted.is_set():
                self._abandoned = True
                raise QueueTimeout(message())
        return self._lock
