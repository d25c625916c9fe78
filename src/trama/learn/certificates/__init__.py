"""Certificates: issued when a course is complete, verified by anybody who holds the code, revoked with a reason.

What a certificate states (name, course, hours, cohort, dates) is copied when it is issued and never changes after; a
correction is a new certificate that replaces the old one, and the page of the old one says so.
"""
