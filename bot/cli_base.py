"""What every command shares: mistakes that end in a sentence, and lines from standard input."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any, NoReturn, ParamSpec, TypeVar

import typer
from sqlalchemy.exc import SQLAlchemyError

from bot.outgoing import SendError
from bot.preparing import ExampleDataError
from bot.settings import Settings, SettingsError
from nlu.embedded import EmbeddedInterpreter
from nlu.evaluation import EvaluationError
from nlu.examples import ExamplesError
from nlu.model import ModelError
from nlu.rasa_client import RasaInterpreter
from nlu.understanding import Interpreter
from services_directory.desk.accounts import AccountError
from services_directory.desk.hours import HoursError
from services_directory.exchange.importing import ImportRefusedError
from services_directory.store.files import DataFileError
from services_directory.store.session import Database

P = ParamSpec("P")
T = TypeVar("T")
EXPECTED = (
    SettingsError, ExampleDataError, DataFileError, HoursError, ModelError, ExamplesError, EvaluationError,
    AccountError, ImportRefusedError, SQLAlchemyError, OSError, SendError,
)  # fmt: skip
"""What a person can put right: told in a sentence, without a traceback."""


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


@asynccontextmanager
async def interpreting(embedded: EmbeddedInterpreter, rasa_url: str | None) -> AsyncIterator[Interpreter]:
    """The city's Rasa server while the block lasts, with the embedded engine behind it; that alone without a server."""
    if rasa_url is None:
        yield embedded
        return
    async with RasaInterpreter(rasa_url, embedded) as interpreter:
        yield interpreter


async def with_database(settings: Settings, work: Callable[[Database], Coroutine[Any, Any, T]]) -> T:
    """Do `work` with the database of the settings, and close it."""
    database = Database(settings.database_url)
    try:
        return await work(database)
    finally:
        await database.close()


def lines(*, prompt: bool = False) -> Iterator[str]:
    """The lines of standard input; with `prompt`, a sign that the next one is waited for."""
    while True:
        if prompt:
            typer.echo("> ", nl=False)
        line = sys.stdin.readline()
        if not line:
            return
        yield line.rstrip("\n")
