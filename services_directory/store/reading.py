"""Rows into facts: everything published, read once and kept in memory until the next publication."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from locales.dates import in_rome
from locales.text import Phone
from services_directory.facts import (
    Activity,
    Alert,
    AtOffice,
    Audience,
    Checked,
    City,
    Contact,
    Counter,
    Elsewhere,
    Guide,
    Office,
    OfficeKind,
    Organization,
    Reminders,
    Service,
    Session,
    SpokenLanguage,
    Stop,
)
from services_directory.store.bookings import CounterRow, CounterServiceRow
from services_directory.store.localized import from_json
from services_directory.store.offerings import ActivityRow, ContactRow, GuideRow, ServiceRow
from services_directory.store.places import (
    CityRow,
    DirectoryVersionRow,
    HoursExceptionRow,
    OfficeRow,
    OrganizationRow,
    Verified,
)

REVIEW_AFTER = timedelta(days=180)
"""A place, a service or an activity not verified for so long is called stale."""
CONTACT_REVIEW_AFTER = timedelta(days=365)
GUIDE_REVIEW_AFTER = timedelta(days=730)
"""Law changes slowly, but it does."""


@dataclass(frozen=True)
class Published:
    """All that is published, in the order in which it is shown."""

    version: int
    day: date
    cities: tuple[City, ...]
    organizations: tuple[Organization, ...]
    offices: tuple[Office, ...]
    weeks: dict[str, str | None]
    """Office or counter key -> opening_hours expression; None: not known (an office), the office's own (a counter)."""
    exceptions: dict[str, tuple[HoursExceptionRow, ...]]
    patrons: dict[str, CityRow]
    stops: dict[str, tuple[Stop, ...]]
    services: tuple[Service, ...]
    activities: tuple[Activity, ...]
    counters: tuple[Counter, ...]
    guides: tuple[Guide, ...]
    contacts: tuple[Contact, ...]


async def version(session: AsyncSession) -> int:
    """The number of the newest publication; 0 when nothing was ever published."""
    return await session.scalar(select(DirectoryVersionRow.version)) or 0


async def published(session: AsyncSession, today: date) -> Published:
    """Everything, as of `today` in Rome (what is stale depends on the day)."""
    options = (
        selectinload(OfficeRow.phones),
        selectinload(OfficeRow.languages),
        selectinload(OfficeRow.exceptions),
        selectinload(OfficeRow.stops),
    )
    cities = (await session.scalars(select(CityRow).order_by(CityRow.slug))).all()
    offices = (await session.scalars(select(OfficeRow).options(*options).order_by(OfficeRow.position))).all()
    counters = (await session.scalars(select(CounterRow).where(~CounterRow.retired).order_by(CounterRow.key))).all()
    served: dict[str, set[str]] = {}
    for counter, service in await session.execute(select(CounterServiceRow.counter, CounterServiceRow.service)):
        served.setdefault(counter, set()).add(service)
    bookable = {service for counter in counters for service in served.get(counter.key, ())}
    services = await session.scalars(
        select(ServiceRow).options(selectinload(ServiceRow.documents)).order_by(ServiceRow.position)
    )
    activities = await session.scalars(select(ActivityRow).order_by(ActivityRow.position))
    guides = await session.scalars(select(GuideRow).where(~GuideRow.retired).order_by(GuideRow.rank, GuideRow.key))
    contacts = await session.scalars(select(ContactRow).where(~ContactRow.retired).order_by(ContactRow.key))
    return Published(
        version=await version(session),
        day=today,
        cities=tuple(City(row.slug, row.name, row.latitude, row.longitude, _checked(row, today)) for row in cities),
        organizations=tuple(
            Organization(row.key, row.city, row.name, row.about, row.website, _checked(row, today))
            for row in await session.scalars(
                select(OrganizationRow).where(~OrganizationRow.retired).order_by(OrganizationRow.key)
            )
        ),
        offices=tuple(_office(row, today) for row in offices),
        weeks={**{row.key: row.hours for row in offices}, **{row.key: row.hours for row in counters}},
        exceptions={row.key: tuple(sorted(row.exceptions, key=lambda exception: exception.id)) for row in offices},
        patrons={row.slug: row for row in cities},
        stops={row.key: tuple(_stops(row)) for row in offices},
        services=tuple(_service(row, today, row.key in bookable) for row in services),
        activities=tuple(_activity(row, today) for row in activities),
        counters=tuple(
            Counter(
                row.key,
                row.office,
                row.name,
                row.grid,
                tuple(row.languages),
                frozenset(served.get(row.key, ())),
                row.walk_ins,
                Elsewhere(**row.elsewhere) if row.elsewhere else None,
            )
            for row in counters
        ),
        guides=tuple(_guide(row, today) for row in guides),
        contacts=tuple(_contact(row, today) for row in contacts),
    )


