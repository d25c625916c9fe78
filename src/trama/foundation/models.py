"""Gathers the models of the rooms."""

from .audit.models import Event
from .jobs.models import Job

__all__ = ["Event", "Job"]
