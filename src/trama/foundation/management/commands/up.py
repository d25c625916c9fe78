"""``trama up``: one command from a fresh clone to the address of a working site."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.utils.translation import gettext as _

from ... import doctor, policies, startup
from ...supervisor import Child, Supervisor, free_port, server_command, worker_command

DEFAULT_PORT = 8000
HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "Prepare the database, load the data, start the site and the worker, and print the address."
    policy = policies.declare("foundation.site.up", kind="command", allow=policies.NOBODY)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, help="exactly this port (TRAMA_PORT; else 8000, or the next free one)")
        parser.add_argument("--no-load", action="store_true", help="do not load data")
        parser.add_argument("--workers", type=int, default=2, help="processes that answer requests")
        parser.add_argument("--threads", type=int, default=4, help="threads of each")

    def handle(self, *args: Any, **options: Any) -> None:
        with doctor.language_of_the_terminal():
            self._prepare(load=not options["no_load"])
            port = self._port(options["port"])
        sys.exit(self._run(port, options["workers"], options["threads"]))

    def _prepare(self, *, load: bool) -> None:
        problems = [finding for finding in doctor.before_the_start() if finding.level == doctor.FAILURE]
        if problems:
            raise CommandError("\n".join(f"{problem.what} {problem.mend}" for problem in problems))
        self._say(_("Preparing the database …"))
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        if load and "load" in get_commands():
            self._say(_("Loading the data (this takes a while the first time) …"))
            call_command("load")
        startup.run_first_start(self.stdout)  # type: ignore[arg-type]

    def _port(self, asked: int | None) -> int:
        fixed = asked or int(os.environ.get("TRAMA_PORT") or 0)
        try:
            return free_port(HOST, fixed, attempts=1) if fixed else free_port(HOST, DEFAULT_PORT)
        except OSError as error:
            raise CommandError(
                _("Port %(port)d is taken. Choose another one with --port or TRAMA_PORT.")
                % {"port": fixed or DEFAULT_PORT}
            ) from error

    def _run(self, port: int, workers: int, threads: int) -> int:
        os.environ.setdefault("TRAMA_ORIGIN", f"http://{HOST}:{port}")  # what letters put before an address
        connections.close_all()  # this process only watches from here on
        server = server_command(host=HOST, port=port, workers=workers, threads=threads)
        supervisor = Supervisor([Child("site", server, restart=False), Child("worker", worker_command(), restart=True)])
        supervisor.start()
        with doctor.language_of_the_terminal():
            if supervisor.wait_until(HOST, port):
                self._say("")
                self._say(
                    _("%(site)s is at %(address)s") % {"site": settings.SITE_NAME, "address": f"http://{HOST}:{port}/"}
                )
                self._say(_("Stop it with Ctrl+C. Something wrong? trama doctor"))
        return supervisor.run()

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
