"""Every flow by the name under which it is saved, and which intent leads to which."""

from __future__ import annotations

from flows import (
    activities,
    appointments,
    booking,
    danger,
    offices,
    people,
    privacy,
    reminders,
    seats,
    second_channel,
    silence,
    unclear,
    waiting,
    welcome,
)
from flows.answers import answering, more_in_city, read_guide
from flows.city import choose_city
from flows.language import choose_language
from flows.menu import menu
from flows.runner import Flow

_ANSWERED = [
    "office_documents",
    "italian_course_find",
    "italian_course_enrol",
    "italian_certificate",
    "housing_emergency",
    "housing_find",
    "housing_rent_support",
    "housing_lease_rights",
    "work_contract",
    "work_unpaid_wages",
    "work_undeclared",
    "work_exploitation",
    "work_accident",
    "work_hours_leave",
    "work_dismissal",
    "work_find",
    "work_rights_course",
    "civic_engagement",
    "permit",
    "asylum",
    "family",
    "citizenship",
    "registration_tax_id",
    "legal_help",
    "prison_support",
    "health",
    "mental_health",
    "violence_trafficking",
    "women_families",
    "school",
    "minors",
    "basic_needs",
    "workshops",
    "money_benefits",
]

_OWN: dict[str, tuple[str, Flow]] = {
    "greet": ("greet", welcome.greet),
    "goodbye": ("goodbye", welcome.goodbye),
    "thanks": ("thanks", welcome.thanks),
    "affirm": ("menu", menu),
    "deny": ("menu", menu),
    "help": ("menu", menu),
    "not_understood": ("say-it-simply", unclear.simpler),
    "change_language": ("change-language", choose_language),
    "choose_city": ("choose-city", choose_city),
    "bot_identity": ("who-am-i", welcome.identity),
    "talk_to_human": ("talk-to-a-person", people.person),
    "feedback": ("feedback", people.feedback),
    "privacy": ("privacy", privacy.privacy),
    "office_hours": ("office-hours", offices.hours),
    "office_location": ("office-location", offices.location),
    "office_contact": ("office-contact", offices.contact),
    "office_services": ("office-services", offices.services),
    "mobile_unit": ("mobile-unit", offices.mobile_unit),
    "emergency": ("danger-emergency", danger.emergency),
    "book_appointment": ("book-appointment", booking.book),
    "change_appointment": ("move-appointment", appointments.move),
    "cancel_appointment": ("cancel-appointment", appointments.cancel),
    "my_appointments": ("my-appointments", appointments.mine),
    "out_of_scope": ("out-of-scope", unclear.out_of_scope),
}

_UNSPOKEN: dict[str, tuple[str, Flow]] = {
    "start": ("welcome", welcome.welcome),
    "menu": ("menu", menu),
    "guide": ("read-guide", read_guide),
    "more": ("more-in-city", more_in_city),
    "enrol": ("enrol", activities.enrol),
    "withdraw": ("withdraw", activities.withdraw),
    "book_for_other": ("book-for-other", booking.book_for_other),
    "wait_for_time": ("wait-for-time", waiting.wait_for_time),
    "accept_offer": ("accept-offer", waiting.accept_offer),
    "decline_offer": ("decline-offer", waiting.decline_offer),
    "stop_waiting": ("stop-waiting", waiting.stop_waiting),
    "accept_seat": ("accept-seat", seats.accept_seat),
    "decline_seat": ("decline-seat", seats.decline_seat),
    "forget_me": ("forget-me", privacy.forget_me),
    "confirm_appointment": ("confirm-appointment", reminders.confirm),
    "second_channel": ("second-channel", second_channel.second_channel),
    "joined": ("second-channel-joined", second_channel.joined),
    "be_silent": ("be-silent", silence.be_silent),
    "may_write_first": ("may-write-first", silence.may_write_first),
    "unsure": ("not-understood", unclear.not_understood),
    "attachment": ("attachment", unclear.attachment),
    "stopped": ("stopped", unclear.stopped),
    "earlier_button": ("earlier-button", unclear.earlier_button),
    "danger_emergency": ("danger-emergency", danger.emergency),
    "danger_violence": ("danger-violence", danger.violence),
    "danger_suicide": ("danger-suicide", danger.suicide),
}
"""What buttons and the router lead to beside the intents of the contract."""

TARGETS: dict[str, tuple[str, Flow]] = {
    **{intent: (intent.replace("_", "-"), answering(intent)) for intent in _ANSWERED},
    **_OWN,
    **_UNSPOKEN,
}
"""Intent or button target -> the flow's lasting name and the flow."""

FLOWS: dict[str, Flow] = dict(TARGETS.values())
"""The flow by the name under which conversations are saved. A name is never reused for another meaning."""
