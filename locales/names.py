"""What each intent is called on a button, and each group of them in the menu."""

from __future__ import annotations

from locales.text import Text, _

NAMES: dict[str, Text] = {
    "help": _("Menu"),
    "change_language": _("Change language"),
    "choose_city": _("Change city"),
    "talk_to_human": _("Talk to a person"),
    "privacy": _("Privacy"),
    "office_hours": _("Opening hours"),
    "office_location": _("Address and map"),
    "office_contact": _("Telephone"),
    "office_documents": _("What to bring"),
    "office_services": _("What the one-stop shop does"),
    "mobile_unit": _("The mobile unit"),
    "italian_course_find": _("Find an Italian course"),
    "italian_course_enrol": _("Sign up for an Italian course"),
    "italian_certificate": _("A2 and B1 certificates"),
    "housing_emergency": _("A place for tonight"),
    "housing_find": _("Find a home"),
    "housing_rent_support": _("Help with the rent"),
    "housing_lease_rights": _("Rental contract, landlord, eviction"),
    "work_contract": _("Work contract and payslip"),
    "work_unpaid_wages": _("My boss does not pay me"),
    "work_undeclared": _("I work without a contract"),
    "work_exploitation": _("Threats or exploitation at work"),
    "work_accident": _("I got hurt at work"),
    "work_hours_leave": _("Working hours, rest, sickness"),
    "work_dismissal": _("I lost my job"),
    "work_find": _("Find a job"),
    "work_rights_course": _("Courses on workers' rights"),
    "civic_engagement": _("Civic projects"),
    "permit": _("Residence permit"),
    "asylum": _("Asylum"),
    "family": _("Bring my family"),
    "citizenship": _("Citizenship"),
    "registration_tax_id": _("Residence, tax code, identity card"),
    "legal_help": _("Free legal help"),
    "prison_support": _("Help after prison"),
    "health": _("Doctor and health card"),
    "mental_health": _("Talk about how I feel"),
    "violence_trafficking": _("Somebody hurts or threatens me"),
    "emergency": _("Emergency: call now"),
    "women_families": _("Women, mothers, children"),
    "school": _("School"),
    "minors": _("I am under 18 and alone"),
    "basic_needs": _("Food, clothes, shower"),
    "workshops": _("Workshops and meeting people"),
    "money_benefits": _("Benefits and money"),
    "book_appointment": _("Book an appointment"),
    "my_appointments": _("My appointments"),
    "change_appointment": _("Move an appointment"),
    "cancel_appointment": _("Cancel an appointment"),
}
"""By intent: what is asked for by name."""

GROUPS: dict[str, Text] = {
    "office": _("🏢 One-stop shop: hours and address"),
    "italian": _("📚 Italian courses"),
    "housing": _("🏠 Housing"),
    "work": _("👷 Work and rights"),
    "papers": _("📄 Papers"),
    "care": _("❤️ Health, family, daily needs"),
    "appointments": _("📅 Appointments"),
    "settings": _("⚙️ Language, city, privacy"),
}
"""By group of the taxonomy, and what is about the bot itself, in the order of the menu."""


def name_of(intent: str) -> Text | None:
    """The button's words; None for an intent that nobody asks for by name (a greeting, thanks)."""
    return NAMES.get(intent)
