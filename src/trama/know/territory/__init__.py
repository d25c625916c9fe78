"""Territory: places, teaching networks, schools, and groups of networks over time.

A *place* is Brazil, a region, a state, a municipality or a school, named by its official code. A *teaching network*
is who runs schools in a place: the network, not the municipality, is the client of every later phase. A *group of
networks* (consortium, ADE, forum) has members over time; how it governs itself belongs to ``collaborate``.
"""
