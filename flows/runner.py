"""Carries a flow one message further."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from flows.conversation import Conversation
from flows.desk import Desk
from flows.questions import Answer, Outcome, Waiting
from flows.talk import Talk

Flow: TypeAlias = Callable[[Talk], Awaitable[None]]


async def advance(flow: Flow, conversation: Conversation, desk: Desk, answer: Answer | None = None) -> Outcome:
    """Replay the flow that has the floor; an ended one leaves the floor. `answer` is for its open question."""
    talk = Talk(conversation.frames[-1], conversation.profile, desk, answer)
    try:
        await flow(talk)
    except Waiting as waiting:
        return Outcome(tuple(talk.said), waiting.question)
    conversation.frames.pop()
    return Outcome(tuple(talk.said), None)
