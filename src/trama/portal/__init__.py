"""Portal: the public site. It stands above every phase and shows what they have; no phase knows it.

Rooms: ``home`` (the front page), ``pages`` (about, privacy, accessibility).
"""
