"""What can go wrong with an import besides the file itself."""


class ImportBusy(Exception):
    """Another import is running: one at a time, so that what is staged always belongs to it."""


class NotPublished(Exception):
    """Only a published release can be withdrawn."""
