"""The commands about understanding: `sportello parse`, `when`, and `nlu check`, `train`, `test`, `curve`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli_base import fail, failing_kindly, interpreting, lines, with_database
from bot.settings import read_settings
from locales.dates import ROME
from nlu.embedded import EmbeddedInterpreter
from nlu.evaluation import evaluate, evaluate_dangers, read_cases, read_dangers
from nlu.examples import DATA, read_examples
from nlu.model import SHIPPED, Model
from nlu.understanding import Interpreter, Understanding
from nlu.when_said import when_said
from services_directory.desk.missed import taught
from services_directory.store.migrating import upgrade
from services_directory.store.session import Database

nlu = typer.Typer(no_args_is_help=True, help="Train and measure understanding.")

AModel = Annotated[Path, typer.Option(help="A model file.")]
AnEngine = Annotated[str, typer.Option(help="`embedded`, or `rasa` (its server: SPORTELLO_RASA_URL).")]
Files = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False)]
Data = Annotated[Path, typer.Option(help="Folder of training data in Rasa's format: LANGUAGE/*.yml.")]


def add_to(app: typer.Typer) -> None:
    """Hang these commands into the command line."""
    app.command()(parse)
    app.command()(when)
    app.add_typer(nlu, name="nlu")


@failing_kindly
def parse(model: AModel = SHIPPED, engine: AnEngine = "embedded") -> None:
    """What utterances mean: one a line on standard input, one JSON object a line."""

    async def work(interpreter: Interpreter) -> None:
        for line in lines():
            understood = await interpreter.parse(line, now=datetime.now(ROME))
            typer.echo(json.dumps(_told(understood), ensure_ascii=False))

    _with_engine(engine, model, work)


@failing_kindly
def when(
    now: Annotated[datetime | None, typer.Option(help="As if it were then (Rome's clock).")] = None,
    language: Annotated[str | None, typer.Option(help="The language of the phrases.")] = None,
) -> None:
    """What typed times mean: one phrase a line on standard input, one JSON object a line."""
    at = datetime.now(ROME) if now is None else now.replace(tzinfo=ROME)
    for line in lines():
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
def train_model(
    data: Data = DATA,
    model: Annotated[Path, typer.Option(help="The file to write.")] = SHIPPED,
    also: Annotated[Path | None, typer.Option(help="More data, such as `sportello nlu taught` writes.")] = None,
) -> None:
    """Train the embedded engine."""
    from nlu.training import train  # noqa: PLC0415, scikit-learn takes seconds to import and only training needs it

    examples = [*read_examples(data), *(read_examples(also) if also else ())]
    train(examples).save(model)
    typer.echo(f"{model}: trained on {len(examples)} examples")


@nlu.command("taught")
@failing_kindly
def export_taught(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="Where LANGUAGE/taught.yml is written.")],
) -> None:
    """Write what staff have taught in the console, as training data in Rasa's format."""

    async def work(database: Database) -> dict[str, str]:
        await upgrade(database)
        async with database.reading() as session:
            return await taught(session)

    found = asyncio.run(with_database(read_settings(), work))
    for language, text in found.items():
        path = folder / language / "taught.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        typer.echo(f"{path}: {text.count(chr(10) + '    - ')} messages")
    if not found:
        typer.echo("Nothing has been taught yet.")


@nlu.command("check")
@failing_kindly
def check_data(
    data: Data = DATA, language: Annotated[str | None, typer.Option(help="Only this language.")] = None
) -> None:
    """Find too few examples, near copies, overlaps, wrong scripts and senseless marks in the training data."""
    from nlu.checking import faults  # noqa: PLC0415, as above

    found = list(faults([one for one in read_examples(data) if language in {one.language, None}]))
    for fault in found:
        typer.echo(fault)
    if found:
        raise typer.Exit(1)


@nlu.command("test")
@failing_kindly
def measure_model(
    files: Annotated[
        list[Path],
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="LANGUAGE.tsv: intent, style, text with tabs between; or, for danger, label and text.",
        ),
    ],
    model: AModel = SHIPPED,
    engine: AnEngine = "embedded",
) -> None:
    """Measure understanding, per language (the file's stem) and style; danger, per language."""

    async def work(interpreter: Interpreter) -> None:
        now = datetime.now(ROME)
        if cases := read_cases(files):
            typer.echo("\n".join((await evaluate(interpreter, cases, now)).lines()))
        if dangers := read_dangers(files):
            typer.echo("\n".join((await evaluate_dangers(interpreter, dangers, now)).lines()))

    _with_engine(engine, model, work)


@nlu.command("curve")
@failing_kindly
def learning_curve(
    files: Files,
    data: Data = DATA,
    to: Annotated[Path, typer.Option(help="The SVG to write.")] = Path("learning-curve.svg"),
) -> None:
    """Measure on how many examples understanding depends: a table, and a picture, per language."""
    from nlu.curve import measure, picture, table  # noqa: PLC0415, as above

    curves = measure(read_examples(data), read_cases(files))
    to.write_text(picture(curves), encoding="utf-8")
    typer.echo("\n".join(table(curves)))


def _with_engine(engine: str, model: Path, work: Callable[[Interpreter], Coroutine[Any, Any, None]]) -> None:
    embedded = EmbeddedInterpreter(Model.load(model))

    async def run(rasa_url: str | None) -> None:
        async with interpreting(embedded, rasa_url) as interpreter:
            await work(interpreter)

    match engine:
        case "embedded":
            asyncio.run(run(None))
        case "rasa":
            url = read_settings().rasa_url or fail("--engine rasa needs the address of a server in SPORTELLO_RASA_URL")
            asyncio.run(run(url))
        case _:
            raise typer.BadParameter(f"there is no engine {engine!r}; there are: embedded, rasa", param_hint="--engine")


def _told(understood: Understanding) -> dict[str, Any]:
    return {
        "text": understood.text,
        "language": understood.language,
        "intent": understood.intent,
        "confidence": understood.confidence,
        "sure": understood.sure,
        "ranking": [{"intent": intent, "confidence": odds} for intent, odds in understood.ranking],
        "entities": [vars(entity) for entity in understood.entities],
        "danger": understood.danger,
        "also": list(understood.also),
    }
