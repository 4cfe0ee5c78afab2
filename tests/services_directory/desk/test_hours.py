"""Opening hours: the week, exceptions, national holidays, the patron saint, and nothing invented."""

from __future__ import annotations

from datetime import date, time

import pytest

from locales.rendering import render
from locales.text import Localized
from services_directory.desk.hours import (
    Exceptional,
    HoursError,
    OfficeHours,
    intervals_on,
    national_holidays,
    patron_date,
    within,
)

WEEK = "Mo,We,Fr 09:00-13:00; Tu,Th 09:00-13:00,15:00-17:30"
CATALDO = Localized({"it": "San Cataldo"})
MORNING = ((time(9), time(13)),)
BOTH = ((time(9), time(13)), (time(15), time(17, 30)))
TARANTO = OfficeHours(WEEK, patron=CATALDO, patron_day="05-10")


@pytest.mark.parametrize(
    ("day", "intervals"),
    [
        (date(2026, 11, 25), MORNING),
        (date(2026, 11, 26), BOTH),
        (date(2026, 11, 29), ()),
    ],
)
def test_the_week_holds_lunch_breaks_and_closed_days(day: date, intervals: object) -> None:
    assert TARANTO.on(day).intervals == intervals


def test_unknown_hours_stay_unknown() -> None:
    assert OfficeHours(None).on(date(2026, 11, 25)).intervals is None


@pytest.mark.parametrize("day", [date(2026, 12, 8), date(2026, 4, 6), date(2028, 12, 26), date(2026, 6, 2)])
def test_a_national_holiday_closes_and_is_named(day: date) -> None:
    hours = TARANTO.on(day)
    assert hours.intervals == ()
    assert hours.reason is not None
    assert render(hours.reason, "en").startswith("public holiday: ")


def test_saint_francis_is_a_national_holiday_again_since_2026() -> None:
    assert date(2026, 10, 4) in national_holidays(2026)
    assert date(2025, 10, 4) not in national_holidays(2025)


def test_the_patron_saint_closes_only_the_own_city() -> None:
    day = date(2027, 5, 10)
    assert TARANTO.on(day).intervals == ()
    assert OfficeHours(WEEK, patron=Localized({"it": "San Nicola"}), patron_day="12-06").on(day).intervals == MORNING


def test_bolzanos_local_holiday_moves_with_easter() -> None:
    assert patron_date("easter+50", 2026) == date(2026, 5, 25)
    assert patron_date("easter+50", 2027) == date(2027, 5, 17)


def test_an_exception_on_one_day_wins_over_the_week_and_over_a_holiday() -> None:
    open_anyway = Exceptional(date(2026, 12, 8), date(2026, 12, 8), "10:00-12:00")
    assert OfficeHours(WEEK, (open_anyway,)).on(date(2026, 12, 8)).intervals == ((time(10), time(12)),)


def test_the_exception_written_last_wins() -> None:
    closed = Exceptional(date(2026, 11, 25), date(2026, 11, 27), "off", Localized({"it": "lavori"}))
    open_again = Exceptional(date(2026, 11, 26), date(2026, 11, 26), "09:00-11:00")
    hours = OfficeHours(WEEK, (closed, open_again))
    assert hours.on(date(2026, 11, 26)).intervals == ((time(9), time(11)),)
    assert hours.on(date(2026, 11, 27)).intervals == ()


def test_only_mornings_in_august_opens_neither_sundays_nor_holidays() -> None:
    august = Exceptional(date(2026, 8, 1), date(2026, 8, 31), "09:00-12:00")
    hours = OfficeHours(WEEK, (august,))
    assert hours.on(date(2026, 8, 4)).intervals == ((time(9), time(12)),)
    assert hours.on(date(2026, 8, 9)).intervals == ()
    assert hours.on(date(2026, 8, 15)).intervals == ()


def test_a_leap_day_and_a_night_until_midnight_are_days_like_others() -> None:
    assert intervals_on(WEEK, date(2028, 2, 29)) == BOTH
    assert intervals_on("24/7", date(2028, 2, 29)) == ((time(0), time(23, 59)),)


def test_a_counter_is_never_open_while_its_office_is_closed() -> None:
    assert within(((time(8), time(16)),), BOTH) == ((time(9), time(13)), (time(15), time(16)))
    assert within(((time(13), time(15)),), BOTH) == ()


def test_hours_that_cannot_be_read_are_quoted() -> None:
    with pytest.raises(HoursError, match="when we feel like it"):
        intervals_on("when we feel like it", date(2026, 11, 25))


def test_an_exception_of_one_counter_is_of_that_counter_alone() -> None:
    day = date(2026, 11, 26)
    hours = OfficeHours(WEEK, (Exceptional(day, day, "off", counter="one"), Exceptional(day, day, "09:00-12:00")))
    assert hours.on(day).intervals == ((time(9), time(12)),)
    assert hours.own_hours("one", None, day) == "off"
    assert hours.own_hours("two", "Mo-Fr 10:00-11:00", day) == "Mo-Fr 10:00-11:00"
    assert hours.own_hours("one", None, date(2026, 11, 27)) is None


def test_several_shorter_days_of_a_counter_do_not_open_it_on_others() -> None:
    shorter = Exceptional(date(2026, 11, 23), date(2026, 11, 27), "09:00-10:00", counter="one")
    hours = OfficeHours(WEEK, (shorter,))
    assert hours.own_hours("one", "Mo 09:00-13:00", date(2026, 11, 23)) == "09:00-10:00"
    assert hours.own_hours("one", "Mo 09:00-13:00", date(2026, 11, 24)) == "Mo 09:00-13:00"
