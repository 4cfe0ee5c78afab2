"""A second app: where a person can be told something when the first one does not reach them."""

from __future__ import annotations

from flows.talk import Talk
from flows.wording import go
from locales.text import Verbatim, _

MINUTES = 30
"""How long a code works."""


async def second_channel(talk: Talk) -> None:
    """A short code, to be written to us from the other app."""
    code = await talk.desk.second_channel()
    talk.say(
        _(
            "Write this to us from the other app: {code}. It works for {minutes} minutes. Do not give it to anybody: "
            "whoever writes it to us sees your appointments.",
            code=Verbatim(code),
            minutes=MINUTES,
        ),
        suggest=(go("my_appointments", _("My appointments")), go("help", _("Menu"))),
    )


async def joined(talk: Talk) -> None:
    """Said in the app from which the code was written."""
    talk.desk.may_write_first()
    talk.say(
        _("Done: your two apps now belong together. In both you see the same appointments, and I can remind you here."),
        suggest=(go("my_appointments", _("My appointments")), go("help", _("Menu"))),
    )
