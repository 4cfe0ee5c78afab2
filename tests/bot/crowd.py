"""One of several processes in which people book at the same moment: `python -m tests.bot.crowd URL FIRST COUNT`."""

from __future__ import annotations

import asyncio
import json
import sys

from tests.town import Person, Town, opened

READY = "everybody is ready"


async def up_to_the_times(town: Town, number: int) -> Person:
    """Each person sees the times that are left."""
    person = town.person(name=f"person-{number}")
    await person.taps_key("go=book_appointment")
    await person.taps("Work desk")
    await person.taps(person.labels[0])
    return person


async def books(person: Person, number: int) -> None:
    """Take one of the times; whoever gets it gives a name and confirms."""
    await person.taps(person.labels[number % len(person.labels)])
    if "What name shall we call?" in person.text:
        await person.says(f"Person {chr(ord('A') + number % 26)}")
        await person.says("yes")


async def main(url: str, first: int, count: int) -> None:
    """Everybody has seen the same times; when the word is given, everybody takes one."""
    numbers = range(first, first + count)
    async with opened(url) as town:
        people = [await up_to_the_times(town, number) for number in numbers]
        print(READY, flush=True)  # noqa: T201, the test reads it
        sys.stdin.readline()
        await asyncio.gather(*(books(person, number) for person, number in zip(people, numbers, strict=True)))
        print(json.dumps([[person.text, person.labels] for person in people]), flush=True)  # noqa: T201, the test reads it


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
