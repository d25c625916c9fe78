"""Courses: the catalogue, the pages that learners read, and how authors write and revise them.

A course is kept in versions. A draft can be edited; once published, a version never changes, and a cohort stays with
the one it began with. A version has modules; a module has parts in an order: lessons, quizzes, practice assignments.
What a learner did with them belongs to ``learn.progress``, ``learn.assignments`` and ``learn.certificates``; who learns
together, to ``learn.cohorts``.
"""
