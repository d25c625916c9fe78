"""What every document says of itself: whose it is, of which work and edition, in which language."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Paper:
    language: str  # "pt-BR" or "en-US"
    work: str  # the title of what it belongs to: a technology, a course
    edition: str  # "version 1.0", in the reader's language
    authors: str
    note: str  # that it is a first edition, say; may be empty
    dated: datetime  # of the version: the same bytes whenever it is asked for
