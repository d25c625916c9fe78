"""Jobs: long work outside the request, with progress a person can watch.

One small interface: ``@job(...)`` declares the function and who may start it, ``enqueue`` starts it, ``Progress``
reports. Run at once in tests, by a database-backed worker otherwise. A job carries its user and checks again when it
runs; one that stops reporting is taken up again, so jobs are written to be repeatable.
"""

from .services import Progress, enqueue, job

__all__ = ["Progress", "enqueue", "job"]
