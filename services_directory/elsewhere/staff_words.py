"""What the staff are told when another booking system refuses: what to change, and where."""

from __future__ import annotations

from locales.text import Text, Verbatim, _
from services_directory.elsewhere.systems import Refusal, RefusedError


def refusal_words(refused: RefusedError) -> Text:  # noqa: PLR0911, one case a reason
    """One or two sentences: what is wrong and who can put it right."""
    detail = Verbatim(refused.detail)
    match refused.reason:
        case Refusal.FIELD:
            return _(
                "The other booking system asks for the field “{field}”. Sportello gives it only a first name and a "
                "code. Please make this field optional there.",
                field=detail,
            )
        case Refusal.BOOKING_TYPE:
            return _(
                "The other booking system has no public booking type “{name}”. Correct the name here, or publish the "
                "type there.",
                name=detail,
            )
        case Refusal.MINUTES:
            return _(
                "A booking takes {minutes} minutes in the other system. The service must have the same minutes.",
                minutes=detail,
            )
        case Refusal.ADDRESS:
            return _("There is no calendar at this address of the other booking system. Please check the address.")
        case Refusal.ACCOUNT:
            return _(
                "Sportello needs an account in the other booking system with the role of Bookings Manager, or its "
                "password has changed."
            )
        case Refusal.TOO_LATE:
            return _("The other booking system does not cancel an appointment on its day. Please cancel it there.")
        case Refusal.OTHER:
            return _("The other booking system refuses. It says: “{said}”", said=detail)
