"""Gathers the models of the rooms."""

from .audit.models import Event
from .jobs.models import DailyWork, Job, Worker
from .letters.models import Letter

__all__ = ["DailyWork", "Event", "Job", "Letter", "Worker"]
