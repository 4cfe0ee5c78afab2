"""The command `sportello whatsapp templates`: what Meta has approved, what it is asked to, and the texts as files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import typer

from bot.channels.whatsapp_client import CloudApi, cloud_api
from bot.channels.whatsapp_templates import AN_HOUR, CODES, Standing, State, definition, is_ready, states, submit
from bot.cli_base import fail
from bot.settings import Settings, read_settings
from bot.templates import TEMPLATES


def show(*, submitting: bool, write: Path | None) -> None:
    """What the command does: its options are in `cli_whatsapp`, so that only who uses it loads pywa."""
    if write is not None:
        _write(write)
        return
    refused = asyncio.run(_with_meta(read_settings(), submitting=submitting))
    if refused:
        fail(f"{refused} templates were refused")


def table(found: Iterable[State]) -> list[str]:
    """A line for each template with its languages by how far they have got, and one for each remark."""
    lines = []
    for name, group in groupby(found, key=lambda one: one.name):
        mine = list(group)
        told = []
        for standing in Standing:
            there = [one.language for one in mine if one.standing is standing]
            if there:
                told.append(f"{standing} {'all' if len(there) == len(mine) else ' '.join(there)}")
        lines.append(f"{name}: {', '.join(told)}")
        lines += [f"  {one.language} {one.standing}: {one.remark}" for one in mine if one.remark]
    return lines


async def _with_meta(settings: Settings, *, submitting: bool) -> int:
    """Show the table, submit if that is wanted; how many were refused."""
    async with _api(settings) as api:
        found = await states(api)
        for line in table(found):
            typer.echo(line)
        if not submitting:
            return 0
        refused = 0
        async for outcome in submit(api, found):
            refused += not outcome.accepted
            typer.echo(f"{outcome.name} {outcome.language}: {'' if outcome.accepted else 'refused: '}{outcome.told}")
        left = sum(one.standing is Standing.MISSING for one in found) - AN_HOUR
        if left > 0:
            typer.echo(f"Meta takes {AN_HOUR} in an hour: submit the other {left} after that.")
        return refused


def _api(settings: Settings) -> CloudApi:
    api = cloud_api(settings)
    if api is None or not settings.whatsapp_account_id:
        needed = {
            "TOKEN": settings.whatsapp_token,
            "PHONE_ID": settings.whatsapp_phone_id,
            "ACCOUNT_ID": settings.whatsapp_account_id,
        }
        lacking = " and ".join(f"SPORTELLO_WHATSAPP_{name}" for name, value in needed.items() if not value)
        fail(f"Meta keeps the templates: set {lacking} (--write FOLDER writes them to files without)")
    return api


def _write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for form in TEMPLATES.values():
        left = [language for language in CODES if not is_ready(form, language)]
        for language, code in CODES.items():
            if language in left:
                continue
            text = json.dumps(definition(form, language), ensure_ascii=False, indent=2)
            (folder / f"{form.name}.{code}.json").write_text(f"{text}\n", encoding="utf-8")
            count += 1
        if left:
            typer.echo(f"{form.name}: not translated yet into {' '.join(left)}")
    typer.echo(f"{folder}: {count} templates")
