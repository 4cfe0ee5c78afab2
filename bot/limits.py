"""How much one conversation or one address may do in a minute or a day: counted in Redis, else in this process."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services_directory.desk.counting import A_MINUTE

log = logging.getLogger(__name__)


class Limits:
    """Fixed windows of time. Without Redis, or when it is away, each process counts for itself."""

    def __init__(self, redis: Redis | None, clock: Callable[[], float] = time.time) -> None:
        """`clock` gives seconds since 1970."""
        self._redis, self._clock = redis, clock
        self._counts: dict[str, tuple[int, int]] = {}
        self._swept = 0

    async def wait(self, subject: str, most: int, window: int = A_MINUTE) -> int:
        """Count one of `subject`; 0, or the seconds to wait when it is one too many in this window (seconds)."""
        now = int(self._clock())
        ends = now - now % window + window
        return 0 if await self._count(f"{subject}:{ends}", ends, now) <= most else ends - now

    async def _count(self, key: str, ends: int, now: int) -> int:
        if self._redis is not None:
            try:
                async with self._redis.pipeline(transaction=True) as pipeline:
                    pipeline.incr(f"sportello:limit:{key}")
                    pipeline.expireat(f"sportello:limit:{key}", ends)
                    counted, _expires = await pipeline.execute()
                    return int(counted)
            except RedisError as problem:
                log.warning("Redis is away, this process counts alone: %s", type(problem).__name__)
        if now >= self._swept + A_MINUTE:
            self._counts = {one: (count, until) for one, (count, until) in self._counts.items() if until > now}
            self._swept = now
        counted = self._counts.get(key, (0, ends))[0] + 1
        self._counts[key] = counted, ends
        return counted
