"""The sections of a panorama: each turns published figures into charts, tables and sentences, with their sources.

A section is made by a pure function of a ``Reading`` (one place, one administrative dependency, everything published
about it and about the places it is read beside). It asks the database nothing, so a page costs the same queries
whatever it shows.
"""
