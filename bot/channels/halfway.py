"""A reply of several messages, sent one after the other: how far it got before one failed is kept in this process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeVar

from bot.incoming import Sender
from bot.outgoing import Reply, SendError, UndeliverableError, UnreachableError

MOST = 1000
"""Replies whose progress is remembered."""

Sent = TypeVar("Sent")


class Halfway:
    """Only a restart, another worker, or an answer lost on its way makes a person read something twice."""

    def __init__(self) -> None:
        self._positions: OrderedDict[tuple[Sender, Reply], int] = OrderedDict()

    async def through(
        self, to: Sender, reply: Reply, steps: Sequence[Callable[[], Awaitable[Sent]]]
    ) -> AsyncIterator[tuple[int, Sent]]:
        """Take the steps that are left, from the one that failed the last time on; each position, and what it gave.

        Raises SendError or one of its kinds.
        """
        for position in range(self._positions.pop((to, reply), 0), len(steps)):
            try:
                sent = await steps[position]()
            except (UnreachableError, UndeliverableError):
                raise
            except SendError:
                self._remember(to, reply, position)
                raise
            yield position, sent

    def _remember(self, to: Sender, reply: Reply, position: int) -> None:
        if position:
            self._positions[to, reply] = position
            while len(self._positions) > MOST:
                self._positions.popitem(last=False)
