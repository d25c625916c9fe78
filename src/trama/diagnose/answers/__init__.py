"""Answers: what members say, saved as they say it, and what the team agrees.

Every save is a *submission* made by the client: an id of its own, the revision it started from and the time on the
device. The same submission again changes nothing and gets the same answer. Two saves that started from one revision
are merged where they touch different fields; where both touch the same field, both are kept and the person is asked.
"""
