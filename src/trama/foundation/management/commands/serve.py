"""``trama serve``: the site and a worker of a prepared installation. It changes nothing before it starts."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from ... import doctor, policies
from ...supervisor import Child, Supervisor, server_command, worker_command


class Command(BaseCommand):
    help = "Serve a prepared installation: no migration, no loading. TLS is the business of what stands in front."
    policy = policies.declare("foundation.site.serve", kind="command", allow=policies.NOBODY)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=os.environ.get("TRAMA_BIND", "127.0.0.1"), help="address to listen on")
        parser.add_argument("--port", type=int, default=int(os.environ.get("TRAMA_PORT") or 8000))
        parser.add_argument("--workers", type=int, default=os.cpu_count() or 2, help="processes that answer requests")
        parser.add_argument("--threads", type=int, default=4, help="threads of each")
        parser.add_argument("--no-worker", action="store_true", help="jobs are run by workers started elsewhere")

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError(_("The database is not up to date. Run: trama migrate"))
        connection.close()
        command = server_command(host=host, port=port, workers=options["workers"], threads=options["threads"])
        children = [Child("site", command, restart=False)]
        if not options["no_worker"]:
            children.append(Child("worker", worker_command(), restart=True))
        supervisor = Supervisor(children)
        supervisor.start()
        if supervisor.wait_until(host if host not in {"0.0.0.0", "::"} else "127.0.0.1", port):  # noqa: S104
            with doctor.language_of_the_terminal():
                self.stdout.write(_("Serving at %(host)s:%(port)d") % {"host": host, "port": port})
                self.stdout.flush()
        sys.exit(supervisor.run())
