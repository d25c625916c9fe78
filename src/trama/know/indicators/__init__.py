"""Indicators: definitions, releases and what they say of each place.

A *release* is one official file as read on one day: it is staged, then published whole, and can be withdrawn. An
*observation* is one number (or the reason why there is none) for an indicator, place, network, stage and year. Where
two releases speak of the same thing the later vintage is shown, and both are kept.
"""
