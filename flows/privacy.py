"""What is kept, for how long, and how to have it erased."""

from __future__ import annotations

from flows.talk import Talk
from flows.wording import go
from locales.text import _


async def privacy(talk: Talk) -> None:
    """What is kept and why, and that it can be erased."""
    talk.say(
        _(
            "I keep your language, your city, our messages for 30 days, and your appointments. "
            "Only people who work for the one-stop shops see the name you gave."
        )
    )
    talk.say(_("I do not ask for your papers. I do not give what you write to the police."))
    talk.say(
        _("You can delete everything at any time."),
        suggest=(go("forget_me", _("Delete my data")), go("help", _("Menu"))),
    )


async def forget_me(talk: Talk) -> None:
    """Really erase the person, after a clear yes."""
    coming = await talk.desk.my_appointments.all()
    if coming:
        talk.say(_("Your coming appointments will be cancelled too."))
    question = _("Shall I delete our messages, your name and your appointments? This cannot be undone.")
    if not await talk.confirm("agreed", question, yes=_("Yes, delete everything"), no=_("No")):
        talk.say(_("All right: nothing was deleted."), suggest=(go("help", _("Menu")),))
        return
    await talk.desk.forget_me()
    talk.say(_("Done: everything is deleted. If you write again, we start from the beginning. All the best!"))
