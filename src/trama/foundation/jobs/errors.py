"""What can go wrong in a job."""


class JobProblem(Exception):
    """A failure that the person who started the job can understand and mend: the page shows its words as they are."""


class JobTakenOver(Exception):
    """This attempt was given up for dead and another one runs: stop, and leave everything to it."""
