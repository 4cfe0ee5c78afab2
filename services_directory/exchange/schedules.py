"""Opening hours as HSDS schedules: one for each span of the clock and part of the year with the same UTC offset."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from locales.dates import ROME
from services_directory.desk.hours import HoursError, intervals_on
from services_directory.exchange.identity import hsds_id
from services_directory.store.parts import HoursException
from services_directory.store.records import Office

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
OSM_DAYS = dict(zip(DAYS, ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"), strict=True))
ALWAYS = "24/7"
YEAR = timedelta(days=365)

Schedule = dict[str, Any]


def schedules_of(office: Office, today: date) -> list[Schedule]:
    """The week of an office for the year to come, then its exceptions. Empty when nobody knows its hours."""
    if office.hours is None:
        return []
    found = weekly(office.key, office.hours, today)
    whole = [one for one in office.exceptions if one.counter is None]
    found.extend(one for exception in whole for one in _exception(office.key, exception))
    return found


def weekly(key: str, hours: str, today: date) -> list[Schedule]:
    """The week that an expression says, for the year to come. `key` tells it from others."""
    found: list[Schedule] = []
    for first, last, offset in _offsets(today):
        spans = _spans(hours, first, last)
        found.extend(
            {
                "id": hsds_id("schedule", key, str(first), *map(str, span)),
                "valid_from": first.isoformat(),
                "valid_to": last.isoformat(),
                "timezone": offset,
                "freq": "WEEKLY",
                "interval": 1,
                "wkst": "MO",
                "byday": ",".join(days),
                "opens_at": span[0].isoformat(),
                "closes_at": span[1].isoformat(),
                "description": hours,
            }
            for span, days in spans
        )
    return found


def hours_of(schedules: Iterable[Mapping[str, Any]]) -> str | None:
    """Weekly schedules as opening_hours; None when there is none that says days and times.

    An expression in `description`, where we write it, is taken as it is: HSDS has no words for holidays and seasons.
    """
    by_days: dict[str, list[str]] = defaultdict(list)
    for schedule in schedules:
        description = str(schedule.get("description") or "")
        if schedule.get("byday") and _is_hours(description):
            return description
        opens, closes = _clock(schedule.get("opens_at")), _clock(schedule.get("closes_at"))
        days = [OSM_DAYS[day] for day in str(schedule.get("byday") or "").split(",") if day in OSM_DAYS]
        if days and opens and closes and schedule.get("freq") in {None, "WEEKLY"}:
            by_days[",".join(days)].append(f"{opens}-{closes}")
    return "; ".join(f"{days} {','.join(sorted(times))}" for days, times in by_days.items()) or None


def _spans(hours: str, first: date, last: date) -> list[tuple[tuple[time, time], list[str]]]:
    """Each span of the clock with its days: of a week that stands for the period, or of the first week with seasons."""
    week = [first + timedelta(days=ahead) for ahead in range(min(7, (last - first).days + 1))]
    days: dict[tuple[time, time], list[str]] = {}
    # Holidays have no place in a weekly schedule; the expression in `description` knows them.
    for day in sorted(week, key=date.weekday):
        for span in intervals_on(hours, day):
            days.setdefault(span, []).append(DAYS[day.weekday()])
    return sorted(days.items())


def _offsets(today: date) -> Iterator[tuple[date, date, int]]:
    """The parts of the year to come that have one UTC offset in Rome: first day, last day, hours."""
    first = day = today
    while day < today + YEAR:
        following = day + timedelta(days=1)
        if _offset(following) != _offset(first):
            yield first, day, _offset(first)
            first = following
        day = following
    yield first, day, _offset(first)


def _offset(day: date) -> int:
    noon = datetime.combine(day, time(12), ROME)
    return int((noon.utcoffset() or timedelta()).total_seconds() // 3600)


def _exception(office: str, exception: HoursException) -> Sequence[Schedule]:
    spans = intervals_on(exception.hours, exception.first_day)
    reason = "" if exception.reason is None else exception.reason.best(exception.reason.source)[0]
    common = {
        "valid_from": exception.first_day.isoformat(),
        "valid_to": exception.last_day.isoformat(),
        "timezone": _offset(exception.first_day),
        "notes": reason or ("closed" if not spans else "other hours"),
    }
    name = (office, str(exception.first_day))
    if not spans:
        return [{"id": hsds_id("exception", *name), **common, "description": "closed"}]
    return [
        {
            "id": hsds_id("exception", *name, *map(str, span)),
            **common,
            "opens_at": span[0].isoformat(),
            "closes_at": span[1].isoformat(),
        }
        for span in spans
    ]


def _is_hours(words: str) -> bool:
    if words != ALWAYS and not any(day in words for day in OSM_DAYS.values()):
        return False
    try:
        intervals_on(words, date(2026, 1, 1))
    except HoursError:
        return False
    return True


def _clock(value: object) -> str | None:
    """`10:00:00`, `10:00`, `10:00Z` as hours and minutes."""
    found = re.match(r"^([01]?\d|2[0-3]):([0-5]\d)", str(value or ""))
    return f"{int(found[1]):02}:{found[2]}" if found else None
