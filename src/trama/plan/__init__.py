"""Plan: what will be done, with what, by whom, until when; and how it is followed week by week.

*Technologies* are methodologies in action that a network can adopt. An *adoption* is one of them being carried out by
one network, school or group. A *strategic plan* holds objectives, goals and actions, tied to priorities of a diagnosis
and to adoptions; the *follow-up* is what happens to it each week.
"""
