"""Fetching: whole or not at all, from the official hosts only, resumed where it stopped."""

import http.server
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from trama.know.sources.catalogue import RemoteFile, official_hosts, publications
from trama.know.sources.downloads import DownloadFailed, Patience, download, rebased

from .conftest import NOON

BODY = bytes(range(256)) * 2_000
FILE = RemoteFile("https://download.inep.gov.br/ideb/resultados/good.xlsx", "good.xlsx")


class Publisher(http.server.BaseHTTPRequestHandler):
    """A publisher with good and bad days; the server remembers what was asked."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments: Any) -> None:
        pass

    def do_GET(self) -> None:
        asked: list[tuple[str, str]] = self.server.asked  # type: ignore[attr-defined]
        asked.append((self.path, self.headers.get("Range", "")))
        name = self.path.rsplit("/", 1)[-1].split(".")[0]
        getattr(self, f"_{name}", self._missing)()

    def _send(self, body: bytes, *, code: int = 200, length: int | None = None, **headers: str) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for key, value in {"ETag": '"v1"', **headers}.items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _good(self) -> None:
        asked = self.headers.get("Range")
        if asked and self.headers.get("If-Range") == '"v1"':
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            self._send(BODY[start:], code=206, Content_Range=f"bytes {start}-{len(BODY) - 1}/{len(BODY)}")
        else:
            self._send(BODY)

    def _cut(self) -> None:
        """Half of it the first time; the rest when asked to go on."""
        asked = self.headers.get("Range")
        if asked:
            self._good()
            return
        self._send(BODY[: len(BODY) // 2], length=len(BODY), Connection="close")
        self.close_connection = True

    def _empty(self) -> None:
        self._send(b"")

    def _missing(self) -> None:
        self._send(b"not here", code=404)

    def _broken(self) -> None:
        self._send(b"oops", code=503)

    def _away(self) -> None:
        self._send(b"", code=302, Location="https://example.org/stolen.xlsx")

    def _within(self) -> None:
        self._send(b"", code=302, Location="/ideb/good.xlsx")

    def _around(self) -> None:
        self._send(b"", code=302, Location=self.path)

    def _slow(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        for _turn in range(100):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.05)

    def _silent(self) -> None:
        time.sleep(3)


@pytest.fixture
def publisher() -> Iterator[http.server.ThreadingHTTPServer]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    server.daemon_threads = True
    server.asked = []  # type: ignore[attr-defined]
    server.handle_error = lambda *_arguments: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def _fetch(publisher: Any, folder: Path, name: str, **options: Any) -> Any:
    file = RemoteFile(f"https://download.inep.gov.br/ideb/{name}.xlsx", f"{name}.xlsx")
    base = f"http://127.0.0.1:{publisher.server_address[1]}"
    return download(file, folder, at=NOON, base_url=base, **options)


def test_a_file_comes_whole_and_is_not_fetched_twice(publisher: Any, tmp_path: Path):
    got = _fetch(publisher, tmp_path, "good")
    assert (got.path.read_bytes(), got.size, got.fetched) == (BODY, len(BODY), True)
    again = _fetch(publisher, tmp_path, "good")
    assert (again.fetched, again.sha256) == (False, got.sha256)
    assert len(publisher.asked) == 1
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == ["good.xlsx"]


def test_a_file_changed_on_disk_is_fetched_again(publisher: Any, tmp_path: Path):
    _fetch(publisher, tmp_path, "good").path.write_bytes(b"edited")
    assert _fetch(publisher, tmp_path, "good").fetched
    assert (tmp_path / "good.xlsx").read_bytes() == BODY


def test_a_cut_download_never_takes_the_name_and_goes_on_where_it_stopped(publisher: Any, tmp_path: Path):
    with pytest.raises(DownloadFailed):
        _fetch(publisher, tmp_path, "cut")
    assert not (tmp_path / "cut.xlsx").exists()
    got = _fetch(publisher, tmp_path, "cut")
    assert got.path.read_bytes() == BODY
    assert publisher.asked[-1][1] == f"bytes={len(BODY) // 2}-"


def test_a_cut_download_never_replaces_a_good_file(publisher: Any, tmp_path: Path):
    good = tmp_path / "cut.xlsx"
    good.write_bytes(b"the good one of last year")
    with pytest.raises(DownloadFailed):
        _fetch(publisher, tmp_path, "cut", again=True)
    assert good.read_bytes() == b"the good one of last year"


@pytest.mark.parametrize(
    ("name", "said"),
    [("missing", "404"), ("broken", "503"), ("empty", "empty|vazio"), ("around", "redirect|redirecion")],
)
def test_what_is_not_a_file_is_told_and_leaves_nothing(publisher: Any, tmp_path: Path, name: str, said: str):
    with pytest.raises(DownloadFailed, match=said):
        _fetch(publisher, tmp_path, name)
    assert not (tmp_path / f"{name}.xlsx").exists()


def test_a_redirect_elsewhere_is_not_followed_and_one_within_is(publisher: Any, tmp_path: Path):
    with pytest.raises(DownloadFailed, match=r"example\.org"):
        _fetch(publisher, tmp_path, "away")
    assert _fetch(publisher, tmp_path, "within").size == len(BODY)


@pytest.mark.parametrize("name", ["slow", "silent"])
def test_patience_ends(publisher: Any, tmp_path: Path, name: str):
    began = time.monotonic()
    with pytest.raises(DownloadFailed):
        _fetch(publisher, tmp_path, name, patience=Patience(connect=0.5, silence=0.6, whole=0.5))
    assert time.monotonic() - began < 5
    assert not (tmp_path / f"{name}.xlsx").exists()


def test_only_this_machine_may_stand_in_for_the_publishers(tmp_path: Path):
    assert rebased(FILE.address, "http://127.0.0.1:9/x").startswith("http://127.0.0.1:9/ideb/")
    for base in ("http://example.org", "file:///etc", "http://127.0.0.1.example.org"):
        with pytest.raises(ValueError, match="this machine"):
            download(FILE, tmp_path, at=NOON, base_url=base)


def test_an_address_that_is_not_official_is_never_asked(tmp_path: Path):
    for address in ("https://example.org/x.xlsx", "http://169.254.169.254/latest", "file:///etc/passwd"):
        with pytest.raises(DownloadFailed):
            download(RemoteFile(address, "x.xlsx"), tmp_path, at=NOON)


def test_the_list_of_sources_is_sound():
    hosts = official_hosts()
    assert all(host.endswith((".gov.br",)) for host in hosts)
    names = [file.name for item in publications().values() for file in item.files]
    assert len(names) == len(set(names))
    assert all("{" not in file.address for item in publications().values() for file in item.files)
    census = {file.address for file in publications()["inep-censo-escolar"].files}
    assert "https://download.inep.gov.br/dados_abertos/microdados_censo_escolar_2025_.zip" in census


def test_the_command_fetches_what_it_can_and_names_what_it_cannot(
    publisher: Any, tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    settings.VAR_DIR = tmp_path
    base = f"http://127.0.0.1:{publisher.server_address[1]}"
    with pytest.raises(CommandError):
        call_command("data", "download", "ibge-localities", base_url=base)
    with pytest.raises(CommandError):
        call_command("data", "download", "no-such-source", base_url=base)
    monkeypatch.setattr(Publisher, "_missing", Publisher._good)
    call_command("data", "download", "ibge-localities", base_url=base)
    folder = tmp_path / "downloads" / "ibge-localities"
    assert (folder / "ibge_localidades_municipios.json").read_bytes() == BODY
    assert "ibge_localidades_municipios.json" in capsys.readouterr().out
