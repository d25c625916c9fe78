"""Strategy: the strategic plan of a network, school or group: purpose, objectives, goals, and actions in 5W2H.

It pulls in a diagnosis, its priorities and adoptions; a goal is an official indicator or one of the owner's own, with a
baseline and a target by year. Several people edit one plan: every change starts from a revision and keeps its history.
"""
