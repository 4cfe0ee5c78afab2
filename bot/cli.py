"""The command line: `sportello`. Exit status 0 done, 1 it failed and says why, 2 wrong usage."""

from __future__ import annotations

import asyncio
import getpass
import logging
import os
import sys
from typing import Annotated

import typer
import uvicorn

from bot import cli_directory, cli_nlu, cli_whatsapp
from bot.channels.terminal import Terminal, converse
from bot.cli_base import failing_kindly, interpreting, lines, with_database
from bot.clock import SystemClock
from bot.house import House
from bot.preparing import Account, is_demonstration, prepare
from bot.settings import read_settings
from bot.workers import Workers
from locales.languages import SPOKEN
from nlu.embedded import EmbeddedInterpreter
from nlu.model import Model
from services_directory.desk.accounts import add_account
from services_directory.store.migrating import upgrade
from services_directory.store.session import Database

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
db = typer.Typer(no_args_is_help=True, help="The database's schema.")
user = typer.Typer(no_args_is_help=True, help="Accounts of the console.")
cli_directory.add_to(app)
cli_nlu.add_to(app)
cli_whatsapp.add_to(app)
for group, name in ((db, "db"), (user, "user")):
    app.add_typer(group, name=name)


def main() -> None:
    """Where the installed command begins."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for noisy in ("httpx", "alembic"):  # the lines of httpx hold Telegram's token
        logging.getLogger(noisy).setLevel(logging.WARNING)
    app()


@app.command()
@failing_kindly
def run(
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
    *,
    demo: Annotated[bool, typer.Option("--demo", help="With example data, to try things out.")] = False,
) -> None:
    """Serve web chat, console, API and webhooks; poll Telegram when it has a token and no webhook address."""
    if demo:
        os.environ["SPORTELLO_DEMO"] = "1"
    settings = read_settings()
    demo = settings.demo
    settings.key()  # made here once, not by several workers at the same moment
    Model.load()  # better here, in one sentence, than in every worker
    accounts = asyncio.run(with_database(settings, lambda database: prepare(database, SystemClock(), demo=demo)))
    _greet(host, port, accounts)
    uvicorn.run("bot.app:create", factory=True, host=host, port=port, workers=workers, access_log=False)


@app.command()
@failing_kindly
def chat(
    city: Annotated[str | None, typer.Option(help="Slug of the city.")] = None,
    language: Annotated[str | None, typer.Option(help="Code of the language to speak.")] = None,
    conversation: Annotated[str | None, typer.Option(help="Go on with this conversation.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a turn.")] = False,
) -> None:
    """Talk in the terminal: one message a line; an option by its number, its label or `/tap KEY`."""
    if language is not None and language not in SPOKEN:
        raise typer.BadParameter(f"choose one of: {' '.join(SPOKEN)}", param_hint="--language")
    logging.getLogger().setLevel(logging.WARNING)
    settings = read_settings()

    async def talk(database: Database) -> None:
        await prepare(database, SystemClock(), demo=settings.demo or await is_demonstration(database))
        async with interpreting(EmbeddedInterpreter.shipped(), settings.rasa_url) as interpreter:
            workers = Workers(House(database, interpreter))
            terminal = Terminal(workers, conversation or getpass.getuser(), city=city, language=language)
            await converse(terminal, lines(prompt=not as_json and sys.stdin.isatty()), typer.echo, as_json=as_json)

    asyncio.run(with_database(settings, talk))


@db.command("upgrade")
@failing_kindly
def db_upgrade() -> None:
    """Bring the database's schema to the newest version."""
    asyncio.run(with_database(read_settings(), upgrade))
    typer.echo("The schema is the newest.")


@user.command("add")
@failing_kindly
def user_add(
    email: str,
    role: Annotated[str, typer.Option(help="operator, staff, coordinator or admin.")],
    city: Annotated[str | None, typer.Option(help="Slug of the city; without it: the whole network.")] = None,
) -> None:
    """Add an account of the console; its password is printed once."""

    async def add(database: Database) -> str:
        await upgrade(database)
        async with database.writing() as session:
            return await add_account(session, email, role, city, None, SystemClock().now())

    password = asyncio.run(with_database(read_settings(), add))
    typer.echo(f"{email} may enter with the password {password}")


@app.command()
@failing_kindly
def doctor() -> None:
    """Check settings, database, Redis, Rasa, Telegram, catalogues and model; say what to do about each."""
    from bot.doctor import examine  # noqa: PLC0415, only the doctor needs all of it

    findings = asyncio.run(examine(read_settings()))
    for finding in findings:
        typer.echo(f"{'ok  ' if finding.ok else 'MEND'} {finding.what}: {finding.told}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def _greet(host: str, port: int, accounts: list[Account]) -> None:
    shown = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104, compared, not bound
    typer.echo(f"\n  Chat:    http://{shown}:{port}/\n  Console: http://{shown}:{port}/console/")
    for account in accounts:
        typer.echo(f"           {account.email}  {account.password}  ({account.role}, {account.city or 'all cities'})")
    typer.echo("")
