"""Signing keys of the installation: one set for LTI messages, one for digital badges.

A key pair is made when it is first needed. Its private half is kept encrypted under the installation's own secret; its
public half is published under a name (``kid``) and stays published after a rotation, so that what it signed can still
be verified (decision 0190).
"""
