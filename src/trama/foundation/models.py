"""Gathers the models of the rooms."""

from .audit.models import Event
from .jobs.models import Job, Worker

__all__ = ["Event", "Job", "Worker"]
