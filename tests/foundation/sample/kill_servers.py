"""Kill the web server's processes with -9 while they save: ``python -m tests.foundation.sample.kill_servers``.

Arguments: address to post to, rounds. Prints: answers acknowledged, lost, half kept, kept twice.
"""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from urllib.parse import urlencode

import django

from trama.foundation.supervisor import answers, free_port, server_command

CLIENTS = 4


def start_server(port: int) -> "subprocess.Popen[bytes]":
    command = server_command(host="127.0.0.1", port=port, workers=2, threads=4)
    process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not answers("127.0.0.1", port):
        if time.monotonic() > deadline:
            raise TimeoutError("the server did not start")
        time.sleep(0.05)
    return process


def client(port: int, address: str, acknowledged: list[str], over: threading.Event) -> None:
    """Post unique keys; note those whose answer came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    while not over.is_set():
        key = str(uuid.uuid4())
        try:
            connection.request("POST", address, urlencode({"key": key}), headers)
            answer = connection.getresponse()
            if answer.status == 200 and answer.read() == b"saved":
                acknowledged.append(key)
        except (OSError, http.client.HTTPException):
            connection.close()
            time.sleep(0.05)


def main(address: str, rounds: int) -> None:
    port = free_port("127.0.0.1", 30000 + os.getpid() % 5000)
    acknowledged: list[str] = []
    for turn in range(rounds):
        over = threading.Event()
        process = start_server(port)
        before = len(acknowledged)
        arguments = (port, address, acknowledged, over)
        threads = [threading.Thread(target=client, args=arguments) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 60
        while len(acknowledged) < before + 40 and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.007 * turn)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        over.set()
        for thread in threads:
            thread.join()
    django.setup()
    from trama.foundation.jobs.models import Job

    headers = {str(key) for key in Job.objects.filter(title="header").values_list("pk", flat=True)}
    bodies = list(Job.objects.filter(name="answer").exclude(title="header").values_list("title", flat=True))
    lost = sum(key not in headers or key not in bodies for key in acknowledged)
    half = len(headers ^ set(bodies))
    print(len(acknowledged), lost, half, len(bodies) - len(set(bodies)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
