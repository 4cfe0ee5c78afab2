"""What every command shares: mistakes that end in a sentence, and lines from standard input."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import wraps
from typing import NoReturn, ParamSpec

import typer
from sqlalchemy.exc import SQLAlchemyError

from bot.preparing import ExampleDataError
from bot.settings import SettingsError
from nlu.evaluation import EvaluationError
from nlu.examples import ExamplesError
from nlu.model import ModelError
from services_directory.desk.accounts import AccountError
from services_directory.desk.hours import HoursError
from services_directory.store.files import DataFileError

P = ParamSpec("P")
EXPECTED = (
    SettingsError, ExampleDataError, DataFileError, HoursError, ModelError, ExamplesError, EvaluationError,
    AccountError, SQLAlchemyError, OSError,
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


def lines(*, prompt: bool = False) -> Iterator[str]:
    """The lines of standard input; with `prompt`, a sign that the next one is waited for."""
    while True:
        if prompt:
            typer.echo("> ", nl=False)
        line = sys.stdin.readline()
        if not line:
            return
        yield line.rstrip("\n")
