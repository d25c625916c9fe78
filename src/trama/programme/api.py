"""What other phases may ask of programme. Anything else here may change without notice."""

from .calls.selectors import open_calls, public_calls
from .eligibility.assessment import NetworkAnswer, answer_for_network, verdict_of

__all__ = ["NetworkAnswer", "answer_for_network", "open_calls", "public_calls", "verdict_of"]
