"""Roles: profiles with start and end, per-tool grants, invitations, end of mandate."""
