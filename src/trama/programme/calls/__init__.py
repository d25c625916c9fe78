"""Calls (*editais*): what a programme offers, to whom, from when until when.

A *call* has texts in both languages, dates in a stated time zone, and *categories*. A category admits networks either
by an eligibility rule (``programme.eligibility``) or by belonging to stated groups of networks. A call is a draft until
it is published; then it opens and closes by its dates; it is *closed* by hand when it ends early, and *archived* when
it is kept only for memory. Applications and selection come with the participation room.
"""
