"""What staff publish in one worker process is what the chat says in another, in its very first answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.two_workers import two_workers

OLD, NEW = ("05:11", "22:41"), ("06:07", "21:43")


@pytest.mark.timeout(240)
def test_what_is_published_in_one_process_is_what_the_chat_says_in_another(
    tmp_path: Path, postgresql_url: str, redis_url: str
) -> None:
    with two_workers(tmp_path, postgresql_url, redis_url=redis_url) as (staff, asker):
        assert "-".join(OLD) not in asker.hours_told()
        staff.presses(staff.form(*OLD))
        told = asker.hours_told()
        assert "-".join(OLD) in told
        staff.presses(staff.form(*NEW))
        told = asker.hours_told()
        assert "-".join(NEW) in told
        assert "-".join(OLD) not in told
