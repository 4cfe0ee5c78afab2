"""Booking over HTTP: each deed once, whatever is sent twice or late, and refusals that say what to do."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import Phase, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import ignored_auth
from sqlalchemy import select

from services_directory.api.booking import PREFIX, booking_api
from services_directory.api.booking_callers import BOOKED_A_DAY, DONE_A_MINUTE
from services_directory.api.deeds import Deed, Deeds
from services_directory.api.problems import ProblemError
from services_directory.desk.bearers import person_of
from services_directory.desk.directory import Shelf
from services_directory.store.bookings import AppointmentRow
from services_directory.store.session import Database
from services_directory.store.waiting import DeedRow
from tests.town import FakeClock

WORK = "taranto-desk-work"
TEN = "2026-11-26T10:00"
SECRET = "s" * 32


class Counted:
    """Counts as the real limits do, without a window."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    async def wait(self, subject: str, most: int, window: int = 60) -> int:
        assert window > 0
        self.counts[subject] = self.counts.get(subject, 0) + 1
        return 0 if self.counts[subject] <= most else 17


class Unlimited:
    async def wait(self, _subject: str, _most: int, _window: int = 60) -> int:
        return 0


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def database(town_url: str) -> AsyncIterator[Database]:
    database = Database(town_url)
    yield database
    await database.close()


@pytest.fixture
def counted() -> Counted:
    return Counted()


@pytest.fixture
async def api(database: Database, clock: FakeClock, counted: Counted) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI(openapi_url="/api/openapi.json")
    app.include_router(booking_api(database, Shelf(), clock.now, counted))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url=f"http://sportello.test{PREFIX}", params={"language": "en"}
    ) as client:
        yield client


def headers(key: str | None = None, secret: str = SECRET) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}", "Idempotency-Key": key or secrets.token_hex(8)}


def wanted(**changes: Any) -> dict[str, Any]:
    return {"service": WORK, "slot": TEN, "name": "Amina", **changes}


async def booked(api: httpx.AsyncClient, secret: str = SECRET, **changes: Any) -> Any:
    answer = await api.post("/appointments", json=wanted(**changes), headers=headers(secret=secret))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def rows(database: Database) -> list[AppointmentRow]:
    async with database.reading() as session:
        return list(await session.scalars(select(AppointmentRow).where(AppointmentRow.state == "booked")))


def problem(answer: httpx.Response, status: int) -> Any:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == status
    assert said["title"]
    assert said["detail"]
    return said


async def test_from_the_services_of_a_city_to_an_appointment(api: httpx.AsyncClient, database: Database) -> None:
    services = (await api.get("/cities/taranto/services")).json()
    (work,) = [one for one in services if one["name"] == "Work desk"]
    (day, *_days) = (await api.get(f"/services/{work['key']}/days", params={"language": "en"})).json()[1:]
    times = (await api.get(f"/services/{work['key']}/days/{day['day']}/times")).json()
    assert times[0]["slot"].startswith(day["day"])
    assert len(times) == day["free"]
    told = await booked(api, slot=times[0]["slot"])
    assert told["starts"] == times[0]["starts"]
    assert told["state"] == "booked"
    assert told["office"]["address"]
    assert told["documents"]
    (row,) = await rows(database)
    assert (row.code, row.name, row.language, row.person) == (told["code"], "Amina", "en", person_of(SECRET))


async def test_the_same_key_does_it_once_and_answers_the_same(api: httpx.AsyncClient, database: Database) -> None:
    first, again = [await api.post("/appointments", json=wanted(), headers=headers("one")) for _twice in range(2)]
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert len(await rows(database)) == 1


async def test_requests_at_the_same_time_are_done_once(api: httpx.AsyncClient, database: Database) -> None:
    asked = [api.post("/appointments", json=wanted(), headers=headers("one")) for _many in range(5)]
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*asked))
    assert statuses[0] == 201
    assert set(statuses) <= {201, 409}
    assert len(await rows(database)) == 1


async def test_another_process_that_does_the_same_is_waited_for(database: Database, clock: FakeClock) -> None:
    deed = Deed(SECRET, "one", "POST", "/x", {"a": 1})
    done: list[int] = []

    async def do(_session: object) -> tuple[int, dict[str, Any]]:
        await asyncio.sleep(0.2)
        done.append(1)
        return 201, {"number": len(done)}

    answers = await asyncio.gather(*(Deeds(database, clock.now).once(deed, do) for _process in range(3)))
    assert answers == [(201, {"number": 1})] * 3
    assert done == [1]


