"""The hours in which nobody is woken, on Rome's clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from locales.dates import ROME
from services_directory.desk.quiet import awake


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 25, 8, 0, tzinfo=ROME),
        datetime(2026, 11, 25, 20, 59, tzinfo=ROME),
        datetime(2026, 11, 25, 12, 0, tzinfo=UTC),
    ],
)
def test_by_day_nothing_waits(moment: datetime) -> None:
    assert awake(moment) is moment


@pytest.mark.parametrize(
    ("moment", "morning"),
    [
        (datetime(2026, 11, 25, 21, 0, tzinfo=ROME), datetime(2026, 11, 26, 8, 0, tzinfo=ROME)),
        (datetime(2026, 11, 25, 23, 59, tzinfo=ROME), datetime(2026, 11, 26, 8, 0, tzinfo=ROME)),
        (datetime(2026, 11, 25, 0, 0, tzinfo=ROME), datetime(2026, 11, 25, 8, 0, tzinfo=ROME)),
        (datetime(2026, 11, 25, 7, 59, 59, tzinfo=ROME), datetime(2026, 11, 25, 8, 0, tzinfo=ROME)),
        (datetime(2026, 7, 1, 20, 30, tzinfo=UTC), datetime(2026, 7, 2, 8, 0, tzinfo=ROME)),
        (datetime(2026, 12, 31, 22, 0, tzinfo=ROME), datetime(2027, 1, 1, 8, 0, tzinfo=ROME)),
    ],
)
def test_by_night_it_waits_for_eight_in_the_morning(moment: datetime, morning: datetime) -> None:
    assert awake(moment) == morning


def test_eight_is_eight_in_the_nights_when_the_clocks_change() -> None:
    spring, autumn = datetime(2026, 3, 28, 23, 0, tzinfo=ROME), datetime(2026, 10, 24, 23, 0, tzinfo=ROME)
    assert [awake(night).isoformat() for night in (spring, autumn)] == [
        "2026-03-29T08:00:00+02:00",
        "2026-10-25T08:00:00+01:00",
    ]
