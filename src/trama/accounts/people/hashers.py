"""Password hashing: Argon2id within the memory of a small server (docs/decisions/0020-passwords.md)."""

import threading

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import PermissionDenied


class HashingBusy(PermissionDenied):
    """Every hashing slot stayed taken for ``TRAMA_PASSWORD_HASH_WAIT_SECONDS``."""


_slots = threading.BoundedSemaphore(settings.TRAMA_PASSWORD_HASH_SLOTS)


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id, 46 MiB, one pass, one lane (OWASP password storage, second profile).

    At most ``TRAMA_PASSWORD_HASH_SLOTS`` run at once in a process, so that a storm of logins takes turns instead of
    memory: 46 MiB a slot. Who waits too long gets ``HashingBusy``.
    """

    time_cost = 1
    memory_cost = 46 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with _slot():
            encoded: str = super().encode(password, salt)
            return encoded

    def verify(self, password: str, encoded: str) -> bool:
        with _slot():
            right: bool = super().verify(password, encoded)
            return right


class _slot:  # noqa: N801  (used as a with statement)
    def __enter__(self) -> None:
        if not _slots.acquire(timeout=settings.TRAMA_PASSWORD_HASH_WAIT_SECONDS):
            raise HashingBusy("password hashing")

    def __exit__(self, *error: object) -> None:
        _slots.release()
