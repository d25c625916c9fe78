"""Meetings of a cohort: when and where, who was there, what happened.

Presence is said by the learner with a code that changes every minute, or by the trainer in a list or a spreadsheet.
Who is in the cohort belongs to ``learn.cohorts``.
"""
