"""The commands about WhatsApp: `sportello whatsapp`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import segno
import typer

from bot.channels import whatsapp_links
from bot.cli_base import fail, failing_kindly
from bot.outgoing import SendError
from bot.settings import read_settings
from locales.languages import SPOKEN

whatsapp = typer.Typer(no_args_is_help=True, help="WhatsApp: templates, links and QR codes.")
PIXELS = 8
"""The side of a QR code's smallest square."""


def add_to(app: typer.Typer) -> None:
    """Hang these commands into the command line."""
    whatsapp.command()(links)
    whatsapp.command()(templates)
    app.add_typer(whatsapp, name="whatsapp")


@failing_kindly
def links(
    city: Annotated[str | None, typer.Option(help="Slug of the city; without it: all.")] = None,
    language: Annotated[str | None, typer.Option(help="Code of the language; without it: all.")] = None,
    number: Annotated[str | None, typer.Option(help="+39...; without it Meta is asked for ours.")] = None,
    qr: Annotated[Path | None, typer.Option(file_okay=False, help="Folder for a QR code of each, as SVG.")] = None,
) -> None:
    """The links that open the chat in a city and a language, one a line: city, language, link."""
    slugs = sorted(whatsapp_links.slugs())
    if city is not None and city not in slugs:
        raise typer.BadParameter(f"choose one of: {' '.join(slugs)}", param_hint="--city")
    if language is not None and language not in SPOKEN:
        raise typer.BadParameter(f"choose one of: {' '.join(SPOKEN)}", param_hint="--language")
    number = asyncio.run(_our_number()) if number is None else number.strip()
    try:
        whatsapp_links.digits(number)
    except ValueError as problem:
        raise typer.BadParameter(str(problem), param_hint="--number") from None
    if qr is not None:
        qr.mkdir(parents=True, exist_ok=True)
    for slug in slugs if city is None else [city]:
        for code in SPOKEN if language is None else [language]:
            address = whatsapp_links.link(number, code, slug)
            typer.echo(f"{slug} {code} {address}")
            if qr is not None:
                picture = segno.make_qr(address, error="m")
                picture.save(str(qr / f"{slug}-{code}.svg"), scale=PIXELS, light="#fff", title=f"{slug} {code}")


@failing_kindly
def templates(
    *,
    submitting: Annotated[bool, typer.Option("--submit", help="Ask Meta to approve what it has not got.")] = False,
    write: Annotated[
        Path | None, typer.Option(file_okay=False, help="Write them to NAME.LANGUAGE.json in this folder instead.")
    ] = None,
) -> None:
    """Show how far each template has got at Meta, in every language; submit what is missing."""
    from bot import cli_templates  # noqa: PLC0415, pywa takes half a second and 15 MB, and `run` may need none

    cli_templates.show(submitting=submitting, write=write)


async def _our_number() -> str:
    """Our telephone number as Meta writes it, with its plus sign."""
    from bot.channels.whatsapp_client import cloud_api  # noqa: PLC0415, as above, and --number needs none

    api = cloud_api(read_settings())
    if api is None:
        fail("WhatsApp is switched off (docs/whatsapp.md says how to switch it on); or give --number +39...")
    async with api:
        try:
            found = await api.get(api.phone_id, fields="display_phone_number,verified_name")
        except SendError as problem:
            fail(f"{problem.reason}. `sportello doctor` says what to do; or give --number +39...")
    return "+" + str(found.get("display_phone_number", "")).strip().removeprefix("+")
