"""The person who writes, at the desk: what the directory knows of them, and what the bot does."""

from __future__ import annotations

from bot import links
from services_directory.booked import Appointment
from services_directory.desk import reminders
from services_directory.desk.person_desk import PersonDesk


class Visitor(PersonDesk):
    """A person's desk that remembers being asked to forget: the turn then erases what the bot keeps, too."""

    forgotten = False

    async def will_come(self, appointment: Appointment) -> bool:
        """Note that the person says they will come; False when it is no longer booked."""
        return await reminders.confirm(self.session, appointment.code, self.person, self.now)

    async def second_channel(self) -> str:
        """A code by which the person joins another app to this one; the one given before no longer works."""
        return await links.make(self.session, self.person, self.now)

    async def forget_me(self) -> None:
        """Erase the person in the directory now, and in the bot when the turn is saved."""
        await super().forget_me()
        self.forgotten = True
