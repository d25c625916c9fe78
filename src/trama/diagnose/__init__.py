"""Diagnose: how a network, a school or a territory sees itself, and what it decides to care for first.

An *instrument* is a versioned questionnaire of anchored criteria. A *round* applies one version in one network, school
or territory; its members *answer* independently and then agree. The *profile* shows the outcome, and *priorities* are
what the team chooses from it. Nothing of a round leaves its owner, except by a *share* with an end date.
"""
