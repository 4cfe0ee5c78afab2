"""What is in order and what is not: each finding says what to do about it."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.telegram import TelegramChannel
from bot.doctor_whatsapp import examine_whatsapp
from bot.findings import Finding
from bot.outgoing import SendError
from bot.settings import Settings
from flows.index import TARGETS
from locales.languages import SPOKEN
from locales.rendering import MissingCatalogueError, catalogue
from nlu.embedded import EmbeddedInterpreter
from nlu.model import Model, ModelError
from nlu.rasa_client import RasaError, RasaInterpreter
from services_directory.desk.publishing import holds_examples
from services_directory.store.migrating import is_current
from services_directory.store.session import Database


async def examine(settings: Settings) -> list[Finding]:
    """Everything that people's answers depend on."""
    return [
        *check_files(),
        await _database(settings),
        await _redis(settings),
        await _rasa(settings),
        await _telegram(settings),
        *await examine_whatsapp(settings),
        Finding(
            "public address", ok=True, told=settings.public_url or "none: this machine only (SPORTELLO_PUBLIC_URL)"
        ),
    ]


def check_files() -> list[Finding]:
    """The catalogues and the model, without which nobody can be answered."""
    findings: list[Finding] = []
    for language in SPOKEN:
        try:
            catalogue(language)
        except MissingCatalogueError as problem:
            findings.append(Finding(f"catalogue {language}", ok=False, told=str(problem)))
    try:
        model = Model.load()
        findings.append(Finding("model", ok=True, told=f"{len(model.intents.classes)} meanings"))
    except ModelError as problem:
        findings.append(Finding("model", ok=False, told=str(problem)))
    return findings


async def _database(settings: Settings) -> Finding:
    database = Database(settings.database_url)
    try:
        if not await is_current(database):
            return Finding("database", ok=False, told="the schema is not the newest: sportello db upgrade")
        async with database.reading() as session:
            examples = await holds_examples(session)
        if examples and not settings.demo:
            told = "holds example data, with which `sportello run` refuses to start: use another database, or --demo"
            return Finding("database", ok=False, told=told)
        return Finding("database", ok=True, told="answers, and its schema is the newest")
    except (SQLAlchemyError, OSError) as problem:
        return Finding("database", ok=False, told=f"does not answer ({type(problem).__name__}): SPORTELLO_DATABASE_URL")
    finally:
        await database.close()


async def _redis(settings: Settings) -> Finding:
    if settings.redis_url is None:
        return Finding("Redis", ok=True, told="not set: each process counts messages for itself (SPORTELLO_REDIS_URL)")
    redis = Redis.from_url(settings.redis_url)
    try:
        await redis.ping()
    except RedisError as problem:
        return Finding("Redis", ok=False, told=f"does not answer ({type(problem).__name__}): SPORTELLO_REDIS_URL")
    finally:
        await redis.aclose()
    return Finding("Redis", ok=True, told="answers")


async def _rasa(settings: Settings) -> Finding:
    if settings.rasa_url is None:
        return Finding("Rasa", ok=True, told="not set: the embedded engine understands messages (SPORTELLO_RASA_URL)")
    try:
        async with RasaInterpreter(settings.rasa_url, EmbeddedInterpreter.shipped()) as interpreter:
            ranking = await interpreter.ask("buongiorno")
    except (RasaError, ModelError) as problem:
        return Finding("Rasa", ok=False, told=f"{problem}: is SPORTELLO_RASA_URL right, and the server running?")
    strange = {intent for intent, _odds in ranking} - set(TARGETS)
    if strange:
        told = f"answers with intents that lead nowhere ({', '.join(sorted(strange))}): train it on this nlu/data"
        return Finding("Rasa", ok=False, told=told)
    return Finding("Rasa", ok=True, told=f"answers at {settings.rasa_url}")


async def _telegram(settings: Settings) -> Finding:
    if settings.telegram_token is None:
        return Finding("Telegram", ok=True, told="switched off: SPORTELLO_TELEGRAM_TOKEN switches it on")
    try:
        channel = TelegramChannel(settings.telegram_token.get_secret_value(), settings.telegram_api_base)
        async with channel:
            return Finding("Telegram", ok=True, told=f"answers as @{await channel.username()}")
    except SendError as problem:
        return Finding("Telegram", ok=False, told=f"{problem.reason}: is SPORTELLO_TELEGRAM_TOKEN right?")
