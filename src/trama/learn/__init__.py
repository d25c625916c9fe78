"""Learn: who learns to do it. Courses, the cohorts that take them, their practice assignments, their certificates.

A *course* has one subject; a *path* joins courses and further material. Learning always happens in a cohort: people
with a term, in a territory or open to all. A cohort stays with the version of the course that it began with.
"""
