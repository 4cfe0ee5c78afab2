"""Who answers: one task for each person, so that everybody's messages are answered in order, and people at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bot import delivery, identities, inbox, reports
from bot.history import Told, answer_to
from bot.house import House
from bot.incoming import IncomingMessage, Sender
from bot.reception import Arrival, NewAddress, Report, Withdrawal
from bot.turn import Turn, take_turn
from services_directory.desk.notices import mark_unreached

log = logging.getLogger(__name__)


PAUSES = (0.0, 0.1, 0.5, 2.0, 5.0)
"""Seconds between two looks for an answer that another process is giving."""


class NotAnsweredYetError(Exception):
    """A message is safe, but its answer is late."""


class Workers:
    """The reception of every channel, and the tasks that answer what was received."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._again: set[int] = set()
        self._asked: dict[tuple[int, str], Told | None] = {}

    async def receive(self, message: IncomingMessage) -> None:
        """Take a message in and see that it is answered; durable when this returns."""
        async with self.house.database.writing() as session:
            sender = await inbox.take_in(session, message, self.house.clock.now())
        self.wake(sender)

    async def receive_all(self, arrivals: Sequence[Arrival]) -> None:
        """Take in what came in one call, in its order; durable when this returns.

        Raises what the database raises. When it is one arrival that cannot be written down, the others are in keeping
        all the same: they are the same arrivals when the call comes again.
        """
        try:
            async with self.house.database.writing() as session:
                senders = [await self._take_in(session, arrival) for arrival in arrivals]
        except Exception:
            if len(arrivals) == 1:
                raise
            await self._receive_each(arrivals)
        else:
            for sender in senders:
                if sender is not None:
                    self.wake(sender)

    async def _receive_each(self, arrivals: Sequence[Arrival]) -> None:
        refused: list[Exception] = []
        for arrival in arrivals:
            try:
                await self.receive_all([arrival])
            except Exception as problem:  # noqa: BLE001, raised below, when the others have been tried
                refused.append(problem)
        if refused:
            raise refused[0]

    async def _take_in(self, session: AsyncSession, arrival: Arrival) -> int | None:
        """Write one arrival down; the sender whose message now waits."""
        now = self.house.clock.now()
        match arrival:
            case IncomingMessage():
                return await inbox.take_in(session, arrival, now)
            case Withdrawal():
                await inbox.withdraw(session, arrival)
            case Report():
                await reports.take_in(session, self.house.channels, arrival, now)
            case NewAddress():
                await identities.move(session, arrival)
        return None

    async def ask(self, message: IncomingMessage) -> Told:
        """Take a message in and wait for its answer; the same message again gets the same answer.

        Raises NotAnsweredYetError: it is written down and will be answered, only later.
        """
        async with self.house.database.writing() as session:
            sender = await inbox.take_in(session, message, self.house.clock.now())
        self._asked[sender, message.key] = None
        await self.wake(sender)
        answered = self._asked.pop((sender, message.key), None)
        if answered is not None:
            return answered
        # It was answered before, or another process is answering it.
        for pause in PAUSES:
            await asyncio.sleep(pause)
            await self.wake(sender)
            async with self.house.database.reading() as session:
                told = await answer_to(session, sender, message.key)
            if told is not None:
                return told
        raise NotAnsweredYetError("The answer takes longer than usual. Please try again.")

    async def unreachable(self, sender: Sender) -> None:
        """Remember that this person has blocked us: nothing is sent until they write again."""
        async with self.house.database.writing() as session:
            row = await inbox.sender_of(session, sender)
            if row is not None:
                row.unreachable = row.lost = True
                await mark_unreached(session, row.person, self.house.clock.now())

    def wake(self, sender: int) -> asyncio.Task[None]:
        """See to a person's messages and replies now; the task that does it."""
        self._again.add(sender)
        task = self._tasks.get(sender)
        if task is None:
            task = self._tasks[sender] = asyncio.create_task(self._work(sender))
        return task

    async def rest(self) -> None:
        """Wait until everybody has been answered."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values())

    async def _work(self, sender: int) -> None:
        try:
            while sender in self._again:
                self._again.discard(sender)
                turn = Turn(more=True)
                while turn.more:
                    turn = await take_turn(self.house, sender)
                    if (sender, turn.key) in self._asked:
                        self._asked[sender, turn.key] = turn.told
                    await self._send(sender, turn)
        except Exception:
            # The database is away, say: nothing is lost, the next round finds what waits.
            log.exception("the messages of sender %d wait", sender)
            self._again.discard(sender)
        finally:
            del self._tasks[sender]

    async def _send(self, sender: int, turn: Turn) -> None:
        """Send what this turn has said; without such, whatever else is due to the person."""
        house = self.house
        if turn.claimed:
            await delivery.send(house.database, house.channels, house.clock, turn.claimed)
        elif turn.pushed and house.channels:
            await delivery.deliver(house.database, house.channels, house.clock, sender)
