"""A reaction in the person's language: what is sent, and the buttons that are remembered."""

from __future__ import annotations

from dataclasses import replace

from bot.outgoing import Choice, File, Pin, Reply
from bot.router import Reaction
from flows.conversation import Conversation
from flows.questions import Question
from flows.sayings import Option, Saying
from locales.rendering import render
from locales.text import _

MAX_KEY = 64
"""Telegram's limit for what comes back from a button, in ASCII characters."""


def replies(reaction: Reaction, conversation: Conversation, language: str) -> list[Reply]:
    """The messages to send, the open question last; the conversation remembers which buttons they show."""
    written = [_saying(saying, language) for saying in reaction.said]
    question = reaction.question
    if question is not None:
        run = conversation.frames[-1].run
        written.append(_question(question, run, language))
    elif not any(reply.options for reply in written):
        # Nobody is left without a next step: the menu is always one tap away.
        menu = Choice("go=help", render(_("Menu"), language))
        written[-1:] = [replace(reply, options=(menu,)) for reply in written[-1:]]
    offered = [[option.key, option.label] for reply in written for option in reply.options]
    if question is None and conversation.frames:
        # A question that was not put again (somebody was in danger) is still open: its buttons work when typed.
        conversation.offered = [*offered, *(pair for pair in conversation.offered if pair[0].startswith("at="))]
        return written
    conversation.offered = offered
    conversation.listening = _listening(question)
    return written


def _listening(question: Question | None) -> str:
    if question is None:
        return ""
    return "words" if question.typed else "location" if question.wants_location else ""


def _saying(saying: Saying, language: str) -> Reply:
    place, file = saying.place, saying.file
    return Reply(
        text=render(saying.text, language),
        language=language,
        options=tuple(_choice(option.key, option, language) for option in saying.suggestions),
        location=None
        if place is None
        else Pin(place.latitude, place.longitude, render(place.name, language), place.address),
        document=None if file is None else File(file.name, file.media_type, file.content),
    )


def _question(question: Question, run: str, language: str) -> Reply:
    return Reply(
        text=render(question.text, language),
        language=language,
        options=tuple(
            _choice(f"at={run}.{question.step}={option.key}", option, language) for option in question.options
        ),
        wants_location=question.wants_location,
    )


def _choice(key: str, option: Option, language: str) -> Choice:
    if len(key) > MAX_KEY or not key.isascii():
        raise ValueError(f"not a button's key: {key!r}")
    description = None if option.description is None else render(option.description, language)
    return Choice(key, render(option.label, language), description)
