"""What is measured: the same things on the bare echo bot, on the running Sportello, and inside a process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import chain, cycle, islice
from pathlib import Path
from time import perf_counter

from locales.languages import SPOKEN
from tests.bench.figures import Pair, Sample
from tests.bench.people import CITIES, ONE_SHOP, Stopwatch, TelegramPerson, Turn, WebPerson
from tests.bench.programs import Program, echo_bot, output_of, sportello
from tests.services import ServiceMissingError, postgresql

PEOPLE = 20
"""How many write at once."""
ALONE, AT_ONCE = 240, 20
"""Questions of people one after the other; questions of each of the people who write at once."""
BOOKINGS, ROUNDS = 40, 3
"""Bookings one after the other; and how often everybody books at once. A person may book three times a day."""
PAUSE = 0.02
"""Seconds before a message of one person alone: nobody writes again in the moment in which the answer arrives."""
WARM = 3
"""Messages of each person, and whole bookings, before the clock counts."""

Asking = Callable[[], Awaitable[float]]


@dataclass(frozen=True)
class Footprint:
    """Seconds to a ready program, with an empty database and with a full one; megabytes at rest and after the load."""

    first_start: float
    next_start: float
    at_rest: float
    after_load: float


@dataclass(frozen=True)
class Served:
    """The running Sportello: a question, each turn of a booking and the whole of it, a question on the web."""

    asked: Pair
    turns: Pair
    bookings: Pair
    web: Pair


async def measure_echo(folder: Path) -> Pair:
    """The yardstick, on the same fake and with the same words as Sportello."""
    async with Stopwatch().served() as telegram, echo_bot(folder, telegram):
        people = crowd(telegram, 0)
        return await compared("Bare echo bot (python-telegram-bot)", [person.echoes for person in people])


async def measure_sportello(folder: Path) -> tuple[Footprint, Served]:
    """The real program over Telegram and over the web; started twice, for the second start is the usual one."""
    async with Stopwatch().served() as telegram:
        async with sportello(folder, telegram) as program:
            first_start = program.seconds
        async with sportello(folder, telegram) as program:
            at_rest = program.megabytes()
            people = crowd(telegram, 0)
            for person in people:
                await person.arrives(ONE_SHOP)
            asked = await compared("Sportello on Telegram: a question", [person.asks for person in people])
            turns, bookings = await booked(crowd(telegram, PEOPLE), crowd(telegram, 2 * PEOPLE))
            served = Served(asked, turns, bookings, await on_the_web(program))
            return Footprint(first_start, program.seconds, at_rest, program.megabytes()), served


async def on_the_web(program: Program) -> Pair:
    """The same question over `POST /chat/messages`."""
    people = [WebPerson(program.url, number, language) for number, language in _spoken(0)]
    try:
        return await compared("Sportello on the web: a question", [person.asks for person in people])
    finally:
        for person in people:
            await person.client.aclose()


async def booked(alone: Sequence[TelegramPerson], together: Sequence[TelegramPerson]) -> tuple[Pair, Pair]:
    """Every turn of whole bookings, and the bookings; each is cancelled again while the clock stands still."""
    for person in (*alone, *together):
        await person.arrives(CITIES[person.number % len(CITIES)])
    for person in alone[:WARM]:
        await person.books()
        await person.cancels()
    one_by_one = [await _booking(person) for person in islice(cycle(alone), BOOKINGS)]
    at_once: list[list[Turn]] = []
    wall = 0.0
    for _round in range(ROUNDS):
        began = perf_counter()
        at_once += await asyncio.gather(*(person.books() for person in together))
        wall += perf_counter() - began
        for person in together:
            await person.cancels()
    return (
        Pair("Sportello on Telegram: a turn of a booking", _turns(one_by_one, None), _turns(at_once, wall)),
        Pair("Sportello on Telegram: a whole booking", _whole(one_by_one, None), _whole(at_once, wall)),
    )


async def compared(label: str, asking: Sequence[Asking]) -> Pair:
    """The same question by people one after the other, then by all of them at once, each as soon as answered."""
    for ask in asking:
        for _message in range(WARM):
            await ask()
    alone = [await _after_a_pause(ask) for ask in islice(cycle(asking), ALONE)]
    began = perf_counter()
    times = await asyncio.gather(*(_several(ask) for ask in asking))
    return Pair(label, Sample(alone, sum(alone)), Sample(list(chain(*times)), perf_counter() - began))


async def inside(where: str, url: str) -> tuple[Pair, Pair]:
    """Understanding a message, and a whole turn on a new database at that address, in a process without channels."""
    measured = json.loads(await output_of("tests.bench.inside", url))
    parsed, turned = (Sample(times, sum(times)) for times in (measured["parse"], measured["turn"]))
    return Pair("Inside: understanding a message", parsed), Pair(f"Inside: a turn on {where}", turned)


async def inside_on_postgresql() -> list[Pair]:
    """A turn on a real PostgreSQL; nothing when there is none on this machine."""
    try:
        postgresql.find()
    except ServiceMissingError:
        return []
    with postgresql.start() as server, server.fresh() as url:
        return [(await inside("PostgreSQL", url))[1]]


def crowd(telegram: Stopwatch, first: int) -> list[TelegramPerson]:
    """People on Telegram, of every language in turn."""
    return [TelegramPerson(telegram, number, language) for number, language in _spoken(first)]


def _spoken(first: int) -> list[tuple[int, str]]:
    return list(zip(range(first, first + PEOPLE), cycle(SPOKEN), strict=False))


async def _after_a_pause(ask: Asking) -> float:
    await asyncio.sleep(PAUSE)
    return await ask()


async def _several(ask: Asking) -> list[float]:
    return [await ask() for _question in range(AT_ONCE)]


async def _booking(person: TelegramPerson) -> list[Turn]:
    turns = await person.books(PAUSE)
    await person.cancels()
    return turns


def _turns(bookings: Sequence[Sequence[Turn]], wall: float | None) -> Sample:
    times = [turn.first for booking in bookings for turn in booking]
    return Sample(times, sum(times) if wall is None else wall)


def _whole(bookings: Sequence[Sequence[Turn]], wall: float | None) -> Sample:
    times = [sum(turn.last for turn in booking) for booking in bookings]
    return Sample(times, sum(times) if wall is None else wall)
