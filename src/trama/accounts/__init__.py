"""Accounts: who acts, and where.

Rooms: ``people`` (the user, hashing, sessions, login by gov.br) and ``roles`` (profiles: a person's role in a network,
school, group, partner or programme, with start and end; per-tool grants; invitations; end of mandate). It gives the
policy register its resolver: which roles a user holds, and how a target relates to each.
"""
