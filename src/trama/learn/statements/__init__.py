"""Statements: the store of learning records that other programs write and read (xAPI 1.0.3 and 2.0.0, IEEE 9274.1.1).

A *statement* says who did what, with what result: it is stored once and never changes. A *client* is a program with a
token, and its scopes say what it may write and read. *Documents* (state, agent profile, activity profile) are small
files that programs keep about an agent or an activity. The platform's own events are statements too, written by itself
under pseudonyms. What is kept of learners for the platform's own pages belongs to the other rooms of ``learn``.
"""
