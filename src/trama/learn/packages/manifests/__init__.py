"""Readers of packages by kind: what a package says of itself, as plain values.

A new kind brings a module with a ``Reader`` and stands in ``READERS``; the first that recognises an archive reads it.
"""

from ..archive import Archive, Refused
from .base import Item, Manifest, Reader
from .cartridge import CARTRIDGE
from .cmi5 import CMI5
from .h5p import H5P
from .scorm import SCORM_12, SCORM_2004

__all__ = ["READERS", "Item", "Manifest", "Reader", "read_manifest"]

READERS: tuple[Reader, ...] = (H5P, CMI5, CARTRIDGE, SCORM_2004, SCORM_12)
TOPS = ("/imsmanifest.xml", "/h5p.json", "/cmi5.xml")  # found elsewhere, they stand a folder too deep


def read_manifest(archive: Archive) -> Manifest:
    """What the package says of itself. Raises ``Refused``, also where nobody knows the kind."""
    reader = next((one for one in READERS if one.recognises(archive)), None)
    if reader is None:
        inside = next((name for name in archive.sizes if name.endswith(TOPS)), "")
        raise Refused("in_a_folder", inside) if inside else Refused("unknown_kind")
    return reader.read(archive)
