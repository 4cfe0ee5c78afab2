"""The command line: `sportello`. Exit status 0 done, 1 it failed and says why, 2 wrong usage."""

from __future__ import annotations

import asyncio
import getpass
import json
import logging
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, NoReturn, ParamSpec

import typer
import uvicorn
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.terminal import Terminal, converse
from bot.clock import SystemClock
from bot.house import House
from bot.preparing import Account, ExampleDataError, is_demonstration, prepare
from bot.settings import Settings, SettingsError, read_settings
from bot.workers import Workers
from locales.dates import ROME
from locales.languages import SPOKEN
from nlu.embedded import EmbeddedInterpreter
from nlu.evaluation import EvaluationError, evaluate, read_cases
from nlu.examples import DATA, ExamplesError, read_examples
from nlu.model import SHIPPED, Model, ModelError
from nlu.when_said import when_said
from services_directory.desk.accounts import AccountError, add_account
from services_directory.desk.hours import HoursError
from services_directory.store.files import DataFileError
from services_directory.store.migrating import upgrade
from services_directory.store.session import Database

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
nlu = typer.Typer(no_args_is_help=True, help="Train and measure understanding.")
db = typer.Typer(no_args_is_help=True, help="The database's schema.")
user = typer.Typer(no_args_is_help=True, help="Accounts of the console.")
for group, name in ((nlu, "nlu"), (db, "db"), (user, "user")):
    app.add_typer(group, name=name)

P = ParamSpec("P")
EXPECTED = (
    SettingsError, ExampleDataError, DataFileError, HoursError, ModelError, ExamplesError, EvaluationError,
    AccountError, SQLAlchemyError, OSError,
)  # fmt: skip
"""What a person can put right: told in a sentence, without a traceback."""


def main() -> None:
    """Where the installed command begins."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for noisy in ("httpx", "alembic"):  # the lines of httpx hold Telegram's token
        logging.getLogger(noisy).setLevel(logging.WARNING)
    app()


def failing_kindly(command: Callable[P, None]) -> Callable[P, None]:
    """A user's mistake ends in a sentence on standard error and status 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except EXPECTED as problem:
            fail(str(problem))

    return run


def fail(why: str) -> NoReturn:
    """End with status 1, saying why on standard error."""
    typer.echo(f"sportello: {why}", err=True)
    raise typer.Exit(1)


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
    accounts = asyncio.run(_with_database(settings, lambda database: prepare(database, SystemClock(), demo=demo)))
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
        house = House(database, EmbeddedInterpreter.shipped())
        terminal = Terminal(Workers(house), conversation or getpass.getuser(), city=city, language=language)
        await converse(terminal, _lines(prompt=not as_json and sys.stdin.isatty()), typer.echo, as_json=as_json)

    asyncio.run(_with_database(settings, talk))


@app.command()
@failing_kindly
def parse(
    model: Annotated[Path, typer.Option(help="A model file.")] = SHIPPED,
    engine: Annotated[str, typer.Option(help="Which engine; `embedded` for now.")] = "embedded",
) -> None:
    """What utterances mean: one a line on standard input, one JSON object a line."""
    _only_embedded(engine)
    interpreter = EmbeddedInterpreter(Model.load(model))
    for line in _lines():
        understood = interpreter.parse(line, now=datetime.now(ROME))
        told = {
            "text": understood.text,
            "language": understood.language,
            "intent": understood.intent,
            "confidence": understood.confidence,
            "sure": understood.sure,
            "ranking": [{"intent": intent, "confidence": odds} for intent, odds in understood.ranking],
            "entities": [vars(entity) for entity in understood.entities],
            "danger": understood.danger,
        }
        typer.echo(json.dumps(told, ensure_ascii=False))


