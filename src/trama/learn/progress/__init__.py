"""Progress: what a learner did in a cohort, and what is still missing for the certificate.

Kept here: lessons opened, reflections as they were written, attempts at quizzes with every answer as it was given, and
since when a course is complete. Nobody but the learner reads a reflection; answers to quizzes are read by the learner
and, as results, by the trainers of the cohort.

Whether a course is complete is worked out by one function (``completion``) from facts. Other rooms bring theirs
(``sources``): practice assignments, attendance at meetings. Whatever changes a fact calls ``services.recompute`` in the
same transaction, so the page is right at once.
"""
