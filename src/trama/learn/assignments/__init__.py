"""Assignments: what learners hand in, and what the trainers of their cohort answer.

A *piece of work* belongs to one learner or, where the assignment is joint, to a pair; it goes back and forth in
*rounds*: handed in, then returned for revision or accepted. No round is ever changed, so the history is whole.
"""
