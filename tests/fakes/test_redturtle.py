"""The fake against the real one's own tests: what these assert there, it must answer here.

From RedTurtle/redturtle.prenotazioni (f1212bd), `src/redturtle/prenotazioni/tests/`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from locales.dates import ROME
from tests.fakes.redturtle import ACCOUNT, ADDRESS, RedTurtleSite
from tests.fakes.redturtle_folder import BookingType, Folder

NOW = datetime(2023, 5, 22, 8, tzinfo=ROME)
"""A Monday, as in theirs."""
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def site() -> RedTurtleSite:
    week = dict.fromkeys(range(5), ((7 * 60, 10 * 60),))
    folder = Folder(lambda: NOW, ["Gate A", "Gate B"], [BookingType("Type A", 30)], week, since=NOW.date())
    return RedTurtleSite(folder)


@pytest.fixture
async def anyone(site: RedTurtleSite) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Accept": "application/json"}
    transport = httpx.ASGITransport(site)
    async with httpx.AsyncClient(transport=transport, base_url=f"{ADDRESS}/", headers=headers) as http:
        yield http


def asks(at: datetime = TOMORROW, booking_type: str = "Type A", *fields: tuple[str, str]) -> dict[str, Any]:
    given = [{"name": name, "value": value} for name, value in fields or [("title", "Mario Rossi")]]
    return {"booking_date": at.isoformat(), "booking_type": booking_type, "fields": given}


async def test_add_booking_anonymous(anyone: httpx.AsyncClient) -> None:
    answer = await anyone.post("@booking", json=asks())
    assert answer.status_code == 200
    told = answer.json()
    assert told["booking_date"] == "2023-05-23T06:00:00+00:00"
    assert told["booking_expiration_date"] == "2023-05-23T06:30:00+00:00"
    assert (told["booking_type"], told["title"], told["booking_status"]) == ("Type A", "Mario Rossi", "pending")
    assert told["gate"] in ["Gate A", "Gate B"]


async def test_auto_confirm_manager(anyone: httpx.AsyncClient, site: RedTurtleSite) -> None:
    assert (await anyone.post("@booking", json=asks(), auth=ACCOUNT)).json()["booking_status"] == "confirmed"
    site.folder.auto_confirm_manager = False
    assert (await anyone.post("@booking", json=asks(), auth=ACCOUNT)).json()["booking_status"] == "pending"


async def test_add_booking_wrong_booking_type(anyone: httpx.AsyncClient) -> None:
    answer = await anyone.post("@booking", json=asks(TOMORROW, "Type A (30 min)"))
    assert answer.status_code == 400
    assert answer.json() == {"type": "BadRequest", "message": "Unknown booking type 'Type A (30 min)'."}


async def test_cant_add_booking_if_missing_required_fields(anyone: httpx.AsyncClient, site: RedTurtleSite) -> None:
    site.folder.required = ["email"]
    answer = await anyone.post("@booking", json=asks())
    assert (answer.status_code, answer.json()["message"]) == (400, "Required input 'email' is missing.")


async def test_add_booking_over_and_before_validity_dates(anyone: httpx.AsyncClient, site: RedTurtleSite) -> None:
    site.folder.until = NOW.date() - timedelta(days=1)
    assert (await anyone.post("@booking", json=asks())).status_code == 400
    site.folder.until, site.folder.since = None, (NOW + timedelta(days=2)).date()
    answer = await anyone.post("@booking", json=asks())
    assert answer.json()["message"] == "Sorry, you can not book this slot for now."


async def test_a_full_slot_is_not_available_anymore(anyone: httpx.AsyncClient) -> None:
    statuses = [(await anyone.post("@booking", json=asks())).status_code for _ in range(3)]
    assert statuses == [200, 200, 400]


async def test_available_slots_when_some_are_full(anyone: httpx.AsyncClient, site: RedTurtleSite) -> None:
    site.folder.gates = ["Gate A"]
    await anyone.post("@booking", json=asks(TOMORROW.replace(hour=7)))
    day = TOMORROW.date().isoformat()
    query = {"start": day, "end": day, "booking_type": "Type A"}
    told = (await anyone.get("@available-slots", params=query)).json()
    assert told["items"] == [f"2023-05-23T{clock}:00+00:00" for clock in ("05:30", "06:00", "07:00")]


async def test_available_slots_wrong_dates(anyone: httpx.AsyncClient) -> None:
    query = {"start": "2023-05-23", "end": "2023-05-22", "booking_type": "Type A"}
    answer = await anyone.get("@available-slots", params=query)
    assert (answer.status_code, answer.json()["message"]) == (400, "End date should be greater than start.")


async def test_booking_schema_called_without_params_returns_an_error(anyone: httpx.AsyncClient) -> None:
    answer = await anyone.get("@booking-schema")
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("You need to provide a booking date")


async def test_moves(anyone: httpx.AsyncClient) -> None:
    uid = (await anyone.post("@booking", json=asks())).json()["UID"]
    target = {"booking_id": uid, "booking_date": (TOMORROW + timedelta(days=1)).isoformat()}
    assert (await anyone.post("@booking-move", json=target)).status_code == 401
    assert (await anyone.post("@booking-move", json=target, auth=ACCOUNT)).status_code == 204
    unknown = {**target, "booking_id": "foo"}
    assert (await anyone.post("@booking-move", json=unknown, auth=ACCOUNT)).status_code == 404


async def test_move_booking_to_used_slot(anyone: httpx.AsyncClient) -> None:
    first, second = [(await anyone.post("@booking", json=asks())).json() for _ in range(2)]
    target = {"booking_id": second["UID"], "booking_date": TOMORROW.isoformat(), "gate": first["gate"]}
    answer = await anyone.post("@booking-move", json=target, auth=ACCOUNT)
    assert answer.status_code == 400
    assert answer.json()["message"] == "Sorry, this slot is not available or does not fit your booking."


async def test_anon_can_delete_a_booking_once(anyone: httpx.AsyncClient) -> None:
    uid = (await anyone.post("@booking", json=asks())).json()["UID"]
    assert (await anyone.delete(f"@booking/{uid}")).status_code == 204
    assert (await anyone.get(f"@booking/{uid}")).json()["booking_status"] == "canceled"
    answer = await anyone.delete(f"@booking/{uid}")
    assert (answer.status_code, answer.json()["message"]) == (400, "You can't delete your reservation.")


async def test_cant_delete_today_booking_nor_one_that_is_not_there(anyone: httpx.AsyncClient) -> None:
    uid = (await anyone.post("@booking", json=asks(NOW))).json()["UID"]
    answer = await anyone.delete(f"@booking/{uid}")
    assert (answer.status_code, answer.json()["message"]) == (400, "You can't delete your reservation; it's too late.")
    for path in ("@booking/foo", "@booking"):
        assert (await anyone.delete(path)).status_code == 404


async def test_search_needs_an_account_and_a_parameter(anyone: httpx.AsyncClient) -> None:
    await anyone.post("@booking", json=asks())
    assert (await anyone.get("@bookings?SearchableText=Rossi")).status_code == 401
    assert (await anyone.get("@bookings", auth=ACCOUNT)).status_code == 400
    found = (await anyone.get("@bookings?SearchableText=rossi", auth=ACCOUNT)).json()
    assert (found["items_total"], found["items"][0]["title"]) == (1, "Mario Rossi")


async def test_an_invalid_date_is_a_fault_of_the_server(anyone: httpx.AsyncClient) -> None:
    answer = await anyone.get("@booking-schema?booking_date=domani")
    assert (answer.status_code, answer.json()["type"]) == (500, "ValueError")


async def test_what_the_real_one_ignores_is_not_let_pass(anyone: httpx.AsyncClient) -> None:
    with pytest.raises(AssertionError, match="never reads"):
        await anyone.get("@available-slots?start=2023-05-23&end=2023-05-23&booking_type=Type+A&month=5")
    with pytest.raises(AssertionError, match="no offset"):
        await anyone.post("@booking", json=asks(datetime(2023, 5, 23, 8)))  # noqa: DTZ001, the mistake is meant
