"""The free times of counters whose calendar another system keeps, as this process has last heard of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from locales.dates import in_rome
from services_directory.facts import Counter, Service

KNOWN_FOR = timedelta(minutes=10)
"""How long the times of a system that is away are still shown."""


@dataclass(frozen=True)
class _Heard:
    """The times of one service at one counter, in UTC, and when they were told."""

    starts: frozenset[datetime]
    at: datetime


class RemoteTimes:
    """In memory: whoever shows times asks here, only a background task asks the other systems."""

    def __init__(self) -> None:
        self._heard: dict[tuple[str, str], _Heard] = {}

    def heard(self, counter: Counter, service: Service, starts: Iterable[datetime], now: datetime) -> None:
        """These are all the free times now; all aware."""
        self._heard[counter.key, service.key] = _Heard(frozenset(one.astimezone(UTC) for one in starts), now)

    def gone(self, counter: str, starts: datetime) -> None:
        """Somebody has just got that time, or could not get it: not shown until the system tells its times again."""
        for (at, service), heard in self._heard.items():
            if at == counter:
                self._heard[at, service] = _Heard(heard.starts - {starts.astimezone(UTC)}, heard.at)

    def on(self, counter: Counter, service: Service, day: date, now: datetime) -> Sequence[datetime]:
        """The times on that day of Rome's, in UTC, earliest first; none when they were heard too long ago."""
        heard = self._heard.get((counter.key, service.key))
        if heard is None or now - heard.at > KNOWN_FOR:
            return ()
        return sorted(starts for starts in heard.starts if in_rome(starts).date() == day)
