"""A person who talks with one flow; between any two messages the conversation goes through JSON, as in real life."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from flows.conversation import Conversation, Frame
from flows.desk import Desk
from flows.questions import Answer, Outcome
from flows.runner import Flow, advance
from locales.rendering import render
from locales.text import Verbatim


@dataclass(frozen=True)
class Item:
    """Something on offer in a test."""

    key: str

    @property
    def label(self) -> Verbatim:
        return Verbatim(self.key)


class Shelf:
    """Offers that a test may change between two messages."""

    def __init__(self, *keys: str) -> None:
        self.keys = list(keys)
        self.listed = 0

    async def all(self) -> Sequence[Item]:
        self.listed += 1
        return [Item(key) for key in self.keys]

    async def find(self, key: str) -> Item | None:
        return Item(key) if key in self.keys else None


class Citizen:
    """Holds a conversation as the database would: as JSON."""

    def __init__(self, flow: Flow, desk: Desk, saved: str | None = None, heard: dict[str, str] | None = None) -> None:
        self.flow, self.desk = flow, desk
        new = Conversation(frames=[Frame("test", "run", heard or {})])
        self.saved = saved if saved is not None else json.dumps(new.to_json())
        self.outcome = Outcome((), None)

    @property
    def conversation(self) -> Conversation:
        return Conversation.from_json(json.loads(self.saved))

    async def opens(self) -> None:
        """The flow starts, or is put again."""
        await self._turn(None)

    async def taps(self, key: str) -> None:
        await self._turn(Answer(key=key))

    async def says(self, words: str, **heard: str) -> None:
        await self._turn(Answer(words, key=words if words in {"yes", "no"} else None, heard=heard))

    async def goes_back(self) -> None:
        conversation = self.conversation
        assert conversation.frames[-1].step_back()
        self.saved = json.dumps(conversation.to_json())
        await self._turn(None)

    def is_asked(self, words: str) -> None:
        assert self.outcome.question is not None, "nothing is asked"
        assert render(self.outcome.question.text, "en") == words

    def is_told(self, *words: str) -> None:
        assert [render(saying.text, "en") for saying in self.outcome.said] == list(words)

    def may_choose(self, *keys: str) -> None:
        assert self.outcome.question is not None
        assert [option.key for option in self.outcome.question.options] == list(keys)

    def is_done(self) -> None:
        assert self.outcome.question is None
        assert self.conversation.frames == []

    async def _turn(self, answer: Answer | None) -> None:
        conversation = self.conversation
        self.outcome = await advance(self.flow, conversation, self.desk, answer)
        self.saved = json.dumps(conversation.to_json())
