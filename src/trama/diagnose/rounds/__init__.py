"""Rounds: one self-diagnosis of one network, school or group of networks, from opening to submission.

A round pins a version of an instrument. Its *items* are the criteria (all, or the starred ones) and the owner's own
questions; its *members* answer the items that are theirs; its coordinator moves it from answering to agreeing and
submits it. Only who belongs to the owner, with the tool, or to the round itself, sees that a round exists.
"""
