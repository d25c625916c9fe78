"""Demonstration: the invented cohorts that the first start leaves to look at.

What is said is content (``content/demonstration/training.toml``); everything is done through the services of the other
rooms, as the people of ``accounts.api.demonstration_team``, at days before the start. Names say what it is.
"""

from typing import TextIO


def show_demonstration_cohorts(stream: TextIO) -> None:
    """What the first start does. Its parts are imported only then: no later start pays for them."""
    from . import start

    start.show_demonstration_cohorts(stream)
