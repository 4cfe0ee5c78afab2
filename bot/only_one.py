"""One process of several on this machine does a thing; another takes over when it ends, however it ends."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir

EVERY = 3.0
"""Seconds between two attempts to take over."""


@asynccontextmanager
async def only_one(what: str, stop: asyncio.Event) -> AsyncIterator[bool]:
    """Wait until no other process does `what`; False when we were stopped before it was our turn.

    The kernel's lock on a file is given back when a process dies. On several machines, Telegram's webhook is for this.
    """
    name = sha256(what.encode()).hexdigest()[:16]
    path = Path(gettempdir()) / f"sportello-{os.getuid()}-{name}.lock"
    with path.open("w", encoding="ascii") as file:
        while not stop.is_set():
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), EVERY)
            else:
                yield True
                return
        yield False
