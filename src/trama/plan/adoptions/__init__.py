"""Adoptions: a technology being carried out by one network, school or group, from a priority to what changed.

It pins a version; its steps are dated and done with evidence; it can be paused, finished, or given up with a reason.
The programme and the partner who wrote the technology see where adoptions stand and stop, in counts.
"""
