"""What other rooms say of each enrolment in the list of a person's cohorts: how far it is, which meeting comes next."""

from collections.abc import Callable, Mapping, Sequence

from .models import Enrolment

type Notes = Callable[[Sequence[Enrolment]], Mapping[int, str]]
"""``notes(enrolments)`` gives a line of text by the primary key of an enrolment, in queries that grow with the running
cohorts of the person at most."""
_notes: list[Notes] = []


def register_notes(notes: Notes) -> None:
    """Registering twice counts once."""
    if notes not in _notes:
        _notes.append(notes)


def notes_of(enrolments: Sequence[Enrolment]) -> dict[int, list[str]]:
    """The lines on each enrolment that is active, in the order in which the rooms registered."""
    active = [one for one in enrolments if one.state == Enrolment.State.ENROLLED]
    found: dict[int, list[str]] = {one.pk: [] for one in active}
    for notes in _notes if active else ():
        for key, line in notes(active).items():
            found[key].append(line)
    return found
