"""The commands about WhatsApp: `sportello whatsapp`."""

from __future__ import annotations

import typer

from bot import cli_templates

whatsapp = typer.Typer(no_args_is_help=True, help="WhatsApp: what Meta has to know of us.")
cli_templates.add_to(whatsapp)


def add_to(app: typer.Typer) -> None:
    """Hang these commands into the command line."""
    app.add_typer(whatsapp, name="whatsapp")
