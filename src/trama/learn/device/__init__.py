"""What learners write while there is no connection: kept on the device by the client of ``diagnose``, taken here.

Notes, drafts of work and answers to quizzes wait in one queue; each is saved by the same service as its form.
"""
