"""Following a cohort: who is late and why, the reminders that people get, and what a trainer writes to many.

Whether somebody is late is worked out by one function (``lateness``) from facts of the other rooms. Reminders travel in
the one letter a day (``foundation.waiting``); who silenced them gets none, nor the messages of trainers by mail.
"""
