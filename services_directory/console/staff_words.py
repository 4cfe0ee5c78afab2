"""The words of the pages on which staff keep the directory. Translated into the languages of the staff only."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from locales.rendering import render
from locales.text import Text, _
from services_directory.console import activity_words, office_words
from services_directory.desk.revisions import Stage
from services_directory.desk.translating import State, state
from services_directory.facts import Audience, OfficeKind
from services_directory.store.localized import from_json

WORDS: dict[str, Text] = {
    "directory": _("Directory"),
    "directory_about": _("What people are told: offices, services, courses, rights. Find it, edit it, publish it."),
    "search": _("Search"),
    "find": _("Find"),
    "kind": _("Kind"),
    "all_kinds": _("All kinds"),
    "national": _("The whole country"),
    "only_stale": _("Only what has to be checked"),
    "checked": _("Checked"),
    "never_checked": _("Never checked"),
    "check_again": _("To be checked"),
    "translated": _("Translated"),
    "nothing_found": _("Nothing was found. Try fewer words."),
    "more_found": _("There are more. Search for something more precise."),
    "select": _("Choose"),
    "still_true": _("Still true"),
    "still_true_about": _("Puts today's date on everything you have chosen."),
    "history": _("History"),
    "waiting": _("Waiting"),
    "waiting_about": _("Drafts, what is to be read by somebody else, and what comes on a date."),
    "nothing_waits": _("Nothing is waiting."),
    "translations": _("Translations"),
    "translations_about": _("How many texts of each city are translated, by language."),
    "other_language": _("Translate into"),
    "change_language": _("Show"),
    "hours": _("Opening hours"),
    "hours_unknown": _("The hours are not known"),
    "hours_known": _("The hours are known"),
    "morning": _("First"),
    "afternoon": _("Second"),
    "hours_expression": _("Hours with seasons or dates, in OpenStreetMap's form"),
    "exception_about": _("Leave the times empty when it is closed. Several days: only days that are open otherwise."),
    "remove": _("Remove"),
    "one_more": _("One more"),
    "yes": _("Yes"),
    "no": _("No"),
    "new": _("New record"),
    "new_about": _("Choose what it is and give it a name; then fill in the rest."),
    "begin": _("Begin"),
    "all_true": _("I have checked all of this today"),
    "week_said": _("In a sentence"),
    "channel": _("Where people read it"),
    "web_chat": _("Web chat"),
    "sheet": _("Spreadsheet"),
    "sheet_about": _(
        "What you may edit, as a spreadsheet. Change it and bring it back: nothing is published before you have seen "
        "what would change."
    ),
    "get_sheet": _("Download the spreadsheet"),
    "bring_sheet": _("Bring it back"),
    "look_first": _("Show what would change"),
    "nothing_changes": _("Nothing would change."),
    "sheet_wrong": _("Nothing was changed. Mend these places in the file, and bring it again."),
    "apply": _("Publish all of this"),
    "applied": _("All of it is published."),
    "sheet_old": _("Somebody has published meanwhile, or it was long ago. Bring the file again."),
    "not_yours": _("This record is not yours to edit."),
    "added": _("New"),
    "next_days": _("The next 14 days"),
    "save_draft": _("Save as a draft"),
    "send_for_review": _("Have it read"),
    "publish": _("Publish now"),
    "schedule": _("Publish on this day"),
    "publish_day": _("Day"),
    "preview": _("As people see it"),
    "preview_about": _("Nothing is published by looking."),
    "retire": _("No longer offered"),
    "retired": _("No longer offered"),
    "note": _("What did you change, and why?"),
    "saved": _("The draft is saved. Nobody sees it yet."),
    "in_review": _("It waits for somebody to read it."),
    "scheduled": _("It will be published on its day."),
    "published": _("Published. People are told this from now on."),
    "restored": _("The earlier version is published again."),
    "retired_now": _("People are no longer told of it."),
    "discarded": _("The draft is thrown away. It stays in the history."),
    "checked_now": _("Today's date is on everything you chose."),
    "wrong": _("Nothing was saved: please look at the fields that are marked."),
    "conflict": _(
        "Somebody else has published a change meanwhile. Yours is kept below; where both changed the same field, "
        "theirs is shown beside it. Look at both, then publish again."
    ),
    "theirs": _("What they wrote"),
    "who": _("Who"),
    "when": _("When"),
    "what": _("What"),
    "before": _("Before"),
    "after": _("After"),
    "restore": _("Publish this version again"),
    "discard": _("Throw away"),
    "copy": _("Copy to another city"),
    "copy_key": _("Short name of the copy (small letters, digits, hyphens)"),
    "copied": _("The copy is a draft. Check every line before you publish it."),
    "key_taken": _("There is a record with this short name already."),
    "back_to_directory": _("Back to the directory"),
    "language": _("Language"),
    "download": _("File for translators (PO)"),
    "upload": _("Bring a translated file back"),
    "uploaded": _("The translations are published."),
    "uploaded_in_part": _("The translations are published, but for texts whose source has changed meanwhile."),
    "no_translations": _("This is not a file of translations. Download it again, and fill that in."),
    "file": _("File"),
    "missed": _("Not understood"),
    "missed_about": _("What people wrote and the bot could not answer, without names and numbers; kept for 90 days."),
    "nothing_missed": _("Nothing was left unanswered."),
    "all_languages": _("All languages"),
    "this_means": _("This means"),
    "none_of_ours": _("Nothing that we do"),
    "teach": _("Teach it"),
    "no_text": _("We have no text for this: begin one"),
    "dismiss": _("Put aside"),
    "taught": _("Taught. The bot knows it after the next training."),
    "dismissed": _("Put aside."),
    "guide_begun": _("A new guide has begun. Write its answer, then publish it."),
}  # fmt: skip
"""The fixed words by the name under which templates ask for them."""

FIELDS: dict[str, Text] = {
    "key": _("Short name"), "city": _("City"),
    "name": _("Name"), "title": _("Title"), "about": _("In short"), "answer": _("Answer"),
    "steps": _("Steps, one a line"),
    "documents": _("Papers to bring, one a line"), "eligibility": _("For whom"), "how": _("How to get it"),
    "cost": _("Cost"), "schedule": _("When"), "accessibility": _("Accessibility"), "what": _("What it is for"),
    "organization": _("Organization"), "kind": _("Kind"), "address": _("Address"),
    "postal_code": _("Postcode"), "latitude": _("Latitude"), "longitude": _("Longitude"),
    "phones": _("Telephones"), "phones.number": _("Number"), "phones.note": _("What to know before calling"),
    "email": _("E-mail"), "languages": _("Languages spoken"), "languages.language": _("Language"),
    "languages.mediator": _("With a mediator"), "languages.hours": _("Only at these hours"),
    "offices": _("Where"), "offices.office": _("Office"), "offices.hours": _("Only at these hours"),
    "website": _("Website"), "topics": _("Questions it answers"), "audience": _("Only for these people"),
    "capacity": _("Places"), "booking": _("Booking"),
    "booking.minutes": _("Minutes of an appointment"),
    "booking.lead_minutes": _("Minutes ahead it must be booked"),
    "booking.horizon_days": _("Days ahead it can be booked"),
    "booking.same_day": _("Can be booked for the same day"),
    "booking.buffer_minutes": _("Minutes kept free after each"),
    "booking.most_people": _("How many may come together"),
    "booking.more_minutes": _("Minutes more for each further person"),
    "reminders": _("Reminders"), "reminders.day_before": _("Remind people the day before"),
    "reminders.hours_before": _("Remind people so many hours before"),
    "starts_on": _("Starts on"), "seats": _("Seats"), "childcare": _("Childcare"), "level": _("Level"),
    "sessions": _("Meetings"), "sessions.starts": _("From"), "sessions.ends": _("To"), "sessions.place": _("Place"),
    "hours": _("Opening hours"), "exceptions": _("Other hours on some days"),
    "exceptions.first_day": _("First day"), "exceptions.last_day": _("Last day"), "exceptions.reason": _("Reason"),
    "exceptions.counter": _("Only this counter (short name)"),
    "alerts": _("Alerts"), "alerts.first_day": _("First day"), "alerts.last_day": _("Last day"),
    "alerts.text": _("What people must know"),
    "stops": _("Stops of a mobile unit"), "stops.starts": _("From"), "stops.ends": _("To"), "stops.place": _("Place"),
    "stops.latitude": _("Latitude"), "stops.longitude": _("Longitude"),
    "counters": _("Counters at which appointments are given"), "counters.key": _("Short name"),
    "counters.name": _("Name"), "counters.hours": _("Only at these hours"),
    "counters.walk_ins": _("Kept for people without an appointment"),
    "counters.elsewhere.address": _("Its calendar is in redturtle.prenotazioni: address"),
    "counters.elsewhere.booking_type": _("Name of the booking type there"),
    "counters.grid": _("A time every so many minutes"), "counters.services": _("What it serves"),
    "counters.languages": _("Languages spoken"),
    "intents": _("Questions it answers"), "rank": _("Order among its like"), "topic": _("Topic"),
    "contacts": _("National numbers to call"), "review_by": _("To be read again by"),
    "free": _("Free of charge"), "sources": _("Where it comes from"), "sources.title": _("Title"),
    "sources.url": _("Web address"),
    "at": _("At"), "opens": _("Opens"), "closes": _("Closes"), "opens_again": _("Opens again"),
    "closes_again": _("Closes again"),
}  # fmt: skip

AUDIENCES: dict[Audience, Text] = {
    Audience.WOMEN: _("Women"), Audience.MINORS: _("Minors"), Audience.FAMILIES: _("Families"),
    Audience.WORKERS: _("Workers"), Audience.ASYLUM_SEEKERS: _("People who ask for asylum"),
    Audience.LEAVING_PRISON: _("People who leave prison"),
}  # fmt: skip

OFFICE_KINDS: dict[OfficeKind, Text] = {
    OfficeKind.ONE_STOP_SHOP: _("One-stop shop"), OfficeKind.MOBILE_UNIT: _("Mobile unit"),
    OfficeKind.RECEPTION: _("Reception"), OfficeKind.MEETING_PLACE: _("Meeting place"),
    OfficeKind.PARTNER: _("Partner"),
}  # fmt: skip

KINDS: dict[str, Text] = {
    "office": _("Office"), "service": _("Service"), "activity": _("Course or activity"), "guide": _("Guide"),
    "contact": _("National number"), "organization": _("Organization"),
    "taxonomy": _("Taxonomy"), "term": _("Term of a taxonomy"),
}  # fmt: skip

STAGES: dict[Stage, Text] = {
    Stage.DRAFT: _("Draft"),
    Stage.IN_REVIEW: _("To be read"),
    Stage.SCHEDULED: _("Comes on a date"),
    Stage.PUBLISHED: _("Published"),
    Stage.DISCARDED: _("Finished"),
}

AUTHORS: dict[str, Text] = {"files": _("Data files"), "import": _("Import")}
"""Who is no person."""

STATES: dict[State, Text] = {
    State.SOURCE: _("Source"),
    State.CURRENT: _("Current"),
    State.OUTDATED: _("Out of date"),
    State.DRAFTED: _("By machine"),
    State.MISSING: _("Missing"),
}


def state_of(text: Any, language: str) -> str:  # noqa: ANN401, a text of a document
    """How a text of a document stands in a language."""
    return State.MISSING if not text else state(from_json(text), language)


@lru_cache(maxsize=32)
def in_language(language: str) -> Mapping[str, str]:
    """The fixed words in that language, those of the pages of offices and of activities among them."""
    every = WORDS | office_words.WORDS | activity_words.WORDS
    return {name: render(text, language) for name, text in every.items()}


@lru_cache(maxsize=32)
def labels(language: str) -> Mapping[str, str]:
    """The names of fields, kinds, stages and states in that language."""
    every: list[Mapping[Any, Text]] = [FIELDS, KINDS, STAGES, STATES, AUTHORS]
    return {str(name): render(text, language) for group in every for name, text in group.items()}
