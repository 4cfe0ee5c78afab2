"""A town whose people are on WhatsApp: signed calls in, a strict Cloud API out, one clock for all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import select

from bot.channels.whatsapp import WhatsAppChannel
from bot.channels.whatsapp_client import CloudApi
from bot.channels.whatsapp_intake import SIGNATURE, WhatsAppIntake
from bot.channels.whatsapp_templates import CODES, definition
from bot.rounds import one_round
from bot.templates import TEMPLATES
from services_directory.store.bookings import AppointmentRow
from tests.bot.reminded import Wire
from tests.fakes.whatsapp import FakeWhatsApp, Person
from tests.fakes.whatsapp_checks import JSON
from tests.town import FakeClock, Town, opened

CITY = "taranto"


@dataclass
class WhatsAppTown(Town):
    """The house, and WhatsApp around it."""

    fake: FakeWhatsApp
    telegram: Wire

    def person(self, wa_id: str = "393331112223", bsuid: str | None = "IT.13491208655302741918") -> Phone:  # type: ignore[override]
        """Somebody with WhatsApp."""
        return Phone(self, self.fake.person(wa_id, bsuid=bsuid))

    async def goes_on(self, **duration: float) -> None:
        """Time passes, a round is made, and everybody is answered who can be."""
        self.clock.passes(**duration)
        await one_round(self.house, self.workers.wake)
        await self.workers.rest()

    async def appointment(self, code: str | None = None) -> AppointmentRow:
        """The one with that code, or the only one."""
        every = select(AppointmentRow)
        async with self.database.reading() as session:
            return (await session.scalars(every if code is None else every.where(AppointmentRow.code == code))).one()

    async def newest(self) -> str:
        """The code of the appointment that was booked last."""
        async with self.database.reading() as session:
            found = await session.scalars(select(AppointmentRow.code).order_by(AppointmentRow.id.desc()).limit(1))
            return found.one()


@dataclass
class Phone:
    """A phone on which one sees only what the last thing done has led to."""

    town: WhatsAppTown
    person: Person
    seen: int = 0

    async def starts(self, language: str) -> None:
        """Write for the first time; choose language and city."""
        await self.says("👋")
        await self.taps(f".language={language}")
        await self.taps(f".city={CITY}")

    async def says(self, words: str) -> None:
        self.seen = len(self.person.got)
        await self.person.says(words)
        await self.town.workers.rest()

    async def taps(self, part: str) -> None:
        """Tap the newest button whose key holds that part."""
        keys = (key for body in reversed(self.person.got) for key in tappable(body) if part in key)
        key = next(keys)
        self.seen = len(self.person.got)
        await self.person.taps(key)
        await self.town.workers.rest()

    async def chooses_time(self, at: int = 0) -> None:
        """A day and a time of those on offer: the one with that place among the days, the last of the times."""
        await self.taps(self.keys(".day=")[at])
        if self.keys(".hour="):
            await self.taps(self.keys(".hour=")[-1])
        if self.keys(".slot="):
            await self.taps(self.keys(".slot=")[-1])

    @property
    def text(self) -> str:
        """All the words that came since."""
        return "\n".join(
            self.town.fake.words(body) for body in self.person.got[self.seen :] if body["type"] != "location"
        )

    @property
    def kinds(self) -> list[str]:
        """The kinds of the messages that came since."""
        return [body["type"] for body in self.person.got[self.seen :]]

    def keys(self, part: str = "") -> list[str]:
        """The keys of what can be tapped in the messages that came since."""
        bodies = self.person.got[self.seen :]
        return [key for body in bodies for key in tappable(body) if part in key]


@asynccontextmanager
async def whatsapp_town(url: str) -> AsyncIterator[WhatsAppTown]:
    """A town on an existing database, on WhatsApp and on one other channel; all templates are approved."""
    clock, telegram, fake = FakeClock(), Wire("telegram"), FakeWhatsApp()
    fake.clock = clock.now
    for form in TEMPLATES.values():
        for language in CODES:
            fake.create_template(definition(form, language))
    fake.approve()
    async with fake.served():
        api = CloudApi(fake.token, fake.phone_id, fake.account_id, fake.url, patience=5)
        channel = WhatsAppChannel(api, clock, a_second=10_000)
        async with channel, opened(url, {"whatsapp": channel, "telegram": telegram}, clock) as town:
            intake = WhatsAppIntake(town.workers, fake.phone_id, fake.app_secret, fake.verify_token)
            fake.webhook = lambda headers, body: intake.webhook(headers.get(SIGNATURE), body)
            yield WhatsAppTown(town.workers, clock, fake, telegram)


def tappable(body: JSON) -> list[str]:
    """The keys of all that can be tapped below a message."""
    if body["type"] == "template":
        parts = [part for part in body["template"].get("components", ()) if part["type"] == "button"]
        return [part["parameters"][0]["payload"] for part in parts]
    action = body.get("interactive", {}).get("action", {})
    rows = [row["id"] for section in action.get("sections", ()) for row in section["rows"]]
    return [*(button["reply"]["id"] for button in action.get("buttons", ())), *rows]
