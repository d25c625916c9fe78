"""Programme: who takes part? Calls and their eligibility rules.

Rooms: ``calls`` (a call with categories, dates and texts) and ``eligibility`` (rules as data, evaluated with their
explanation). Who applies and how they are selected comes with the participation room.
"""
