"""Cohorts: who learns together, from when until when, and in which pair.

A *cohort* is an audience in a territory for a term; it stays with the version of the course it began with. An
*enrolment* is a person in a cohort: what they do hangs on it. A *pair* is the principal and the coordinator of one
school, or the technical team of one secretariat, learning together: its seats keep who sat there since when. Meetings
belong to ``learn.meetings``; what people did with the course, to ``learn.progress`` and its neighbours.
"""
