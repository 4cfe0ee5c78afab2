"""The page on which staff see a record as people would: said by the bot's flows, in a transaction that is undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels.telegram_words import buttons, texts
from bot.channels.whatsapp_layout import Message, layout
from bot.outgoing import Reply
from bot.replies import replies
from bot.router import Reaction
from bot.visitor import Visitor
from flows.conversation import Conversation, Frame
from flows.index import TARGETS
from flows.profile import Profile
from flows.runner import advance
from flows.sayings import Saying
from flows.wording import contact_line
from locales.dates import in_rome
from locales.languages import FALLBACK, SPOKEN
from services_directory.console.catalogue import label_of, may_see
from services_directory.console.directory import admitted, shown, version_to_show
from services_directory.console.door import Console
from services_directory.console.entrance import refusal
from services_directory.desk.directory import Directory
from services_directory.desk.editing import Editing
from services_directory.desk.revisions import Name
from services_directory.facts import OfficeKind
from services_directory.store import records
from services_directory.store.faults import RecordError


@dataclass(frozen=True)
class Screen:
    """A reply as one channel lays it out: its messages, and its buttons row by row."""

    messages: Sequence[str]
    rows: Sequence[Sequence[str]]


def _on_web(reply: Reply) -> Screen:
    return Screen([reply.text], [[option.label] for option in reply.options])


def _on_telegram(reply: Reply) -> Screen:
    keyboard = buttons(reply)
    rows = [[button.text for button in row] for row in keyboard.inline_keyboard] if keyboard else []
    return Screen(texts(reply), rows)


def _on_whatsapp(reply: Reply) -> Screen:
    shown = [part.content for part in layout(reply) if isinstance(part, Message) and "body" in part.content]
    bodies = [content["body"] for content in shown]
    actions = [content.get("action", {}) for content in shown]
    buttons = [button["reply"]["title"] for action in actions for button in action.get("buttons", ())]
    lists = [row for action in actions for section in action.get("sections", ()) for row in section["rows"]]
    lines = [": ".join(filter(None, (row["title"], row.get("description")))) for row in lists]
    return Screen(
        [body if isinstance(body, str) else body["text"] for body in bodies], [[one] for one in buttons + lines]
    )


LAYOUTS: Mapping[str, Callable[[Reply], Screen]] = {
    "web": _on_web,
    "telegram": _on_telegram,
    "whatsapp": _on_whatsapp,
}
"""How each channel shows a reply: by the very code with which it sends one."""
NOBODY = "preview"
CITY = "taranto"
"""In which a text for the whole country is shown."""


def preview_router(console: Console) -> APIRouter:
    """`/console/preview/KIND/KEY?language=CODE&channel=NAME`: the editor's draft, else what is published."""
    router = APIRouter(prefix="/console", include_in_schema=False)

    @router.get("/preview/{kind}/{key}")
    async def preview(kind: str, key: str, request: Request) -> Response:
        visit = await admitted(console, request)
        if isinstance(visit, Response):
            return visit
        language = request.query_params.get("language", FALLBACK)
        language = language if language in SPOKEN else FALLBACK
        channel = request.query_params.get("channel", "web")
        channel = channel if channel in LAYOUTS else "web"
        async with console.database.reading() as session:
            version = await version_to_show(session, Name(kind, key), visit)
        if version is None or not may_see(version, visit.account):
            return refusal(request, 404, "not_found_title", "not_found")
        values = {
            "name": version.name,
            "label": label_of(version.document),
            "into": language,
            "spoken": SPOKEN,
            "version": version,
            "channel": channel,
            "channels": LAYOUTS,
        }
        try:
            told = await said_of(console, version.record, language)
        except RecordError as problem:
            return shown(console, request, visit, "preview.html", values | {"screens": [], "faults": problem.faults})
        screens = [LAYOUTS[channel](reply) for reply in told]
        return shown(console, request, visit, "preview.html", values | {"screens": screens, "faults": ()})

    return router


async def said_of(console: Console, record: records.Keyed, language: str) -> list[Reply]:
    """What people would be told of a record. Raises RecordError when it cannot be published as it is."""
    async with console.database.writing() as session:
        await Editing(session, NOBODY, console.now()).publish_all([record.model_copy(update={"retired": False})])
        told = await _told(session, console, record, language)
        await session.rollback()
    return told


async def _told(session: AsyncSession, console: Console, record: records.Keyed, language: str) -> list[Reply]:
    now = in_rome(console.now())
    directory = await Directory.load(session, now.date())
    desk = Visitor(session, directory, NOBODY, now)
    told: list[Reply] = []
    for target, argument in _targets(record):
        profile = Profile(language=language, chosen=True, city=getattr(record, "city", CITY), welcomed=True)
        heard = {"argument": argument} if argument else {}
        conversation = Conversation(profile=profile, frames=[Frame(target, NOBODY, heard)])
        outcome = await advance(TARGETS[target][1], conversation, desk)
        told += replies(Reaction(list(outcome.said), outcome.question), conversation, language)
    contact = desk.contact(record.key) if isinstance(record, records.Contact) else None
    if contact is not None:
        told += replies(Reaction([Saying(contact_line(contact))], None), Conversation(), language)
    return told


def _targets(record: records.Keyed) -> list[tuple[str, str]]:
    """The questions that a record answers, as buttons name them."""
    match record:
        case records.Office(kind=OfficeKind.MOBILE_UNIT):
            return [("mobile_unit", "")]
        case records.Office(kind=OfficeKind.ONE_STOP_SHOP):
            return [("office_hours", ""), ("office_location", ""), ("office_contact", "")]
        case records.Service() | records.Activity():
            return [(record.topics[0], "")] if record.topics else []
        case records.Guide():
            return [(record.intents[0], ""), ("guide", record.key)]
        case _:
            return []
