"""The person who writes, at the desk: what the directory knows of them, and what the bot does."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot import links
from bot.records import SenderRow
from services_directory.booked import Appointment
from services_directory.desk import reminders
from services_directory.desk.directory import Directory
from services_directory.desk.person_desk import PersonDesk

CONSENT_NEEDED = frozenset({"whatsapp"})
"""Channels on which we write first only with the person's word, and "stop" takes it back, at once and for good.

WhatsApp asks that of whoever writes to people there: https://business.whatsapp.com/policy.
"""


class Visitor(PersonDesk):
    """A person's desk that remembers being asked to forget: the turn then erases what the bot keeps, too.

    `sender` is the identity that writes; nobody writes where it is only looked at what somebody would be told.
    """

    forgotten = False

    def __init__(
        self,
        session: AsyncSession,
        directory: Directory,
        person: str,
        now: datetime,
        sender: SenderRow | None = None,
    ) -> None:
        super().__init__(session, directory, person, now)
        self._sender = sender

    async def will_come(self, appointment: Appointment) -> bool:
        """Note that the person says they will come; False when it is no longer booked."""
        return await reminders.confirm(self.session, appointment.code, self.person, self.now)

    async def second_channel(self) -> str:
        """A code by which the person joins another app to this one; the one given before no longer works."""
        return await links.make(self.session, self.person, self.now)

    @property
    def needs_consent(self) -> bool:
        """Whether this channel asks for the person's word before we write first."""
        return self._sender is not None and self._sender.channel in CONSENT_NEEDED

    @property
    def is_silenced(self) -> bool:
        """Whether they said that we must not write first on this channel."""
        return self._sender is not None and self._sender.silenced_at is not None

    def be_silent(self) -> None:
        """Never write first on this channel, until they say otherwise."""
        if self._sender is not None:
            self._sender.silenced_at = self.now

    def may_write_first(self) -> None:
        """They know that we write first here when there is something to remind of, and do not mind."""
        if self._sender is not None:
            self._sender.agreed_at, self._sender.silenced_at = self.now, None

    async def forget_me(self) -> None:
        """Erase the person in the directory now, and in the bot when the turn is saved."""
        await super().forget_me()
        self.forgotten = True
