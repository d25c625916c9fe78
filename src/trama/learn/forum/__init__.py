"""The forum of a cohort: topics, replies, and what of them a person has not read yet.

Only who learns in the cohort and who leads it comes in. A *topic* begins with a post; a *post* keeps every text it had.
What is hidden stays visible to its author and to those who lead, with the reason.
"""
