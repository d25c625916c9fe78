"""Profiles: what a round says, for its owner; and what its owner shares, with whom, until when.

The numbers come from ``trama_measure.diagnosis``. A profile is private; a share shows it upwards until a day, and can
be taken back. Similar networks appear as a distribution of at least ten, never named, never ranked.
"""
