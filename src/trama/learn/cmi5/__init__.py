"""cmi5: courses of others that run in a browser and report to the store of statements (cmi5, the quartz edition).

A *course structure* is a tree of blocks and *assignable units* (AU), the parts that are launched. A learner has one
*registration* in a course; each launch of a unit is a *session* with a token of its own, so that what it may write is
about that learner alone. What a unit says is checked against the rules (``rules``), and what it asks for is met by
(``moveOn``) satisfies units, blocks and the course. Archives, files and the origin they run on belong to ``packages``.
"""
