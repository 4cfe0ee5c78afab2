"""Courses, workshops and projects: take a seat, give it back."""

from __future__ import annotations

from collections.abc import Sequence

from flows.city import which_city
from flows.names import short_name
from flows.offers import NothingOnOfferError
from flows.talk import Talk
from flows.wording import go, trust
from locales.text import Lines, Verbatim, _
from services_directory.booked import NoSeatsError
from services_directory.facts import Activity


class OpenActivities:
    """The activities of a city on a topic that still have seats."""

    def __init__(self, activities: Sequence[Activity]) -> None:
        self._open = {activity.key: activity for activity in activities if activity.seats_left}

    async def all(self) -> Sequence[Activity]:
        """All of them."""
        return list(self._open.values())

    async def find(self, key: str) -> Activity | None:
        """The activity with that key, while it has a seat."""
        return self._open.get(key)


async def enrol(talk: Talk) -> None:
    """Take a seat in a course, a workshop or a project."""
    city = await which_city(talk)
    topic = talk.heard.get("argument", "italian_course_find")
    try:
        activity = await talk.choose(
            "activity", _("Which one?"), OpenActivities(await talk.desk.activities(city.key, topic))
        )
    except NothingOnOfferError:
        talk.say(
            _("There is no free place right now. I am sorry. The one-stop shop can tell you when there is."),
            suggest=(go("office_contact", _("Telephone")), go("help", _("Menu"))),
        )
        return
    name = await talk.ask("name", _("What name shall we call? A first name is enough."), read=short_name)
    when = (_("When: {schedule}", schedule=activity.schedule),) if activity.schedule else ()
    question = _("Shall I sign up {name} for {activity}?", name=Verbatim(name), activity=activity.label)
    if not await talk.confirm("agreed", question, yes=_("Yes, sign up"), no=_("No")):
        talk.say(_("All right: I have not signed up anybody."), suggest=(go("help", _("Menu")),))
        return
    try:
        enrolment = await talk.desk.enrol(activity, name, language=talk.profile.language or "it", key=talk.frame.run)
    except NoSeatsError:
        talk.say(
            _("I am sorry: the last place has just been taken."),
            suggest=(go("italian_course_find", _("Find a course")), go("help", _("Menu"))),
        )
        return
    code = _("Done! Your code is {code}. Show it on the first day.", code=Verbatim(enrolment.code))
    talk.say(
        Lines((code, activity.label, *when, *trust(activity.checked))),
        suggest=(go("my_appointments", _("My appointments")), go("help", _("Menu"))),
    )


async def withdraw(talk: Talk) -> None:
    """Give a seat back after a clear yes."""
    try:
        enrolment = await talk.choose("enrolment", _("Which one?"), talk.desk.my_enrolments, single=True)
    except NothingOnOfferError:
        talk.say(_("You have no place in a course with us."), suggest=(go("help", _("Menu")),))
        return
    question = _("Do you want to give up your place in {activity}?", activity=enrolment.activity.label)
    if not await talk.confirm("agreed", question):
        talk.say(_("All right: you keep your place."), suggest=(go("help", _("Menu")),))
        return
    await talk.desk.withdraw(enrolment)
    talk.say(_("Done. Somebody else can have the place now. Thank you."), suggest=(go("help", _("Menu")),))


async def say_seats(talk: Talk) -> bool:
    """The seats that the person has; whether there are any."""
    enrolments = await talk.desk.my_enrolments.all()
    for enrolment in enrolments:
        talk.say(
            Lines((enrolment.activity.label, _("Your code is {code}.", code=Verbatim(enrolment.code)))),
            suggest=(go("withdraw", _("Give up the place")), go("help", _("Menu"))),
        )
    return bool(enrolments)