@app.command()
@failing_kindly
def when(
    now: Annotated[datetime | None, typer.Option(help="As if it were then (Rome's clock).")] = None,
    language: Annotated[str | None, typer.Option(help="The language of the phrases.")] = None,
) -> None:
    """What typed times mean: one phrase a line on standard input, one JSON object a line."""
    at = datetime.now(ROME) if now is None else now.replace(tzinfo=ROME)
    for line in _lines():
        moment = when_said(line, at, language)
        told = {
            "text": line,
            "date": moment.date.isoformat() if moment.date else None,
            "part": moment.part,
            "time": f"{moment.time:%H:%M}" if moment.time else None,
            "problem": moment.problem,
        }
        typer.echo(json.dumps(told, ensure_ascii=False))


@nlu.command("train")
@failing_kindly
def nlu_train(
    data: Annotated[Path, typer.Option(help="Folder of training data in Rasa's format.")] = DATA,
    model: Annotated[Path, typer.Option(help="The file to write.")] = SHIPPED,
) -> None:
    """Train the embedded engine."""
    from nlu.training import train  # noqa: PLC0415, scikit-learn takes seconds to import and only training needs it

    examples = read_examples(data)
    train(examples).save(model)
    typer.echo(f"{model}: trained on {len(examples)} examples")


@nlu.command("check")
@failing_kindly
def nlu_check(
    data: Annotated[Path, typer.Option(help="Folder of training data in Rasa's format.")] = DATA,
    language: Annotated[str | None, typer.Option(help="Only this language.")] = None,
) -> None:
    """Find too few examples, near copies, overlaps, wrong scripts and senseless marks in the training data."""
    from nlu.checking import faults  # noqa: PLC0415, scikit-learn takes seconds to import

    found = list(faults([one for one in read_examples(data) if language in {one.language, None}]))
    for fault in found:
        typer.echo(fault)
    if found:
        raise typer.Exit(1)


@nlu.command("test")
@failing_kindly
def nlu_test(
    files: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help="intent, style, text; tabs between.")
    ],
    model: Annotated[Path, typer.Option(help="A model file.")] = SHIPPED,
    engine: Annotated[str, typer.Option(help="Which engine; `embedded` for now.")] = "embedded",
) -> None:
    """Measure understanding per language (the file's stem) and style."""
    _only_embedded(engine)
    report = evaluate(EmbeddedInterpreter(Model.load(model)), read_cases(files), datetime.now(ROME))
    for line in report.lines():
        typer.echo(line)


@db.command("upgrade")
@failing_kindly
def db_upgrade() -> None:
    """Bring the database's schema to the newest version."""
    asyncio.run(_with_database(read_settings(), upgrade))
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

    password = asyncio.run(_with_database(read_settings(), add))
    typer.echo(f"{email} may enter with the password {password}")


@app.command()
@failing_kindly
def doctor() -> None:
    """Check settings, database, Redis, Telegram, catalogues and model; say what to do about each."""
    from bot.doctor import examine  # noqa: PLC0415, only the doctor needs all of it

    findings = asyncio.run(examine(read_settings()))
    for finding in findings:
        typer.echo(f"{'ok  ' if finding.ok else 'MEND'} {finding.what}: {finding.told}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


async def _with_database(settings: Settings, work: Callable[[Database], Coroutine[Any, Any, Any]]) -> Any:  # noqa: ANN401, whatever the work gives
    database = Database(settings.database_url)
    try:
        return await work(database)
    finally:
        await database.close()


def _lines(*, prompt: bool = False) -> Iterator[str]:
    while True:
        if prompt:
            typer.echo("> ", nl=False)
        line = sys.stdin.readline()
        if not line:
            return
        yield line.rstrip("\n")


def _only_embedded(engine: str) -> None:
    if engine != "embedded":
        raise typer.BadParameter(f"there is no engine {engine!r}; there is: embedded", param_hint="--engine")


def _greet(host: str, port: int, accounts: list[Account]) -> None:
    shown = "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104, compared, not bound
    typer.echo(f"\n  Chat:    http://{shown}:{port}/\n  Console: http://{shown}:{port}/console/")
    for account in accounts:
        typer.echo(f"           {account.email}  {account.password}  ({account.role}, {account.city or 'all cities'})")
    typer.echo("")
