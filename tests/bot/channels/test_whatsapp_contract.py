"""All that leaves for WhatsApp is valid against Meta's own description of its API, whatever the flow and the language.

Every flow is walked in every language: each is begun, each of its buttons is tapped, and so on for some steps.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from bot.channels.whatsapp_layout import Media, layout, media_content, upload_type
from bot.channels.whatsapp_templates import CODES, content
from bot.outgoing import Reply
from bot.replies import replies
from bot.router import Reaction
from bot.telling import saying
from bot.templates import templates_for
from flows.conversation import Conversation
from flows.index import TARGETS
from locales.languages import SPOKEN
from services_directory.desk.notices import KINDS
from tests.bot.noticed import notices
from tests.fakes.whatsapp_checks import MEDIA, MetaError, check_message, check_schema
from tests.town import Person, Town, opened

UPLOADS = {media_type for media_types, _size in MEDIA.values() for media_type in media_types}
UPLOADED = "1234567890"
MOST = 400
"""Turns in a language: the flows begun, then their buttons in the order in which they were shown."""


@pytest.fixture
async def town(example_sqlite_url: str) -> AsyncIterator[Town]:
    async with opened(example_sqlite_url) as town:
        yield town


def bodies(reply: Reply) -> Iterator[dict[str, Any]]:
    """What is posted for a reply, as a message to somebody."""
    for part in layout(reply):
        if isinstance(part, Media):
            assert upload_type(part.file) in UPLOADS, part.file.media_type
            kind, value = media_content(part.file, UPLOADED)
        else:
            kind, value = part.kind, part.content
        yield addressed(kind, value)


def addressed(kind: str, value: dict[str, Any]) -> dict[str, Any]:
    to = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": "393331112223"}
    return {**to, "type": kind, kind: value, "biz_opaque_callback_data": "17"}


def check(reply: Reply) -> None:
    for body in bodies(reply):
        try:
            check_message(body, {UPLOADED: ("", _type_of(reply), b"x")}, ())
        except MetaError as refused:
            pytest.fail(f"{refused.message} {refused.details}: {body}")


def _type_of(reply: Reply) -> str:
    return "" if reply.document is None else upload_type(reply.document)


async def walk(person: Person) -> int:
    """Do all that can be done, each once; how many replies were seen."""
    waiting = deque(f"go={target}" for target in TARGETS if target not in {"forget_me", "be_silent"})
    done: set[str] = set()
    seen = 0
    while waiting and len(done) < MOST:
        key = waiting.popleft()
        if _shape(key) in done:
            continue
        done.add(_shape(key))
        await person.taps_key(key)
        for reply in person.replies:
            check(reply)
        seen += len(person.replies)
        waiting.extend(option.key for option in person.options if _shape(option.key) not in done)
        if person.options and person.options[0].key.startswith("at="):
            # The answer is good only while the question is open: it is tapped at once.
            waiting.appendleft(person.options[0].key)
    return seen


def _shape(key: str) -> str:
    """A button without the run in which it was shown: the same button again leads to the same place."""
    return key.partition(".")[2] if key.startswith("at=") else key


@pytest.mark.parametrize("language", SPOKEN)
async def test_every_reply_of_every_flow(town: Town, language: str) -> None:
    person = town.person(language)
    await person.says("👋")
    assert await walk(person) > len(TARGETS)


@pytest.mark.parametrize("language", SPOKEN)
async def test_every_notice_and_the_templates_that_stand_for_it(town: Town, language: str) -> None:
    async with town.database.reading() as session:
        directory = await town.house.shelf.newest(session, town.clock.now().date())
    told = set()
    for notice in notices(directory):
        said = saying(notice, (), town.clock.now())
        (reply,) = replies(Reaction([said], None), Conversation(), language)
        check(reply)
        approved = templates_for(notice, said.suggestions, language, frozenset(CODES))
        assert approved
        for template in approved:
            check_schema(addressed("template", content(template)), "message", "TemplateMessage")
        told.add(notice.kind)
    assert told == set(KINDS)
