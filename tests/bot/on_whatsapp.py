"""A town whose people are on WhatsApp: signed calls in, a strict Cloud API out, one clock for all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import select

from bot.channels.whatsapp import WhatsAppChannel
from bot.channels.whatsapp_client import CloudApi
from bot.channels.whatsapp_intake import WhatsAppIntake
from bot.channels.whatsapp_templates import CODES, definition
from bot.rounds import one_round
from bot.templates import TEMPLATES
from services_directory.store.bookings import AppointmentRow
from tests.bot.reminded import Wire
from tests.fakes.cloud import FakeCloud, Person, tappable, words_of
from tests.town import FakeClock, Town, opened

CITY = "taranto"


@dataclass
class WhatsAppTown(Town):
    """The house, and WhatsApp around it."""

    fake: FakeCloud
    telegram: Wire

    def person(self, wa_id: str = "393331112223", bsuid: str | None = "IT.77") -> Phone:  # type: ignore[override]
        """Somebody with WhatsApp."""
        return Phone(self, self.fake.person(wa_id, bsuid))

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
        self.seen = len(self.person.received)
        await self.person.says(words)
        await self.town.workers.rest()

    async def taps(self, wanted: str) -> None:
        self.seen = len(self.person.received)
        await self.person.taps(wanted)
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
        return "\n".join(words_of(body) for body in self.person.received[self.seen :])

    @property
    def kinds(self) -> list[str]:
        """The kinds of the messages that came since."""
        return [body["type"] for body in self.person.received[self.seen :]]

    def keys(self, part: str = "") -> list[str]:
        """The keys of what can be tapped in the messages that came since."""
        bodies = self.person.received[self.seen :]
        return [key for body in bodies for _kind, key, _title in tappable(body) if part in key]


@asynccontextmanager
async def whatsapp_town(url: str) -> AsyncIterator[WhatsAppTown]:
    """A town on an existing database, on WhatsApp and on one other channel; all templates are approved."""
    clock, telegram = FakeClock(), Wire("telegram")
    async with FakeCloud(lambda: clock.now().timestamp()).served() as fake:
        fake.approve([definition(form, language) for form in TEMPLATES.values() for language in CODES])
        api = CloudApi(fake.token, fake.phone_id, fake.account_id, fake.url, patience=1)
        channel = WhatsAppChannel(api, clock, a_second=10_000)
        async with channel, opened(url, {"whatsapp": channel, "telegram": telegram}, clock) as town:
            intake = WhatsAppIntake(town.workers, fake.phone_id, fake.app_secret, fake.verify_token)
            fake.webhook = intake.webhook
            yield WhatsAppTown(town.workers, clock, fake, telegram)
