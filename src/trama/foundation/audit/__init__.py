"""Audit: who did what, to what, when. Rows are appended and never changed: the database refuses it.

Each row carries the hash of the one before it, so a changed or missing row is found by ``verify_chain``.
"""

from .services import record_event

__all__ = ["record_event"]
