"""Whether we may write first: told and agreed to with what there is to remind of, ended by one word, for good."""

from __future__ import annotations

from flows.sayings import Option
from flows.talk import Talk
from flows.wording import go
from locales.text import _

REMIND_ME: Option = go("may_write_first", _("Remind me again"))


def will_be_reminded(talk: Talk) -> None:
    """Tell who has something to be reminded of that we write first here, and how to end it; from now on they know."""
    if not talk.desk.needs_consent:
        return
    if talk.desk.is_silenced:
        talk.say(_("I do not remind you here: you asked me not to write first."), suggest=(REMIND_ME,))
        return
    talk.desk.may_write_first()
    talk.say(_("I will remind you here. If you do not want that, write: stop."))


async def be_silent(talk: Talk) -> None:
    """The person does not want us to write first any more; what was underway ends, too."""
    talk.desk.be_silent()
    talk.say(
        _(
            "All right, we stop here. I will not write to you first any more: no reminders. "
            "You can write to me at any time."
        ),
        suggest=(REMIND_ME, go("my_appointments", _("My appointments")), go("help", _("Menu"))),
    )


async def may_write_first(talk: Talk) -> None:
    """The person wants to be reminded here after all."""
    talk.desk.may_write_first()
    talk.say(
        _("Good. I will remind you here of your appointments. To end it, write: stop."),
        suggest=(go("my_appointments", _("My appointments")), go("help", _("Menu"))),
    )