def _checked(row: Verified, today: date, after: timedelta = REVIEW_AFTER) -> Checked:
    stale = row.verified_on is not None and row.verified_on + after < today
    return Checked(row.verified_on, stale=stale, example=row.example)


def _office(row: OfficeRow, today: date) -> Office:
    return Office(
        key=row.key,
        city=row.city,
        kind=OfficeKind(row.kind),
        label=row.name,
        about=row.about,
        address=row.address,
        latitude=row.latitude,
        longitude=row.longitude,
        phones=tuple(Phone.read(phone.number) for phone in row.phones),
        email=row.email,
        languages=tuple(sorted(spoken.language for spoken in row.languages)),
        hours_known=row.hours is not None,
        checked=_checked(row, today),
        postal_code=row.postal_code,
        organization=row.organization,
        accessibility=row.accessibility,
        spoken=tuple(
            SpokenLanguage(spoken.language, spoken.hours, spoken.mediator)
            for spoken in sorted(row.languages, key=lambda spoken: spoken.language)
        ),
        alerts=tuple(
            Alert(date.fromisoformat(one["first_day"]), date.fromisoformat(one["last_day"]), from_json(one["text"]))
            for one in row.alerts
        ),
        reminders=Reminders(**row.reminders),
        retired=row.retired,
    )


def _stops(row: OfficeRow) -> Iterable[Stop]:
    for stop in row.stops:
        yield Stop(in_rome(stop.starts), in_rome(stop.ends), stop.place, stop.latitude, stop.longitude)


def _service(row: ServiceRow, today: date, served: bool) -> Service:  # noqa: FBT001, whether a counter serves it
    return Service(
        key=row.key,
        city=row.city,
        label=row.name,
        about=row.about,
        topics=tuple(row.topics),
        offices=_places(row.offices),
        documents=tuple(document.text for document in row.documents),
        eligibility=row.eligibility,
        cost=row.cost,
        provider=row.organization,
        bookable=row.minutes is not None and served and not row.retired,
        minutes=row.minutes,
        lead_minutes=row.lead_minutes,
        horizon_days=row.horizon_days,
        buffer_minutes=row.buffer_minutes,
        same_day=row.same_day,
        most_people=row.most_people,
        more_minutes=row.more_minutes,
        checked=_checked(row, today),
        retired=row.retired,
        audience=tuple(map(Audience, row.audience)),
        how=row.how,
        capacity=row.capacity,
        website=row.website,
    )


def _activity(row: ActivityRow, today: date) -> Activity:
    return Activity(
        key=row.key,
        city=row.city,
        label=row.name,
        about=row.about,
        topics=tuple(row.topics),
        offices=_places(row.offices),
        schedule=row.schedule,
        starts_on=row.starts_on,
        seats_left=row.seats,
        childcare=row.childcare,
        level=row.level,
        checked=_checked(row, today),
        retired=row.retired,
        provider=row.organization,
        audience=tuple(map(Audience, row.audience)),
        sessions=tuple(
            sorted(
                (Session(_instant(one["starts"]), _instant(one["ends"]), one.get("place")) for one in row.sessions),
                key=lambda meeting: meeting.starts,
            )
        ),
    )


def _places(saved: Iterable[dict[str, str]]) -> tuple[AtOffice, ...]:
    return tuple(AtOffice(one["office"], one.get("hours")) for one in saved)


def _instant(words: str) -> datetime:
    return in_rome(datetime.fromisoformat(words))


def _guide(row: GuideRow, today: date) -> Guide:
    return Guide(
        key=row.key,
        topic=row.topic,
        intents=tuple(row.intents),
        label=row.title,
        answer=row.answer,
        steps=row.steps,
        documents=row.documents,
        contacts=tuple(row.contacts),
        sources=tuple((source["title"], source.get("url", "")) for source in row.sources),
        checked=Checked(
            row.verified_on,
            stale=row.review_by < today or _checked(row, today, GUIDE_REVIEW_AFTER).stale,
            example=row.example,
        ),
    )


def _contact(row: ContactRow, today: date) -> Contact:
    return Contact(
        key=row.key,
        label=row.name,
        phones=tuple(Phone.read(phone["number"]) for phone in row.phones),
        hours=row.hours,
        free=row.free,
        website=row.website,
        what=row.what,
        checked=_checked(row, today, CONTACT_REVIEW_AFTER),
    )
