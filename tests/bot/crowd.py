"""One of several processes in which people book at the same moment: `python -m tests.bot.crowd URL FIRST COUNT`."""

from __future__ import annotations

import asyncio
import json
import sys

from tests.town import Person, Town, opened

READY = "everybody is ready"


async def up_to_the_confirmation(town: Town, number: int) -> Person:
    """Each person chooses one of the times that are left."""
    person = town.person(name=f"person-{number}")
    await person.taps_key("go=book_appointment")
    await person.taps("Work desk")
    await person.taps(person.labels[0])
    await person.taps(person.labels[number % len(person.labels)])
    await person.says(f"Person {chr(ord('A') + number % 26)}")
    return person


async def main(url: str, first: int, count: int) -> None:
    """Everybody is asked to confirm; when the word is given, everybody says yes."""
    async with opened(url) as town:
        people = [await up_to_the_confirmation(town, number) for number in range(first, first + count)]
        print(READY, flush=True)  # noqa: T201, the test reads it
        sys.stdin.readline()
        await asyncio.gather(*(person.says("yes") for person in people))
        print(json.dumps([[person.text, person.labels] for person in people]), flush=True)  # noqa: T201, the test reads it


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
