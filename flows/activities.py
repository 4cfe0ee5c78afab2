"""Courses, workshops, projects and lessons on rights: looked at, a seat taken or waited for, and given back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from flows.city import which_city
from flows.names import short_name
from flows.offers import NothingOnOfferError
from flows.seats import tell_seat
from flows.silence import will_be_reminded
from flows.talk import Talk
from flows.wording import AUDIENCES, go, in_own_language, place_line, trust
from locales.text import Lines, Listing, Text, Value, Verbatim, _, _n
from services_directory.booked import EnrolmentState, NoSeatsError
from services_directory.facts import Activity

NEXT_MEETINGS = 3
"""How many are told before somebody signs up."""


class SeatedActivities:
    """The activities of a city on a topic in which one can have a seat, or wait for one. `now` is aware."""

    def __init__(self, activities: Sequence[Activity], now: datetime) -> None:
        self._open = {
            activity.key: activity
            for activity in activities
            if activity.seats_left is not None and (activity.closes is None or activity.closes > now)
        }

    async def all(self) -> Sequence[Activity]:
        """Those with a free seat first."""
        return sorted(self._open.values(), key=lambda activity: not activity.seats_left)

    async def find(self, key: str) -> Activity | None:
        """The activity with that key, full or not."""
        return self._open.get(key)


async def enrol(talk: Talk) -> None:
    """Say all there is to know of an activity, then take a seat in it, or a place in its line when it is full."""
    city = await which_city(talk)
    topic = talk.heard.get("argument", "italian_course_find")
    offers = SeatedActivities(await talk.desk.activities(city.key, topic), talk.desk.now)
    try:
        activity = await talk.choose("activity", _("Which one?"), offers, single=True)
    except NothingOnOfferError:
        talk.say(
            _("There is no free place right now. I am sorry. The one-stop shop can tell you when there is."),
            suggest=(go("office_contact", _("Telephone")), go("help", _("Menu"))),
        )
        return
    mine = next((one for one in await talk.desk.my_enrolments.all() if one.activity.key == activity.key), None)
    if mine is not None:
        tell_seat(talk, mine)
        return
    talk.say(Lines(tuple(_told(talk, activity))))
    if not activity.seats_left:
        await _wait(talk, activity)
        return
    name = await talk.ask("name", _("What name shall we call? A first name is enough."), read=short_name)
    question = _("Shall I sign up {name} for {activity}?", name=Verbatim(name), activity=activity.label)
    if not await talk.confirm("agreed", question, yes=_("Yes, sign up"), no=_("No")):
        talk.say(_("All right: I have not signed up anybody."), suggest=(go("help", _("Menu")),))
        return
    try:
        enrolment = await talk.desk.enrol(activity, name, language=talk.profile.language or "it", key=talk.frame.run)
    except NoSeatsError:
        talk.say(
            _("I am sorry: the last place has just been taken."),
            suggest=(go("enrol", _("Tell me when a place is free"), topic), go("help", _("Menu"))),
        )
        return
    will_be_reminded(talk)
    code = _("Done! Your code is {code}. Show it on the first day.", code=Verbatim(enrolment.code))
    when = (_("When: {schedule}", schedule=activity.schedule),) if activity.schedule else ()
    talk.say(
        Lines((code, activity.label, *when, *trust(activity.checked))),
        suggest=(go("my_appointments", _("My appointments")), go("help", _("Menu"))),
    )


async def _wait(talk: Talk, activity: Activity) -> None:
    """Stand in line, when the person wants to be told of a free seat."""
    question = _("Do you want to wait? I write to you when there is a free place. You can say no then.")
    if not await talk.confirm("wait", question, yes=_("Tell me when a place is free"), no=_("No")):
        talk.say(_("All right: I have not signed up anybody."), suggest=(go("help", _("Menu")),))
        return
    name = await talk.ask("name", _("What name shall we call? A first name is enough."), read=short_name)
    language = talk.profile.language or "it"
    try:
        enrolment = await talk.desk.wait_for_seat(activity, name, language=language, key=talk.frame.run)
    except NoSeatsError:
        talk.say(
            _("I am sorry: nobody can join this any more."),
            suggest=(go("italian_course_find", _("Find a course")), go("help", _("Menu"))),
        )
        return
    will_be_reminded(talk)
    tell_seat(talk, enrolment)


async def withdraw(talk: Talk) -> None:
    """Give a seat back, or leave the line, after a clear yes."""
    try:
        enrolment = await talk.choose(
            "enrolment", _("Which one?"), talk.desk.my_enrolments, heard=talk.heard.get("argument"), single=True
        )
    except NothingOnOfferError:
        talk.say(_("You have no place in a course with us."), suggest=(go("help", _("Menu")),))
        return
    waiting = enrolment.state is EnrolmentState.WAITING
    label = enrolment.activity.label
    question = (
        _("Do you want to leave the waiting list of {activity}?", activity=label)
        if waiting
        else _("Do you want to give up your place in {activity}?", activity=label)
    )
    if not await talk.confirm("agreed", question):
        talk.say(_("All right: you keep your place."), suggest=(go("help", _("Menu")),))
        return
    await talk.desk.withdraw(enrolment)
    done = (
        _("Done. You are no longer in the waiting list.")
        if waiting
        else _("Done. Somebody else can have the place now. Thank you.")
    )
    talk.say(done, suggest=(go("help", _("Menu")),))


def _told(talk: Talk, activity: Activity) -> Iterator[Value]:
    """What somebody wants to know before they sign up: level, times, childcare, for whom, where, how many seats."""
    yield activity.label
    yield in_own_language(activity.about, talk.profile.language or "")
    if activity.level is not None:
        yield _("Level: {level}", level=Verbatim(activity.level))
    if activity.audience:
        yield _("For whom: {who}", who=Listing(tuple(AUDIENCES[one] for one in activity.audience)))
    for place in activity.offices[:1]:
        yield from place_line(talk, place)
    yield from _when(activity, talk.desk.now)
    if activity.childcare is not None:
        yield _("There is childcare.") if activity.childcare else _("There is no childcare.")
    yield _seats(activity.seats_left or 0)
    yield from trust(activity.checked)


def _when(activity: Activity, now: datetime) -> Iterator[Value]:
    if activity.schedule is not None:
        yield _("When: {schedule}", schedule=activity.schedule)
    coming = [one for one in activity.sessions if one.starts > now][:NEXT_MEETINGS]
    if coming:
        yield _("The next times:")
        meetings = (
            _("{when}, {place}", when=one.starts, place=Verbatim(one.place)) if one.place else one.starts
            for one in coming
        )
        yield Lines(tuple(meetings), "• ")
    elif activity.starts_on is not None and activity.starts_on >= now.date():
        yield _("It starts on {day}.", day=activity.starts_on)


def _seats(free: int) -> Text:
    if not free:
        return _("All the places are taken now.")
    return _n("There is {count} free place.", "There are {count} free places.", count=free)
