"""Sessions in the database, as Django keeps them, read with a statement that is not built for each request.

Same table, same signature: sessions begun with Django's own store stay open.
"""

from typing import Any

from django.contrib.sessions.backends import db
from django.db import connections, router
from django.utils import timezone

from trama.foundation.prepared import prepared_cursor

_READ = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """``settings.SESSION_ENGINE``."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, under a new key, if it ended or never was."""
        connection = connections[router.db_for_read(self.model)]
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with prepared_cursor(connection) as cursor:
            cursor.execute(_READ, [self.session_key, now])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row[0])
