"""Files that people hand in: which are accepted, by what they hold, and how they go out again.

A file is kept under a name of ours, never the one it came with. It leaves as a download that no browser opens as a page
of the site, through a view with a policy.
"""

from .accepting import ACCEPTED, MAX_BYTES, FileRefused, media_type_of, safe_name, sha256_of, web_address
from .playing import as_played
from .sending import as_download

__all__ = [
    "ACCEPTED",
    "MAX_BYTES",
    "FileRefused",
    "as_download",
    "as_played",
    "media_type_of",
    "safe_name",
    "sha256_of",
    "web_address",
]
