"""How many messages one conversation or one address may send in a minute: counted in Redis, else in this process."""

from __future__ import annotations

import logging
import time
from collections import Counter

from redis.asyncio import Redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

WINDOW = 60
"""Seconds."""


class Limits:
    """Fixed windows of a minute. Without Redis, or when it is away, each process counts for itself."""

    def __init__(self, redis: Redis | None) -> None:
        self._redis = redis
        self._counts: Counter[str] = Counter()
        self._window = 0

    async def wait(self, subject: str, most: int) -> int:
        """Count one message of `subject`; 0, or the seconds to wait when it is one too many in this minute."""
        now = int(time.time())
        window, left = now // WINDOW, WINDOW - now % WINDOW
        return 0 if await self._count(subject, window) <= most else left

    async def _count(self, subject: str, window: int) -> int:
        if self._redis is not None:
            try:
                async with self._redis.pipeline(transaction=True) as pipeline:
                    key = f"sportello:limit:{subject}:{window}"
                    pipeline.incr(key)
                    pipeline.expire(key, WINDOW)
                    counted, _expires = await pipeline.execute()
                    return int(counted)
            except RedisError as problem:
                log.warning("Redis is away, this process counts alone: %s", type(problem).__name__)
        if window != self._window:
            self._counts.clear()
            self._window = window
        self._counts[subject] += 1
        return self._counts[subject]
