"""What must not happen while a page is open: a console message, a script error, a request elsewhere, a broken part."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError


@dataclass  # without slots: Playwright hangs its wrappers on the object
class Watch:
    """Listens to a browser context and keeps every complaint. ``expected_statuses``: answers a test asks for."""

    host: str
    complaints: list[str] = field(default_factory=list)
    expected_statuses: set[int] = field(default_factory=set)

    def attach(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # Blocked by the content security policy: the browser says so here. A failed load is told by the response.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"console {message.type}: {message.text}")

    def _error(self, error: WebError) -> None:
        self.complaints.append(f"script error: {error.error}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and not self._is_ours(parts.netloc):
            self.complaints.append(f"request to another host: {request.url}")

    def _is_ours(self, place: str) -> bool:
        """The site, or the origin that packages run on beside it."""
        port = self.host.rpartition(":")[2]
        return place == self.host or place.endswith(f".packages.localhost:{port}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected_statuses:
            self.complaints.append(f"answered {response.status}: {response.url}")

    def assert_quiet(self) -> None:
        assert not self.complaints, "\n".join(self.complaints)
