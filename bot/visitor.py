"""The person who writes, at the desk: what the directory knows of them, and what the bot does."""

from __future__ import annotations

from services_directory.desk.person_desk import PersonDesk


class Visitor(PersonDesk):
    """A person's desk that remembers being asked to forget: the turn then erases what the bot keeps, too."""

    forgotten = False

    async def forget_me(self) -> None:
        """Erase the person in the directory now, and in the bot when the turn is saved."""
        await super().forget_me()
        self.forgotten = True
