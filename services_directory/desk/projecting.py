"""Writes records onto the tables from which people are answered and on which appointments rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services_directory.store import records
from services_directory.store.bookings import CounterRow, CounterServiceRow
from services_directory.store.offerings import ActivityRow, ContactRow, GuideRow, RequiredDocumentRow, ServiceRow
from services_directory.store.places import (
    CityRow,
    HoursExceptionRow,
    OfficeLanguageRow,
    OfficeRow,
    OrganizationRow,
    PhoneRow,
    StopRow,
)
from services_directory.store.session import Base

TRUST = ("sources", "verified_on", "verified_by", "example")
ORGANIZATION = ("city", "name", "about", "website", "retired", *TRUST)
OFFICE = (
    "city", "organization", "name", "about", "address", "postal_code", "latitude", "longitude", "accessibility",
    "email", "hours", "position", "retired", *TRUST,
)  # fmt: skip
SERVICE = (
    "city", "organization", "name", "about", "topics", "audience", "eligibility", "how", "cost", "capacity",
    "website", "position", "retired", *TRUST,
)  # fmt: skip
ACTIVITY = (
    "city", "organization", "name", "about", "topics", "audience", "schedule", "starts_on", "seats",
    "childcare", "level", "position", "retired", *TRUST,
)  # fmt: skip
GUIDE = ("topic", "intents", "rank", "title", "answer", "contacts", "review_by", "retired", *TRUST)
CONTACT = ("name", "hours", "free", "languages", "website", "what", "retired", *TRUST)

Some = TypeVar("Some", bound=records.Keyed)


async def project(session: AsyncSession, changed: Sequence[records.Keyed]) -> None:
    """Write these records, what others refer to first."""
    tables = _Tables(session)
    await tables.put(
        OrganizationRow, ((one.key, _fields(one, ORGANIZATION)) for one in _of(changed, records.Organization))
    )
    await _offices(tables, _of(changed, records.Office))
    await _services(tables, _of(changed, records.Service))
    await _activities(tables, _of(changed, records.Activity))
    await _counters(tables, _of(changed, records.Office))
    await tables.put(
        ContactRow,
        (
            (one.key, {**_fields(one, CONTACT), "phones": [{"number": phone.number} for phone in one.phones]})
            for one in _of(changed, records.Contact)
        ),
    )
    await tables.put(
        GuideRow,
        (
            (one.key, {**_fields(one, GUIDE), "steps": tuple(one.steps), "documents": tuple(one.documents)})
            for one in _of(changed, records.Guide)
        ),
    )


async def project_cities(session: AsyncSession, cities: Sequence[records.City]) -> None:
    """Write the cities of the network."""
    names = ("name", "latitude", "longitude", "patron", "patron_day", *TRUST)
    await _Tables(session).put(CityRow, ((city.slug, _fields(city, names)) for city in cities))


class _Tables:
    """Writes rows under their keys: new ones, changed ones, and what belongs to them."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def put(self, table: type[Base], rows: Iterable[tuple[str, dict[str, Any]]]) -> None:
        written = dict(rows)
        if not written:
            return
        key = _key(table)
        known = {
            getattr(row, key.key): row for row in await self.session.scalars(select(table).where(key.in_(written)))
        }
        for name, values in written.items():
            row = known.get(name)
            if row is None:
                self.session.add(table(**{key.key: name, **values}))
                continue
            for column, value in values.items():
                setattr(row, column, value)
        await self.session.flush()

    async def replace(
        self, owner: InstrumentedAttribute[str], owners: Sequence[str], rows: Iterable[dict[str, Any]]
    ) -> None:
        """Replace what belongs to these owners: telephones, languages, exceptions, stops, papers."""
        if not owners:
            return
        table: type[Base] = owner.parent.class_
        await self.session.execute(delete(table).where(owner.in_(owners)))
        self.session.add_all(table(**values) for values in rows)
        await self.session.flush()


async def _offices(tables: _Tables, offices: Sequence[records.Office]) -> None:
    await tables.put(
        OfficeRow,
        (
            (
                one.key,
                {
                    **_fields(one, OFFICE),
                    "kind": one.kind.value,
                    "alerts": [alert.model_dump(mode="json") for alert in one.alerts],
                    "reminders": one.reminders.model_dump(),
                },
            )
            for one in offices
        ),
    )
    keys = [one.key for one in offices]
    parts: tuple[tuple[InstrumentedAttribute[str], str, tuple[str, ...]], ...] = (
        (PhoneRow.office, "phones", ("number", "note")),
        (OfficeLanguageRow.office, "languages", ("language", "hours", "mediator")),
        (HoursExceptionRow.office, "exceptions", ("first_day", "last_day", "hours", "counter", "reason")),
        (StopRow.office, "stops", ("starts", "ends", "place", "latitude", "longitude")),
    )
    for owner, name, fields in parts:
        numbered = owner is PhoneRow.office
        rows = (
            {"office": one.key, **_fields(part, fields), **({"position": position} if numbered else {})}
            for one in offices
            for position, part in enumerate(getattr(one, name))
        )
        await tables.replace(owner, keys, rows)


async def _services(tables: _Tables, services: Sequence[records.Service]) -> None:
    await tables.put(
        ServiceRow,
        (
            (
                one.key,
                {
                    **_fields(one, SERVICE),
                    "offices": [place.model_dump() for place in one.offices],
                    **(one.booking.model_dump() if one.booking else {"minutes": None}),
                },
            )
            for one in services
        ),
    )
    papers = (
        {"service": one.key, "position": position, "text": text}
        for one in services
        for position, text in enumerate(one.documents)
    )
    await tables.replace(RequiredDocumentRow.service, [one.key for one in services], papers)


async def _activities(tables: _Tables, activities: Sequence[records.Activity]) -> None:
    await tables.put(
        ActivityRow,
        (
            (
                one.key,
                {
                    **_fields(one, ACTIVITY),
                    "offices": [place.model_dump() for place in one.offices],
                    "sessions": [session.model_dump(mode="json") for session in one.sessions],
                },
            )
            for one in activities
        ),
    )


async def _counters(tables: _Tables, offices: Sequence[records.Office]) -> None:
    """The counters of these offices; one that is no longer named is retired, for appointments were made at it."""
    counters = {counter.key: (office, counter) for office in offices for counter in office.counters}
    values = ("name", "hours", "grid", "languages", "walk_ins")
    await tables.put(
        CounterRow,
        (
            (
                key,
                {
                    "office": office.key,
                    "retired": office.retired,
                    "elsewhere": counter.elsewhere.model_dump() if counter.elsewhere else None,
                    **_fields(counter, values),
                },
            )
            for key, (office, counter) in counters.items()
        ),
    )
    others = select(CounterRow).where(CounterRow.office.in_([one.key for one in offices]), ~CounterRow.retired)
    for row in await tables.session.scalars(others):
        row.retired = row.key not in counters
    serves = (
        {"counter": key, "service": service}
        for key, (_one, counter) in counters.items()
        for service in counter.services
    )
    await tables.replace(CounterServiceRow.counter, list(counters), serves)


def _of(changed: Iterable[records.Keyed], kind: type[Some]) -> list[Some]:
    return [one for one in changed if isinstance(one, kind)]


def _key(table: type[Base]) -> InstrumentedAttribute[str]:
    column: InstrumentedAttribute[str] = getattr(table, table.__mapper__.primary_key[0].name)
    return column


def _fields(record: BaseModel, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}
