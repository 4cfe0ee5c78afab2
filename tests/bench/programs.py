"""The programs that are measured, each in a process of its own: the bare echo bot, and Sportello as people run it."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import httpx
import psutil

from tests.bench.figures import BenchError
from tests.bench.people import Stopwatch
from tests.fakes.whatsapp import FakeWhatsApp

ROOT = Path(__file__).parents[2]
SPORTELLO = Path(sys.executable).with_name("sportello")
PATIENCE = 60.0
"""Seconds that a program has to start, and to end."""
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Program:
    """A running Sportello: where it listens, and how many seconds it took until it was ready."""

    url: str
    pid: int
    seconds: float

    def megabytes(self) -> float:
        """The memory that it holds now, with that of its children."""
        process = psutil.Process(self.pid)
        family = [process, *process.children(recursive=True)]
        return sum(one.memory_info().rss for one in family) / MEGABYTE


@asynccontextmanager
async def sportello(folder: Path, telegram: Stopwatch) -> AsyncIterator[Program]:
    """`sportello run --demo` on a database in that folder, ready and polling. Raises BenchError."""
    settings = {
        "SPORTELLO_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/bench.db",
        "SPORTELLO_TELEGRAM_TOKEN": telegram.token,
        "SPORTELLO_TELEGRAM_API_BASE": telegram.url,
        "TMPDIR": str(folder),  # its lock goes away with the folder
    }
    began, polls = perf_counter(), len(telegram.called("getUpdates"))
    async with listening([SPORTELLO, "run", "--demo", "--port"], folder, folder, settings) as (program, process):
        while len(telegram.called("getUpdates")) == polls:
            await _wait(process, began, folder)
        yield program


@asynccontextmanager
async def sportello_on_whatsapp(folder: Path, meta: FakeWhatsApp) -> AsyncIterator[Program]:
    """`sportello run --demo` with the keys of a WhatsApp number, ready. Raises BenchError."""
    settings = {
        "SPORTELLO_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/whatsapp.db",
        "SPORTELLO_WHATSAPP_TOKEN": meta.token,
        "SPORTELLO_WHATSAPP_PHONE_ID": meta.phone_id,
        "SPORTELLO_WHATSAPP_APP_SECRET": meta.app_secret,
        "SPORTELLO_WHATSAPP_VERIFY_TOKEN": meta.verify_token,
        "SPORTELLO_WHATSAPP_API_BASE": meta.url,
    }
    async with listening([SPORTELLO, "run", "--demo", "--port"], folder, folder, settings) as (program, _process):
        yield program


@asynccontextmanager
async def whatsapp_echo(folder: Path, meta: FakeWhatsApp) -> AsyncIterator[Program]:
    """The bare signature-checking echo, ready. Raises BenchError."""
    keys = (meta.url, meta.token, meta.phone_id, meta.app_secret)
    command = [sys.executable, "-m", "tests.bench.whatsapp_echo", *keys]
    async with listening(command, ROOT, folder, {}) as (program, _process):
        yield program


@asynccontextmanager
async def listening(
    command: Sequence[str | Path], where: Path, logs: Path, settings: Mapping[str, str]
) -> AsyncIterator[tuple[Program, Process]]:
    """That command, which takes a port as its last word, once `/readyz` answers. Raises BenchError."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    began, url = perf_counter(), f"http://127.0.0.1:{port}"
    async with (
        _running([*command, str(port)], where, logs, settings) as process,
        httpx.AsyncClient(trust_env=False) as client,
    ):

        async def ready() -> bool:
            try:
                return (await client.get(f"{url}/readyz")).is_success
            except httpx.TransportError:
                return False

        while not await ready():
            await _wait(process, began, logs)
        yield Program(url, process.pid, perf_counter() - began), process


@asynccontextmanager
async def echo_bot(folder: Path, telegram: Stopwatch) -> AsyncIterator[None]:
    """The bare echo bot, polling. Raises BenchError."""
    command = [sys.executable, "-m", "tests.bench.echo", telegram.token, telegram.url]
    began = perf_counter()
    async with _running(command, ROOT, folder, {}) as process:
        while not telegram.called("getUpdates"):
            await _wait(process, began, folder)
        yield


async def output_of(module: str, *arguments: str) -> bytes:
    """What a module of this package prints. Raises BenchError."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, cwd=ROOT, stdin=DEVNULL, stdout=asyncio.subprocess.PIPE
    )
    printed, _nothing = await process.communicate()
    if process.returncode:
        raise BenchError(f"{module} failed")
    return printed


@asynccontextmanager
async def _running(
    command: Sequence[str | Path], where: Path, logs: Path, settings: Mapping[str, str]
) -> AsyncIterator[Process]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SPORTELLO_")}
    with (logs / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=where, env={**inherited, **settings}, stdin=DEVNULL, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), PATIENCE)
            except TimeoutError:
                process.kill()
                await process.wait()


async def _wait(process: Process, began: float, logs: Path) -> None:
    if process.returncode is not None or perf_counter() - began > PATIENCE:
        raise BenchError(f"A program did not start:\n{(logs / 'log').read_text(errors='replace')[-3000:]}")
    await asyncio.sleep(0.01)
