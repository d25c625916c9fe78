"""Password hashing: Argon2id within the memory of a small server (docs/decisions/0020-passwords.md)."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id, 46 MiB, one pass, one lane (OWASP password storage, second profile)."""

    time_cost = 1
    memory_cost = 46 * 1024
    parallelism = 1
