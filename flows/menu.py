"""What can be asked, by topic."""

from __future__ import annotations

from flows.sayings import Option
from flows.talk import Talk
from flows.wording import go
from locales.names import GROUPS
from locales.text import _


def _topics() -> tuple[Option, ...]:
    return tuple(go("menu", name, group) for group, name in GROUPS.items())


def _items(topic: str) -> tuple[Option, ...]:
    menus: dict[str, tuple[Option, ...]] = {
        "office": (
            go("office_hours", _("Opening hours")),
            go("office_location", _("Address and map")),
            go("office_contact", _("Telephone")),
            go("office_documents", _("What to bring")),
            go("office_services", _("What they do there")),
            go("mobile_unit", _("The mobile unit")),
        ),
        "italian": (
            go("italian_course_find", _("Find a course")),
            go("italian_course_enrol", _("Sign up for a course")),
            go("italian_certificate", _("A2 and B1 certificates")),
        ),
        "housing": (
            go("housing_emergency", _("A place for tonight")),
            go("housing_find", _("Find a home")),
            go("housing_rent_support", _("Help with the rent")),
            go("housing_lease_rights", _("Contract, landlord, eviction")),
        ),
        "work": (
            go("work_unpaid_wages", _("They do not pay me")),
            go("work_contract", _("Contract and payslip")),
            go("work_undeclared", _("I work without a contract")),
            go("work_exploitation", _("Threats or exploitation")),
            go("work_accident", _("I got hurt at work")),
            go("work_hours_leave", _("Hours, rest, sickness")),
            go("work_dismissal", _("I lost my job")),
            go("work_find", _("Find a job")),
            go("work_rights_course", _("Courses on rights")),
            go("civic_engagement", _("Civic projects")),
        ),
        "papers": (
            go("permit", _("Residence permit")),
            go("asylum", _("Asylum")),
            go("family", _("Family")),
            go("citizenship", _("Citizenship")),
            go("registration_tax_id", _("Residence, tax code, identity card")),
            go("legal_help", _("Free legal help")),
            go("prison_support", _("After prison")),
        ),
        "care": (
            go("health", _("Doctor and health card")),
            go("mental_health", _("I do not feel well inside")),
            go("violence_trafficking", _("Somebody hurts me")),
            go("women_families", _("Women, mothers, children")),
            go("school", _("School")),
            go("minors", _("I am under 18")),
            go("basic_needs", _("Food, clothes, shower")),
            go("workshops", _("Workshops and meeting people")),
            go("money_benefits", _("Benefits and money")),
        ),
        "appointments": (
            go("book_appointment", _("Book an appointment")),
            go("my_appointments", _("My appointments")),
            go("change_appointment", _("Move an appointment")),
            go("cancel_appointment", _("Cancel an appointment")),
        ),
        "settings": (
            go("change_language", _("Change language")),
            go("choose_city", _("Change city")),
            go("privacy", _("Privacy")),
            go("forget_me", _("Delete my data")),
            go("talk_to_human", _("Talk to a person")),
        ),
    }
    return menus.get(topic, ())


def main_menu(talk: Talk) -> None:
    """Say what can be asked."""
    talk.say(_("What do you need? Choose, or write it in your own words."), suggest=_topics())


async def menu(talk: Talk) -> None:
    """The topics, or the questions of one topic."""
    items = _items(talk.heard.get("argument", ""))
    if items:
        talk.say(_("Choose one."), suggest=(*items, go("help", _("Menu"))))
    else:
        main_menu(talk)
