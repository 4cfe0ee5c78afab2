"""How far a reply of several messages got before one of them failed: kept between two attempts, in this process."""

from __future__ import annotations

from collections import OrderedDict

from bot.incoming import Sender
from bot.outgoing import Reply

MOST = 1000
"""Replies whose progress is remembered."""


class Halfway:
    """Only a restart, another worker, or an answer lost on its way makes a person read something twice."""

    def __init__(self) -> None:
        self._positions: OrderedDict[tuple[Sender, Reply], int] = OrderedDict()

    def begin(self, to: Sender, reply: Reply) -> int:
        """The position of the message to begin with."""
        return self._positions.pop((to, reply), 0)

    def remember(self, to: Sender, reply: Reply, position: int) -> None:
        """The message at that position failed."""
        if position:
            self._positions[to, reply] = position
            while len(self._positions) > MOST:
                self._positions.popitem(last=False)
