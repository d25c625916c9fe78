"""What can go wrong with a request to the store. Messages are for programs and those who write them: in English."""


class StoreError(Exception):
    """The request is refused. ``status`` is that of the answer (xAPI 1.0.3, Communication 3.2)."""

    status = 400


class Malformed(StoreError):
    """A statement, a parameter or a document is not as the specification asks. ``where`` names the property."""

    def __init__(self, where: str, problem: str) -> None:
        self.where = where
        super().__init__(f"{where}: {problem}" if where else problem)


class NotAuthenticated(StoreError):
    """No token, or one that is unknown, over or revoked."""

    status = 401

    def __init__(self) -> None:
        super().__init__("A valid token is needed: HTTP Basic with key and secret, or Bearer key:secret.")


class NotPermitted(StoreError):
    """The token does not reach so far."""

    status = 403

    def __init__(self, scope: str) -> None:
        super().__init__(f"The token lacks the scope {scope}.")


class NotFound(StoreError):
    status = 404

    def __init__(self) -> None:
        super().__init__("There is nothing here that this token may see.")


class MethodNotAllowed(StoreError):
    status = 405

    def __init__(self, allowed: str) -> None:
        self.allowed = allowed
        super().__init__(f"This resource takes {allowed}.")


class Conflict(StoreError):
    """A statement with this id, and other content, is kept already; or a document would be overwritten unseen."""

    status = 409


class PreconditionFailed(StoreError):
    status = 412

    def __init__(self) -> None:
        super().__init__("The document is not the one that If-Match or If-None-Match names. Read it again.")


class TooMany(StoreError):
    """The token asks more often than it may. ``wait``: seconds until it may again."""

    status = 429

    def __init__(self, most: int, wait: int) -> None:
        self.wait = wait
        super().__init__(f"At most {most} requests a minute are taken from one token. Try again in {wait} s.")


class TooLarge(StoreError):
    status = 413

    def __init__(self, limit: int) -> None:
        super().__init__(f"At most {limit // 1024} KiB are taken.")
