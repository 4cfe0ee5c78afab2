"""What must be so before people are served: schema, directory, and no example data by mistake."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock
from services_directory.desk.accounts import add_account, has_account
from services_directory.desk.publishing import holds_examples, publish_files
from services_directory.store.migrating import upgrade
from services_directory.store.session import Database

EXAMPLE_PASSWORD = "prova-sportello"  # noqa: S105, printed at every start of the demonstration, and only there
EXAMPLE_ACCOUNTS = (
    ("operatore.taranto@example.org", "operator", "taranto"),
    ("operatore.milano@example.org", "operator", "milano"),
    ("operatore.palermo@example.org", "operator", "palermo"),
    ("operatore.bari@example.org", "operator", "bari"),
    ("rete@example.org", "admin", None),
)


class ExampleDataError(Exception):
    """The database holds example data, and this is not a demonstration."""


@dataclass(frozen=True)
class Account:
    """An example account, as it is printed at the start of the demonstration."""

    email: str
    role: str
    city: str | None
    password: str = EXAMPLE_PASSWORD


async def prepare(database: Database, clock: Clock, *, demo: bool) -> list[Account]:
    """Bring schema and directory up to date; the example accounts of a demonstration.

    Raises ExampleDataError, DataFileError, HoursError; nothing is half done.
    """
    await upgrade(database)
    async with database.writing() as session:
        if not demo and await holds_examples(session):
            raise ExampleDataError(
                "This database holds example data, which must not be shown to people who need help. "
                "Set SPORTELLO_DATABASE_URL to another database, or add --demo to try things out."
            )
        await publish_files(session, example=demo, now=clock.now())
    if not demo:
        return []
    async with database.writing() as session:
        for email, role, city in EXAMPLE_ACCOUNTS:
            if not await has_account(session, email):
                await add_account(session, email, role, city, EXAMPLE_PASSWORD, clock.now())
    return [Account(email, role, city) for email, role, city in EXAMPLE_ACCOUNTS]


async def is_demonstration(database: Database) -> bool:
    """Whether this database already serves a demonstration: whoever joins it (the terminal) need not say so again."""
    await upgrade(database)
    async with database.reading() as session:
        return await holds_examples(session)
