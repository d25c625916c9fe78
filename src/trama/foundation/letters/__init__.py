"""Letters (e-mails) leave by the worker: kept in the transaction of what they tell, carried by a thread of its own.

``post(message)`` keeps a letter; it leaves within about a second of the commit, however slow or broken the mail server
is, or not at all if the transaction is rolled back. Whatever sends by Django's default mailer comes here too
(``backend.Outbox``). A letter leaves at least once: one whose worker died while sending goes again, with the same
``Message-ID``. See docs/decisions/0214-letters-leave-by-the-worker.md.
"""

from .carrying import Postman
from .selectors import with_delivery
from .services import post

__all__ = ["Postman", "post", "with_delivery"]
