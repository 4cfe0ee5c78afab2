"""Decides which flow a message belongs to, and carries that flow one message further."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass

from bot.always import Command, command_in
from bot.expectations import expected
from bot.incoming import IncomingMessage
from bot.welcoming import first_words, settle_language
from flows.conversation import Conversation, Frame
from flows.desk import Desk
from flows.index import FLOWS, TARGETS
from flows.questions import Answer, Question
from flows.runner import advance
from flows.sayings import Saying
from locales.normal import normalise
from nlu.decision import nearest, weighed
from nlu.understanding import Understanding

MAX_FRAMES = 3
"""Flows that wait for one another: more than that nobody remembers."""
A_SENTENCE = 3
"""With fewer words than this, what was written is an answer to the open question, not a question of its own."""
TIMES = frozenset({"day", "time", "part", "problem"})
"""Entities that say when."""
ASKED_FOR_TIME = frozenset({"day", "hour", "slot"})
"""Questions that are answered with a time."""
COURTESIES = frozenset({"greet", "affirm", "deny", "not_understood", "out_of_scope"})
"""Meanings that do not lead away from an open question."""

COMMANDS: Mapping[Command, str] = {
    "menu": "help",
    "language": "change_language",
    "person": "talk_to_human",
    "forget": "forget_me",
    "appointments": "my_appointments",
    "city": "choose_city",
    "stop": "stopped",
}
"""What a word that always works leads to."""
ASKS_THE_SAME: Mapping[str, str] = {"choose_city": "city", "change_language": "language"}
"""Meanings that are the answer when the open question is that one."""
FRESH_START = frozenset({"help", "stopped", "start", "be_silent"})
"""Targets after which nothing that was underway goes on."""


@dataclass
class Reaction:
    """What a message led to: what is said, the question now open, and how it was understood."""

    said: list[Saying]
    question: Question | None
    intent: str | None = None
    confidence: float | None = None
    flow: str | None = None


class Router:
    """One message of one conversation."""

    def __init__(self, message: IncomingMessage, conversation: Conversation, desk: Desk) -> None:
        self.message, self.conversation, self.desk = message, conversation, desk

    async def react(self, understood: Understanding | None) -> Reaction:
        """Route the message; `understood` is what its words mean, None when there are none."""
        message, profile = self.message, self.conversation.profile
        settle_language(profile, message, understood)
        if message.city and self.desk.city(message.city) is not None:
            profile.city = message.city
        if message.tap is not None:
            return await self._tapped(message.tap)
        if message.start is not None:
            if self.desk.city(message.start) is not None:
                profile.city = message.start
            return await self._begin("start")
        if message.location is not None:
            return await self._located(*message.location)
        if understood is not None:
            return await self._said(weighed(understood, expected(self.conversation)))
        return await self._begin("attachment", {"argument": message.attachment or "other"})

    async def _tapped(self, key: str) -> Reaction:
        """A button: it starts something, or it answers the question that it was shown with."""
        kind, _separator, rest = key.partition("=")
        if kind == "go":
            target, _separator, argument = rest.partition(":")
            if target in TARGETS:
                return await self._begin(target, _prefilled(argument))
        if kind == "at":
            step, _separator, answer = rest.partition("=")
            frames = self.conversation.frames
            if frames and step == f"{frames[-1].run}.{frames[-1].waiting_for}":
                return await self._advance(Answer(key=answer))
        return await self._begin("earlier_button")

    async def _located(self, latitude: float, longitude: float) -> Reaction:
        city = self.desk.nearest_city(latitude, longitude)
        if self.conversation.listening == "location":
            return await self._advance(Answer(key=city.key))
        return await self._begin("choose_city", {"city": city.key})

    async def _said(self, understood: Understanding) -> Reaction:
        """Words that always work, then danger, then the open question, then what they mean."""
        command = command_in(self.message.words)
        if command is not None and command in COMMANDS:
            return await self._begin(COMMANDS[command])
        if command == "back":
            return await self._back()
        if understood.danger is not None:
            # The open question stays, unsaid: nobody in danger is asked which day suits them.
            return self._as_understood(await self._begin(f"danger_{understood.danger}", resume=False), understood)
        offered = self._offered(self.message.words)
        if offered is not None:
            return self._as_understood(await self._tapped(offered), understood)
        underway = bool(self.conversation.frames)
        reaction = await (self._answered(understood, command) if underway else self._meant(understood))
        return self._as_understood(reaction, understood)

    async def _answered(self, understood: Understanding, command: Command | None) -> Reaction:
        """Words while a question is open: another question, when that is sure; else the answer to this one."""
        other = self._asks_something_else(understood) and not self._says_when(understood)
        if other and len(self.message.words.split()) >= A_SENTENCE:
            return await self._begin_all(understood)
        before = deepcopy(self.conversation)
        key = self._yes_or_no(understood, command)
        reaction = await self._advance(Answer(self.message.words, key, _heard(understood)))
        if not other or reaction.question is None or reaction.question.step != _waiting_for(before):
            return reaction
        # One or two words that did not fit the open question: they were another one.
        self.conversation.frames, self.conversation.profile = before.frames, before.profile
        return await self._begin(understood.intent, _heard(understood))

    def _yes_or_no(self, understood: Understanding, command: Command | None) -> str | None:
        """The key of a yes or a no, when that is what was asked."""
        key = command or {"affirm": "yes", "deny": "no"}.get(understood.intent if understood.sure else "")
        return key if any(offered.endswith(f"={key}") for offered, _label in self.conversation.offered) else None

    def _says_when(self, understood: Understanding) -> bool:
        """Whether the words are little else but a time, and a time is what was asked for."""
        said = sum(one.end - one.start for one in understood.entities if one.kind in TIMES)
        return _waiting_for(self.conversation) in ASKED_FOR_TIME and said * 2 >= len(understood.text.strip())

    def _asks_something_else(self, understood: Understanding) -> bool:
        if not understood.sure or understood.intent in COURTESIES or understood.intent not in TARGETS:
            return False
        top = self.conversation.frames[-1]
        return TARGETS[understood.intent][0] != top.flow and ASKS_THE_SAME.get(understood.intent) != top.waiting_for

    async def _meant(self, understood: Understanding) -> Reaction:
        """Words with no question open: what they mean, when that is sure; else the nearest meanings to choose from."""
        profile = self.conversation.profile
        if not understood.sure and not profile.welcomed:
            return await self._begin("start")
        if not understood.sure or understood.intent not in TARGETS:
            said = {"argument": ",".join(nearest(understood)), "words": self.message.words}
            return await self._begin("unsure", said)
        reaction = await self._begin_all(understood)
        if not profile.welcomed and understood.intent not in COURTESIES:
            profile.welcomed = True
            reaction.said[:0] = first_words()
        return reaction

    async def _back(self) -> Reaction:
        """The question before the open one; from the first question, what was underway before this flow."""
        frames = self.conversation.frames
        if frames and not frames[-1].step_back():
            frames.pop()
        if not frames:
            return await self._begin("help")
        return await self._advance(None)

    async def _begin_all(self, understood: Understanding) -> Reaction:
        """Answer the first need; the others wait below it, and are answered when it has ended."""
        heard = _heard(understood)
        further = [TARGETS[intent][0] for intent in understood.also if intent in TARGETS]
        waiting = [Frame(flow, secrets.token_hex(4), dict(heard)) for flow in reversed(further)]
        kept = [frame for frame in self.conversation.frames if frame.flow not in further]
        self.conversation.frames = [*kept, *waiting]
        return await self._begin(understood.intent, heard)

    async def _begin(self, target: str, heard: Mapping[str, str] | None = None, *, resume: bool = True) -> Reaction:
        """Start a flow on top of what is underway, which goes on when it has ended."""
        name, _flow = TARGETS[target]
        frames = [] if target in FRESH_START else [frame for frame in self.conversation.frames if frame.flow != name]
        self.conversation.frames = [*frames[-MAX_FRAMES + 1 :], Frame(name, secrets.token_hex(4), dict(heard or {}))]
        self.conversation.last_intent = target
        reaction = await self._advance(None, resume=resume)
        reaction.intent = target
        return reaction

    async def _advance(self, answer: Answer | None, *, resume: bool = True) -> Reaction:
        frame = self.conversation.frames[-1]
        outcome = await advance(FLOWS[frame.flow], self.conversation, self.desk, answer)
        reaction = Reaction(list(outcome.said), outcome.question, self.conversation.last_intent, flow=frame.flow)
        return await self._resumed(reaction) if resume and outcome.question is None else reaction

    async def _resumed(self, reaction: Reaction) -> Reaction:
        """Put the open question of the flow below again; a flow that can no longer ask it has said its last words.

        A flow that has only waited so far, for an earlier need to be answered, says its first ones.
        """
        while reaction.question is None and self.conversation.frames:
            frame = self.conversation.frames[-1]
            begun = frame.waiting_for is not None
            below = await advance(FLOWS[frame.flow], self.conversation, self.desk)
            reaction.said += () if begun else below.said
            reaction.question = below.question
        return reaction

    def _offered(self, words: str) -> str | None:
        """The button whose label was typed instead of tapped."""
        said = normalise(words)
        if not said:
            return None
        return next((key for key, label in self.conversation.offered if normalise(label) == said), None)

    def _as_understood(self, reaction: Reaction, understood: Understanding) -> Reaction:
        reaction.intent, reaction.confidence = understood.intent, understood.confidence
        return reaction


def _waiting_for(conversation: Conversation) -> str | None:
    return conversation.frames[-1].waiting_for if conversation.frames else None


def _prefilled(argument: str) -> dict[str, str]:
    """What a button says beside where it leads: an argument, and after a semicolon the day and time of a slot."""
    argument, _separator, slot = argument.partition(";")
    day, _separator, clock = slot.partition("T")
    said = {"argument": argument, "day": day, "time": clock}
    return {kind: value for kind, value in said.items() if value}


def _heard(understood: Understanding) -> dict[str, str]:
    """The first entity of each kind, normalised."""
    heard: dict[str, str] = {}
    for entity in understood.entities:
        heard.setdefault(entity.kind, entity.value)
    return heard
