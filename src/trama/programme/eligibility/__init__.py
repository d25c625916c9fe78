"""Eligibility: the rule of a category as data, evaluated for every network with its explanation.

A *rule* has numbered *versions*; a version is a tree of *conditions* over official indicators, combined by all or any.
A published version never changes: the database refuses it. Versions are compared with one another, not edited.

Every condition has three answers: met, not met, *unknown*. A figure that is not there makes its condition unknown, and
unknown is never "no" (``trama_measure.indicators.conditions``; the prose is in ``docs/methods/eligibility.md``).
"""
