"""Which intents belong together: what is talked of, and what an appointment can be about."""

from __future__ import annotations

TOPICS: dict[str, tuple[str, ...]] = {
    "office": (
        "office_hours", "office_location", "office_contact", "office_documents", "office_services", "mobile_unit",
    ),
    "italian": ("italian_course_find", "italian_course_enrol", "italian_certificate"),
    "housing": ("housing_find", "housing_emergency", "housing_rent_support", "housing_lease_rights"),
    "work": (
        "work_contract", "work_unpaid_wages", "work_undeclared", "work_exploitation", "work_accident",
        "work_hours_leave", "work_dismissal", "work_find", "work_rights_course", "civic_engagement",
    ),
    "papers": ("permit", "asylum", "family", "citizenship", "registration_tax_id"),
    "legal": ("legal_help", "prison_support"),
    "health": ("health", "mental_health"),
    "family": ("women_families", "school", "minors"),
    "money": ("money_benefits",),
    "appointments": ("book_appointment", "change_appointment", "cancel_appointment", "my_appointments"),
}  # fmt: skip
"""By topic, its intents, the one most asked for first."""

_TOPIC_OF = {intent: topic for topic, intents in TOPICS.items() for intent in intents}


def same_topic(intent: str) -> tuple[str, ...]:
    """The intents of the same topic, itself among them; none for an intent without a topic."""
    return TOPICS.get(_TOPIC_OF.get(intent, ""), ())
