"""Gathers the models of the rooms."""

from .audit.models import Event
from .jobs.models import DailyWork, Job, Worker

__all__ = ["DailyWork", "Event", "Job", "Worker"]
