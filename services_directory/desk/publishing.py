"""Puts the data files into the database: all of them or none, and raises the directory's version."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from locales.dates import in_rome
from services_directory.desk.hours import intervals_on
from services_directory.store import files
from services_directory.store.bookings import CounterRow, CounterServiceRow
from services_directory.store.offerings import ActivityRow, ContactRow, GuideRow, RequiredDocumentRow, ServiceRow
from services_directory.store.places import (
    CityRow,
    DirectoryVersionRow,
    HoursExceptionRow,
    OfficeLanguageRow,
    OfficeRow,
    OrganizationRow,
    PhoneRow,
    StopRow,
)
from services_directory.store.session import Base


async def publish_files(session: AsyncSession, *, example: bool, now: datetime) -> bool:
    """Publish the network's data and, with `example`, the example data over it; False when nothing has changed.

    Raises DataFileError and HoursError, and then nothing is changed.
    """
    row = await session.get(DirectoryVersionRow, 1, with_for_update=True)
    # Example dates are so many days after the day of loading, so that day is part of what they say.
    digest = _digest(f"{in_rome(now).date() if example else ''}")
    if row is not None and row.digest == digest:
        return False
    if row is None:
        row = DirectoryVersionRow(id=1, version=0)
        session.add(row)
    await _put_national(session)
    kept = _Kept()
    for found in files.network():
        await _CityFile(session, found, now, example=False).put(kept)
    for found in files.examples() if example else ():
        await _CityFile(session, found, now, example=True).put(kept)
    await kept.retire_others(session)
    row.version, row.digest = row.version + 1, digest
    return True


async def holds_examples(session: AsyncSession) -> bool:
    """Whether example data is in the database: a production start must refuse to serve it."""
    return await session.scalar(select(OfficeRow.key).where(OfficeRow.example).limit(1)) is not None


class _Kept:
    """What the files describe: services, activities and counters of which they no longer speak are retired."""

    def __init__(self) -> None:
        self.keys: dict[type[Base], set[str]] = {ServiceRow: set(), ActivityRow: set(), CounterRow: set()}

    async def retire_others(self, session: AsyncSession) -> None:
        for table, keys in self.keys.items():
            await session.execute(update(table).where(_key(table).not_in(keys)).values(retired=True))


class _CityFile:
    """One city's file on its way into the database, owners before what belongs to them."""

    def __init__(self, session: AsyncSession, found: files.CityFile, now: datetime, *, example: bool) -> None:
        self.session, self.found, self.example = session, found, example
        self.rome = in_rome(now)
        self.offices = [office.key for office in found.offices]

    async def put(self, kept: _Kept) -> None:
        for organization in self.found.organizations:
            await self._put(OrganizationRow, organization, ("name", "about", "website"))
        await self.session.flush()
        places = ("organization", "name", "about", "address", "latitude", "longitude", "email", "hours")
        for position, office in enumerate(self.found.offices):
            await self._put(OfficeRow, office, places, kind=office.kind.value, position=position)
        await self.session.flush()
        await self._put_office_details()
        said = ("organization", "office", "name", "about", "topics", "eligibility", "cost")
        for position, service in enumerate(self.found.services):
            booking: dict[str, Any] = service.booking.model_dump() if service.booking else {"minutes": None}
            await self._put(ServiceRow, service, said, position=position, retired=False, **booking)
        told = ("organization", "office", "name", "about", "topics", "schedule", "seats", "childcare", "level")
        for position, activity in enumerate(self.found.activities):
            ahead = activity.starts_in_days
            starts_on = None if ahead is None else self.rome.date() + timedelta(days=ahead)
            await self._put(ActivityRow, activity, told, position=position, retired=False, starts_on=starts_on)
        await self.session.flush()
        await self._put_papers()
        await self._put_counters()
        kept.keys[ServiceRow].update(service.key for service in self.found.services)
        kept.keys[ActivityRow].update(activity.key for activity in self.found.activities)
        kept.keys[CounterRow].update(counter.key for office in self.found.offices for counter in office.counters)

    async def _put(
        self,
        table: type[Base],
        record: files.Keyed,
        fields: Sequence[str],
        **more: Any,  # noqa: ANN401, any column
    ) -> None:
        values = {**_fields(record, fields), **more, **_trust(record, example=self.example)}
        await _put(self.session, table, record.key, {"city": self.found.city, **values})

    async def _put_office_details(self) -> None:
        offices = self.found.offices
        for office in offices:
            if office.hours is not None:
                intervals_on(office.hours, self.rome.date())  # raises HoursError before anybody finds a closed door
        phones = (
            {"office": office.key, "position": position, **_fields(phone, ("number", "note"))}
            for office in offices
            for position, phone in enumerate(office.phones)
        )
        languages = ({"office": office.key, "language": code} for office in offices for code in office.languages)
        exceptions = (
            {"office": office.key, **_fields(exception, ("first_day", "last_day", "hours", "reason"))}
            for office in offices
            for exception in office.exceptions
        )
        stops = (self._stop(office, stop) for office in offices for stop in office.stops)
        await _replace(self.session, PhoneRow.office, self.offices, phones)
        await _replace(self.session, OfficeLanguageRow.office, self.offices, languages)
        await _replace(self.session, HoursExceptionRow.office, self.offices, exceptions)
        await _replace(self.session, StopRow.office, self.offices, stops)

    def _stop(self, office: files.Office, stop: files.Stop) -> dict[str, Any]:
        day = self.rome.date() + timedelta(days=stop.in_days)
        starts, ends = (datetime.combine(day, at, self.rome.tzinfo) for at in (stop.starts, stop.ends))
        return {
            "office": office.key,
            "starts": starts,
            "ends": ends,
            **_fields(stop, ("place", "latitude", "longitude")),
        }

    async def _put_papers(self) -> None:
        papers = (
            {"service": service.key, "position": position, "text": text}
            for service in self.found.services
            for position, text in enumerate(service.documents)
        )
        await _replace(self.session, RequiredDocumentRow.service, [one.key for one in self.found.services], papers)

    async def _put_counters(self) -> None:
        counters = [(office, counter) for office in self.found.offices for counter in office.counters]
        for office, counter in counters:
            values = _fields(counter, ("name", "hours", "grid", "languages"))
            await _put(self.session, CounterRow, counter.key, {"office": office.key, "retired": False, **values})
        await self.session.flush()
        serves = ({"counter": counter.key, "service": key} for _office, counter in counters for key in counter.services)
        await _replace(self.session, CounterServiceRow.counter, [counter.key for _office, counter in counters], serves)


