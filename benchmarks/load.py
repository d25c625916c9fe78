"""Drives one address (or several in turn) with 16 connections: with wrk where it is installed, else from Python."""

import http.client
import itertools
import json
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ENCODING = "gzip"  # as browsers ask: compressing is part of what a page costs
WRK_SCRIPT = """
local paths = { %s }
local i = 0
request = function()
  i = i + 1
  return wrk.format("GET", paths[(i %% #paths) + 1])
end
done = function(summary, latency, requests)
  local lost = summary.errors
  io.write(string.format('RESULT {"requests": %%d, "seconds": %%.6f, "p50": %%.3f, "p95": %%.3f, "p99": %%.3f, ',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3))
  io.write(string.format('"errors": %%d}\\n', lost.connect + lost.read + lost.write + lost.status + lost.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Driven:
    """What the client saw. Latencies in milliseconds; ``errors``: lost connections and answers of 400 and more."""

    requests: int
    seconds: float
    p50: float
    p95: float
    p99: float
    errors: int
    client: str

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def drive(base: str, paths: list[str], *, connections: int, seconds: float, cookie: str = "") -> Driven:
    """Ask for the paths in turn, on kept connections, as fast as the answers come; ``cookie`` of who is signed in."""
    headers = {"Accept-Encoding": ENCODING, **({"Cookie": cookie} if cookie else {})}
    if shutil.which("wrk"):
        return _with_wrk(base, paths, connections, seconds, headers)
    return _with_python(base, paths, connections, seconds, headers)


def _with_wrk(base: str, paths: list[str], connections: int, seconds: float, headers: dict[str, str]) -> Driven:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "paths.lua"
        script.write_text(WRK_SCRIPT % ", ".join(json.dumps(path) for path in paths))
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "10s", "-s", str(script)]
        for name, value in headers.items():
            command += ["-H", f"{name}: {value}"]
        out = subprocess.run([*command, base], capture_output=True, text=True, check=True).stdout
    line = next(line for line in out.splitlines() if line.startswith("RESULT "))
    return Driven(**json.loads(line.removeprefix("RESULT ")), client="wrk")


def _with_python(base: str, paths: list[str], connections: int, seconds: float, headers: dict[str, str]) -> Driven:
    """A client of the standard library. It takes CPU of its own: compare its figures only with each other."""
    host = urlsplit(base).netloc
    latencies: list[float] = []
    errors = itertools.count()
    ends_at = time.perf_counter() + seconds

    def ask(turn: int) -> None:
        connection = http.client.HTTPConnection(host, timeout=10)
        while time.perf_counter() < ends_at:
            started = time.perf_counter()
            try:
                connection.request("GET", paths[turn % len(paths)], headers=headers)
                answer = connection.getresponse()
                answer.read()
                if answer.status >= 400:
                    next(errors)
            except (OSError, http.client.HTTPException):
                next(errors)
                connection.close()
            latencies.append((time.perf_counter() - started) * 1000)
            turn += 1
        connection.close()

    began = time.perf_counter()
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    latencies.sort()
    at = lambda share: latencies[min(len(latencies) - 1, int(share * len(latencies)))]  # noqa: E731
    took = time.perf_counter() - began
    return Driven(len(latencies), took, at(0.5), at(0.95), at(0.99), next(errors), "python")
