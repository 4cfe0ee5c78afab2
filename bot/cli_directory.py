"""The commands about the directory's data: `sportello import`, `export`, `validate`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.cli_base import failing_kindly, with_database
from bot.clock import SystemClock
from bot.settings import read_settings
from services_directory.exchange.found import Fault
from services_directory.exchange.importing import (
    ImportRefusedError,
    Plan,
    apply,
    exported,
    plan,
    read_files,
)
from services_directory.store.migrating import upgrade
from services_directory.store.session import Database

BY = "import:command"
SHOWN = 40
"""Characters of a value in the list of differences."""

Files = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="HSDS as .json or .zip, or .xlsx.")]
City = Annotated[str | None, typer.Option(help="Slug of the city to which records of others go.")]


def add_to(app: typer.Typer) -> None:
    """Hang these commands into the command line."""
    app.command("import")(import_files)
    app.command()(export)
    app.command()(validate)


@failing_kindly
def import_files(
    files: Files,
    city: City = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
) -> None:
    """Publish what the files say: all of it, or, when anything is wrong, nothing. Says every difference first."""

    async def work(database: Database) -> int:
        await upgrade(database)
        async with database.writing() as session:
            planned = await plan(session, read_files(files, city))
            _tell(planned)
            if dry_run and not planned.faults:
                return 0
            return await apply(session, planned, BY, SystemClock().now())

    changed = asyncio.run(with_database(read_settings(), work))
    typer.echo("Nothing was changed." if dry_run else f"{changed} records were published.")


@failing_kindly
def validate(files: Files, city: City = None) -> None:
    """Check files against the rules of the directory; say every fault with its place, and change nothing."""

    async def work(database: Database) -> Sequence[Fault]:
        await upgrade(database)
        async with database.reading() as session:
            planned = await plan(session, read_files(files, city))
        if not planned.faults:
            typer.echo(f"{planned.same + len(planned.differences)} records, all of them in order.")
        return planned.faults

    if faults := asyncio.run(with_database(read_settings(), work)):
        raise ImportRefusedError(faults)


@failing_kindly
def export(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Where to write.")],
    form: Annotated[str, typer.Option("--format", help="hsds (JSON), csv (HSDS tables, zipped) or xlsx.")] = "hsds",
    city: Annotated[str | None, typer.Option(help="Only this city's.")] = None,
) -> None:
    """Write all that is published: HSDS as JSON or as tables, or a spreadsheet for people."""

    async def work(database: Database) -> bytes:
        await upgrade(database)
        async with database.reading() as session:
            return await exported(session, form, SystemClock().now(), city=city)

    if form not in {"hsds", "csv", "xlsx"}:
        raise typer.BadParameter("choose one of: hsds, csv, xlsx", param_hint="--format")
    content = asyncio.run(with_database(read_settings(), work))
    file.write_bytes(content)
    typer.echo(f"{file}: {len(content):,} bytes")


def _tell(planned: Plan) -> None:
    for difference in planned.differences:
        name = f"{difference.name.kind} {difference.name.key}"
        if difference.new:
            typer.echo(f"new      {name}")
            continue
        for change in difference.changes:
            typer.echo(f"changed  {name}  {change.field}: {_short(change.theirs)} -> {_short(change.mine)}")
    typer.echo(f"{len(planned.differences)} records differ, {planned.same} are the same.")


def _short(value: object) -> str:
    words = "nothing" if value in (None, [], "") else str(value)
    return words if len(words) <= SHOWN else f"{words[:SHOWN]}…"
