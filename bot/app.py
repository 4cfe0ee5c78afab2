"""Makes things and joins them: the only place that does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import httpx
from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.booking.desks import Desks
from bot.booking.own import own_router
from bot.booking.pages import booking_router
from bot.calendars import keep, other_calendars
from bot.channels.web import web_router
from bot.finding.pages import finding_router
from bot.house import House
from bot.limits import Limits
from bot.preview import preview_router
from bot.rounds import go_round
from bot.settings import Settings, accounts_in, read_settings
from bot.wires import Background, Wires
from bot.workers import Workers
from nlu.embedded import EmbeddedInterpreter
from nlu.rasa_client import RasaInterpreter
from services_directory.api.booking import booking_api
from services_directory.api.calendar import calendar_router
from services_directory.api.docs import docs_router
from services_directory.api.hsds import hsds_router
from services_directory.api.search import search_router
from services_directory.console.door import Console
from services_directory.console.router import console_router
from services_directory.desk.directory import Shelf
from services_directory.store.migrating import is_current
from services_directory.store.session import Database

log = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds that background work has to end when the application stops."""


def create() -> FastAPI:
    """The application, from the environment: what uvicorn's workers call. Raises SettingsError."""
    return build(read_settings())


def build(settings: Settings) -> FastAPI:
    """The application with these settings; its parts start and stop with it."""
    database = Database(settings.database_url)
    redis = Redis.from_url(settings.redis_url) if settings.redis_url else None
    wires = Wires(settings)
    embedded = EmbeddedInterpreter.shipped()
    rasa = RasaInterpreter(settings.rasa_url, embedded) if settings.rasa_url else None
    house = House(database, rasa or embedded, channels=wires.channels, shelf=Shelf())
    workers = Workers(house)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(database.close)
            if redis is not None:
                stack.push_async_callback(redis.aclose)
            if rasa is not None:
                stack.push_async_callback(rasa.close)
            await wires.open(stack)
            http = await stack.enter_async_context(httpx.AsyncClient())
            calendars = other_calendars(house, http, accounts_in(settings.calendar_accounts))
            # What was received is answered after nothing more is received, and before the wires are closed.
            stack.push_async_callback(workers.rest)
            if telegram is not None:
                await _in_background(stack, telegram)
            await _in_background(stack, lambda stop: go_round(house, workers.wake, stop))
            await _in_background(stack, lambda stop: keep(calendars, house.clock.now, stop))
            yield

    app = FastAPI(title="Sportello", lifespan=lifespan, docs_url=None, openapi_url="/api/openapi.json", redoc_url=None)
    limits = Limits(redis)
    app.include_router(web_router(workers, limits))
    local = settings.public_url is None or settings.public_url.startswith("http://")
    console = Console(
        database=database,
        shelf=house.shelf,
        secret=settings.key(),
        secure_cookies=not local,
        demo=settings.demo,
        now=house.clock.now,
    )
    app.include_router(finding_router(database, house.shelf, house.clock.now))
    desks = Desks(database, house.shelf, house.clock.now)
    app.include_router(booking_router(desks, limits))
    app.include_router(own_router(desks, limits, settings.public_url))
    app.include_router(preview_router(console))
    app.include_router(console_router(console))
    app.include_router(hsds_router(database, house.clock.now))
    app.include_router(search_router(database, house.shelf, house.clock.now))
    app.include_router(calendar_router(database, house.shelf, house.clock.now))
    app.include_router(booking_api(database, house.shelf, house.clock.now, limits))
    app.include_router(docs_router())
    telegram = wires.attach(app, workers)
    _add_health(app, database, redis)
    return app


async def _in_background(stack: AsyncExitStack, work: Background) -> None:
    """Run `work` until the application stops; what does not stop soon when asked is cancelled."""
    stop = asyncio.Event()
    task = asyncio.create_task(work(stop))

    async def end() -> None:
        stop.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(task, PATIENCE)

    stack.push_async_callback(end)


def _add_health(app: FastAPI, database: Database, redis: Redis | None) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def alive() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz", include_in_schema=False)
    async def ready() -> JSONResponse:
        parts = {"database": await _database_is_ready(database)}
        if redis is not None:
            # Losing Redis loses nothing: it is told, and people are served.
            parts["redis"] = await _redis_is_ready(redis)
        ok = parts["database"] == "ready"
        return JSONResponse({"status": "ready" if ok else "not ready", **parts}, 200 if ok else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _database_is_ready(database: Database) -> str:
    try:
        async with database.reading() as session:
            await session.execute(text("SELECT 1"))
        return "ready" if await is_current(database) else "run `sportello db upgrade`"
    except (SQLAlchemyError, OSError) as problem:
        return type(problem).__name__


async def _redis_is_ready(redis: Redis) -> str:
    try:
        await redis.ping()
    except RedisError as problem:
        return type(problem).__name__
    return "ready"
