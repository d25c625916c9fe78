"""Trama: the platform on which a programme improves public education with the networks that run it.

One Django app per phase of the improvement cycle; inside a phase, one room per subject. Arrows between phases
point one way (docs/architecture.md): portal → programme → accounts → know → foundation.
"""
