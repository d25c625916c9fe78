"""Priorities: three to five criteria that the team will work on first, and why.

The order is computed by a rule anybody can check (docs/methods/priorities.md) from the agreed levels and from gravity,
urgency and trend as several people score them. The team may decide otherwise, with a reason; the director signs. What
is signed is frozen; reopening, with a reason, keeps the signed list as it was.
"""
