"""What a turn needs, joined once at start by `bot/app.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.clock import Clock, SystemClock
from bot.outgoing import Channel
from nlu.understanding import Interpreter
from services_directory.desk.directory import Shelf
from services_directory.store.session import Database


@dataclass(frozen=True)
class House:
    """Database, directory, understanding, clock, and the channels onto which replies are pushed, by name."""

    database: Database
    interpreter: Interpreter
    channels: Mapping[str, Channel] = field(default_factory=dict)
    shelf: Shelf = field(default_factory=Shelf)
    clock: Clock = field(default_factory=SystemClock)

    @property
    def template_languages(self) -> frozenset[str]:
        """Languages in which any of the channels approves templates: what one cannot deliver goes on to another."""
        return frozenset(code for channel in self.channels.values() for code in channel.template_languages)