async def test_while_it_is_being_done_the_same_request_is_asked_to_wait(database: Database, clock: FakeClock) -> None:
    deeds, deed = Deeds(database, clock.now), Deed(SECRET, "one", "POST", "/x", {})
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def do(_session: object) -> tuple[int, dict[str, Any]]:
        begun.set()
        await may_end.wait()
        return 201, {}

    first = asyncio.create_task(deeds.once(deed, do))
    await begun.wait()
    with pytest.raises(ProblemError) as refused:
        await deeds.once(deed, do)
    assert refused.value.status == 409
    may_end.set()
    assert await first == (201, {})


async def test_the_key_of_another_request_is_refused(api: httpx.AsyncClient) -> None:
    await api.post("/appointments", json=wanted(), headers=headers("one"))
    other = await api.post("/appointments", json=wanted(name="Badru"), headers=headers("one"))
    assert "another request" in problem(other, 422)["detail"]
    else_where = await api.post("/holds", json={"service": WORK, "slot": TEN}, headers=headers("one"))
    problem(else_where, 422)


async def test_a_key_is_its_owners_alone_and_is_forgotten_after_a_day(
    api: httpx.AsyncClient, database: Database, clock: FakeClock
) -> None:
    mine = await api.post("/appointments", json=wanted(), headers=headers("one"))
    theirs = await api.post("/appointments", json=wanted(slot="2026-11-26T10:30"), headers=headers("one", "t" * 32))
    assert mine.json()["code"] != theirs.json()["code"]
    clock.passes(hours=25)
    await api.delete(f"/appointments/{theirs.json()['code']}", headers=headers("two", "t" * 32))
    async with database.reading() as session:
        kept = list(await session.scalars(select(DeedRow)))
    assert len(kept) == 1
    assert not any(secret in row.key + row.asked + str(row.answer) for row in kept for secret in (SECRET, "Amina"))


async def test_a_refusal_is_not_kept(api: httpx.AsyncClient) -> None:
    for secret in "abc":
        answer = await api.post("/appointments", json=wanted(), headers=headers(secret=secret * 40))
        last = secret * 40
    problem(answer, 409)
    key = headers("late", "z" * 32)
    assert (
        "has just been taken by somebody else"
        in problem(await api.post("/appointments", json=wanted(), headers=key), 409)["detail"]
    )
    gone = await booked(api, secret=last, slot="2026-11-27T10:00")
    assert gone["code"]
    again = await api.post("/appointments", json=wanted(slot="2026-11-26T11:00"), headers=key)
    assert again.status_code == 201


async def test_a_held_time_is_kept_for_its_owner_alone(api: httpx.AsyncClient, clock: FakeClock) -> None:
    holds = [
        await api.post("/holds", json={"service": WORK, "slot": TEN}, headers=headers(secret=who * 32)) for who in "ab"
    ]
    assert [answer.status_code for answer in holds] == [201, 201]
    assert holds[0].json()["until"] == "2026-11-25T08:10:00+01:00"
    problem(await api.post("/appointments", json=wanted(), headers=headers(secret="c" * 32)), 409)
    free = f"/services/{WORK}/days/2026-11-26/times"
    assert TEN not in [one["slot"] for one in (await api.get(free)).json()]
    own = {"Authorization": f"Bearer {'a' * 32}"}
    assert TEN in [one["slot"] for one in (await api.get(free, headers=own)).json()]
    await booked(api, secret="a" * 32)
    clock.passes(minutes=11)
    await booked(api, secret="c" * 32)


async def test_it_is_moved_and_cancelled_by_its_owner_alone(api: httpx.AsyncClient, database: Database) -> None:
    code = (await booked(api))["code"]
    path = f"/appointments/{code}"
    stranger = headers(secret="x" * 32)
    for answer in (
        await api.get(path, headers=stranger),
        await api.patch(path, json={"slot": "2026-11-27T09:30"}, headers=stranger),
        await api.delete(path, headers=stranger),
    ):
        problem(answer, 404)
    moved = await api.patch(path, json={"slot": "2026-11-27T09:30"}, headers=headers("move"))
    assert moved.json()["starts"] == "2026-11-27T09:30:00+01:00"
    assert (await api.get(f"/appointments/{code.lower()}", headers=headers())).json() == moved.json()
    cancelled = await api.delete(path, headers=headers("cancel"))
    assert cancelled.json()["state"] == "cancelled_by_person"
    assert (await api.delete(path, headers=headers("cancel"))).json() == cancelled.json()
    assert "can no longer be changed" in problem(await api.delete(path, headers=headers()), 409)["detail"]
    assert (await api.get(path, headers=headers())).json()["state"] == "cancelled_by_person"
    assert await rows(database) == []


