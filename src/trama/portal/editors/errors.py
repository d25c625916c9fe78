"""What can go wrong when somebody is given a role on the site."""


class EditorError(Exception):
    """A role that cannot be given. The message is for the person who tried."""
