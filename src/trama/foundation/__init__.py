"""Foundation: what every phase stands on, and no word of the field.

``policies`` (who may), ``audit`` (who did), ``jobs`` (long work with progress), ``sqlite`` (the embedded database done
properly), ``http`` (one transaction per change, policy checked on every route), ``panels`` (a later phase shows itself
on an earlier page), base templates and components.
"""