async def test_one_open_appointment_a_service_and_which_it_is(api: httpx.AsyncClient) -> None:
    first = await booked(api)
    answer = await api.post("/appointments", json=wanted(slot="2026-11-26T11:00"), headers=headers())
    said = problem(answer, 409)
    assert "You already have an appointment for this" in said["detail"]
    assert said["appointment"] == first["code"]
    italian = await api.post(
        "/appointments", params={"language": "it"}, json=wanted(slot="2026-11-26T11:00"), headers=headers()
    )
    assert "Hai già un appuntamento" in problem(italian, 409)["detail"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"json": wanted(), "headers": {"Authorization": f"Bearer {SECRET}"}}, 400),
        ({"json": wanted(), "headers": headers() | {"Idempotency-Key": "ü".encode("latin-1")}}, 400),
        ({"json": wanted(), "headers": {"Idempotency-Key": "k"}}, 401),
        ({"json": wanted(), "headers": headers(secret="short")}, 401),
        ({"json": wanted(name=" 12 "), "headers": headers()}, 422),
        ({"json": wanted(name="Am\u0000ina"), "headers": headers()}, 422),
        ({"json": wanted(slot="2026-02-31T10:00"), "headers": headers()}, 422),
        ({"json": wanted(slot="10:00"), "headers": headers()}, 422),
        ({"json": wanted(people=0), "headers": headers()}, 422),
        ({"json": wanted(people=9), "headers": headers()}, 422),
        ({"json": wanted(tax_code="RSSMRA80A01H501U"), "headers": headers()}, 422),
        ({"content": b"{", "headers": headers()}, 422),
        ({"json": wanted(service="cats"), "headers": headers()}, 404),
        ({"json": wanted(slot="2026-11-26T03:00"), "headers": headers()}, 409),
        ({"json": wanted(slot="2020-11-26T10:00"), "headers": headers()}, 409),
    ],
)
async def test_what_cannot_be_is_said_and_nothing_is_booked(
    api: httpx.AsyncClient, database: Database, sent: dict[str, Any], status: int
) -> None:
    said = problem(await api.post("/appointments", **sent), status)
    assert all(fault["where"] and fault["what"] for fault in said.get("errors", ()))
    assert await rows(database) == []


async def test_who_has_no_secret_is_told_how_to_have_one(api: httpx.AsyncClient) -> None:
    answer = await api.get("/appointments/ABCDEF")
    assert "32 characters" in problem(answer, 401)["detail"]
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "path", ["/cities/atlantis/services", "/services/cats/days", "/services/cats/days/2026-11-26/times"]
)
async def test_what_is_unknown_is_not_found(api: httpx.AsyncClient, path: str) -> None:
    problem(await api.get(path), 404)


async def test_an_address_that_does_too_much_is_asked_to_wait(api: httpx.AsyncClient) -> None:
    for _one in range(DONE_A_MINUTE):
        await api.post("/holds", json={"service": "cats", "slot": TEN}, headers=headers())
    answer = await api.post("/holds", json={"service": WORK, "slot": TEN}, headers=headers())
    assert "17 seconds" in problem(answer, 429)["detail"]
    assert answer.headers["retry-after"] == "17"


async def test_an_address_from_which_enough_was_booked_today_is_asked_to_wait(
    api: httpx.AsyncClient, counted: Counted
) -> None:
    counted.counts["booking-api:booked:127.0.0.1"] = BOOKED_A_DAY
    answer = await api.post("/appointments", json=wanted(), headers=headers())
    assert "from this address" in problem(answer, 429)["detail"]
    assert (await api.post("/holds", json={"service": WORK, "slot": TEN}, headers=headers())).status_code == 201


def test_nothing_that_a_machine_can_think_of_breaks_it(machine_database: Database) -> None:
    app = FastAPI(openapi_url="/api/openapi.json")
    app.include_router(booking_api(machine_database, Shelf(), FakeClock().now, Unlimited()))
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    operations = [one.ok() for one in schema.get_all_operations() if isinstance(one, Ok)]
    assert len(operations) == 8
    for operation in operations:

        @settings(max_examples=20, database=None, phases=[Phase.explicit, Phase.generate], deadline=None)
        @given(case=operation.as_strategy())
        def holds(case: Any) -> None:
            # A secret is made up by whoever calls: there is no invalid one but a short one.
            case.call_and_validate(excluded_checks=[ignored_auth])

        holds()
