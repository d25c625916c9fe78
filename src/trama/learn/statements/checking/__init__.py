"""Whether a statement is as the specification says, found in one pass over it, by hand: a schema costs ten times more.

Nothing here reads the database or the clock. What does not hold raises ``Malformed`` with the name of the property.
While a statement is checked, what it may be found by is gathered (``facts``).
"""

from .facts import Facts, agent_key, key_of
from .statements import check_statement

__all__ = ["Facts", "agent_key", "check_statement", "key_of"]
