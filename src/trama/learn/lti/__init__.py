"""LTI 1.3, in both directions: courses here use external tools, and other learning platforms open courses here.

*Platform*: a part of a course is done in a registered ``Tool``; what the tool tells of a learner (scores) is a fact of
``progress``. *Tool*: a registered ``Platform`` opens a course that is public here; a person may link the account they
have here, and nobody gets an account by being sent. What learners did elsewhere stays elsewhere.
"""
