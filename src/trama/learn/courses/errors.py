"""What can go wrong with courses."""

from django.utils.translation import gettext as _


class CourseError(Exception):
    """A course cannot be changed as asked. The message is for the person who asked."""


class StaleCourse(CourseError):
    """Someone else changed this part since this person opened it."""

    def __str__(self) -> str:
        return _(
            "Someone else changed this part while you were editing. Nothing of yours was saved: compare it with what "
            "is there now, and save again."
        )


class WrongCourseState(CourseError):
    """The version is not in a state that allows this."""

    def __str__(self) -> str:
        return _("This version is no longer in a state that allows this. Reload the page to see how it stands.")


class IncompleteCourse(CourseError):
    """What is missing before a version can be published. ``problems`` are sentences, in reading order."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))
