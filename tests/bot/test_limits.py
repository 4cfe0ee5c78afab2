"""How much is too much, in one process and in several."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from bot.limits import Limits
from services_directory.desk.counting import A_DAY

NOON = 1_764_072_000.0
"""Some day at 12:00 UTC."""


async def test_a_minute_and_a_day_are_counted_apart() -> None:
    now = [NOON]
    limits = Limits(None, lambda: now[0])
    assert [await limits.wait("a", 2) for _one in range(3)] == [0, 0, 60]
    assert [await limits.wait("b", 2, A_DAY) for _one in range(3)] == [0, 0, A_DAY // 2]
    assert await limits.wait("c", 2) == 0
    now[0] += 60
    assert await limits.wait("a", 2) == 0
    assert await limits.wait("b", 2, A_DAY) == A_DAY // 2 - 60
    now[0] += A_DAY
    assert await limits.wait("b", 2, A_DAY) == 0


async def test_processes_that_share_redis_count_together_and_forget(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as redis:
        one, other = Limits(redis), Limits(redis)
        assert [await limits.wait("a", 2, A_DAY) for limits in (one, other, one)][:2] == [0, 0]
        assert await other.wait("a", 2, A_DAY) > 0
        (key,) = await redis.keys("sportello:limit:*")
        assert 0 < await redis.ttl(key) <= A_DAY


async def test_without_its_redis_a_process_counts_alone(caplog: pytest.LogCaptureFixture) -> None:
    async with Redis.from_url("redis://127.0.0.1:9") as redis:
        limits = Limits(redis, lambda: NOON)
        assert [await limits.wait("a", 1) for _one in range(2)] == [0, 60]
    assert "counts alone" in caplog.text