async def _put_national(session: AsyncSession) -> None:
    """Cities, national telephone numbers and guides."""
    for city in files.cities():
        values = _fields(city, ("name", "latitude", "longitude", "patron", "patron_day"))
        await _put(session, CityRow, city.slug, {**values, **_trust(city, example=False)})
    for contact in files.contacts():
        values = _fields(contact, ("name", "hours", "free", "website", "what"))
        phones = [{"number": phone.number} for phone in contact.phones]
        await _put(session, ContactRow, contact.key, {**values, "phones": phones, **_trust(contact, example=False)})
    for guide in files.guides():
        values = _fields(guide, ("topic", "intents", "rank", "title", "answer", "contacts", "review_by"))
        lists = {"steps": tuple(guide.steps), "documents": tuple(guide.documents)}
        await _put(session, GuideRow, guide.key, {**values, **lists, **_trust(guide, example=False)})
    await session.flush()


async def _put(session: AsyncSession, table: type[Base], key: str, values: dict[str, Any]) -> None:
    """Write one record under its key, new or changed."""
    row = await session.get(table, key)
    if row is None:
        session.add(table(**{_key(table).key: key, **values}))
        return
    for name, value in values.items():
        setattr(row, name, value)


async def _replace(
    session: AsyncSession, owner: InstrumentedAttribute[str], owners: Sequence[str], rows: Iterable[dict[str, Any]]
) -> None:
    """Replace what belongs to these owners: telephones, languages, exceptions, stops, papers."""
    table: type[Base] = owner.parent.class_
    await session.execute(delete(table).where(owner.in_(owners)))
    session.add_all(table(**values) for values in rows)
    await session.flush()


def _key(table: type[Base]) -> InstrumentedAttribute[str]:
    column: InstrumentedAttribute[str] = getattr(table, table.__mapper__.primary_key[0].name)
    return column


def _fields(record: BaseModel, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


def _trust(record: files.Record, *, example: bool) -> dict[str, Any]:
    return {"sources": record.sources, "verified_on": record.verified_on, "example": example}


def _digest(day: str) -> str:
    """Of every data file and of our own code that writes them."""
    digest = hashlib.sha256(day.encode())
    for path in [*sorted(files.DATA.rglob("*.yml")), Path(__file__), Path(files.__file__)]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
