"""What fits what was talked of: the open question and the last topic make some meanings likelier than others."""

from __future__ import annotations

from flows.conversation import Conversation
from flows.index import TARGETS
from flows.topics import same_topic

OF_LAST_TOPIC = 2.0
"""How many times likelier a meaning of the last topic is: small, so that it never outweighs clear words."""
OF_OPEN_QUESTION = 2.0
"""As much for one of the flow that waits for an answer. A yes and a no gain nothing: a "maybe" must stay one."""


def expected(conversation: Conversation) -> dict[str, float]:
    """How many times likelier than usual each fitting intent is."""
    weights = dict.fromkeys(same_topic(conversation.last_intent or ""), OF_LAST_TOPIC)
    if conversation.frames:
        open_flow = conversation.frames[-1].flow
        weights.update({intent: OF_OPEN_QUESTION for intent, (name, _flow) in TARGETS.items() if name == open_flow})
    return weights
