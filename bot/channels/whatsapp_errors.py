"""What each of Meta's error codes means for a reply: try again, send a template, give it up, leave the person be."""

from __future__ import annotations

from http import HTTPStatus

from pywa import errors
from pywa.errors import WhatsAppError

from bot.outgoing import SendError, SuspendedError, UndeliverableError, UnreachableError, WindowClosedError

LONGEST_REASON = 200
PAIR_PAUSE = 6.0
"""Seconds between two messages to one person that WhatsApp asks for when there were too many (131056)."""
LONG_PAUSE = 300.0
"""Seconds after which it is worth asking again when something is wrong with our account or our token."""

CLOSED = (errors.ReEngagementMessage,)
NOBODY = (
    errors.MessageUndeliverable,
    errors.RecipientNotInAllowedList,
    errors.RecipientCannotBeSender,
    errors.UserStoppedMarketingMessages,
)
"""The person cannot be reached there, or does not want to be."""
NOT_NOW = (
    errors.ToManyAPICalls,
    errors.RateLimitIssues,
    errors.RateLimitHit,
    errors.GenericError,
    errors.UnknownError,
    errors.ServiceUnavailable,
    errors.AccountInMaintenanceMode,
    errors.MediaUploadError,
)
OURS = (
    errors.AuthorizationError,
    errors.IntegrityError,
    errors.AccessDenied,
    errors.BusinessPaymentIssue,
    errors.IncorrectCertificate,
    errors.PhoneNumberDisplayNameNotApproved,
    errors.SpamRateLimitHit,
    errors.MessageFailedToReachMessagingLimit,
)
"""Nothing is wrong with the reply: our token, our account or our telephone number must be put in order first."""
NOT_REGISTERED = 133010
"""The same of a telephone number that is not registered, for which pywa has no name."""


def as_send_error(error: WhatsAppError) -> SendError:
    """The consequence of an error, told when sending or in a later status of the message."""
    reason = _reason(error)
    if isinstance(error, CLOSED):
        return WindowClosedError(reason)
    if isinstance(error, NOBODY):
        return UnreachableError(reason)
    if isinstance(error, OURS) or error.code == NOT_REGISTERED or error.status_code == HTTPStatus.UNAUTHORIZED:
        return SuspendedError(reason, LONG_PAUSE)
    pause = _pause(error)
    return UndeliverableError(reason) if pause is None else SendError(reason, pause or None)


def is_too_fast(error: SendError) -> bool:
    """Whether our telephone number sends more than it may, to whomever."""
    return isinstance(error.__cause__, errors.RateLimitHit)


def _pause(error: WhatsAppError) -> float | None:
    """Seconds after which to try again, 0 when we choose; None: trying again would not help."""
    status = error.status_code or HTTPStatus.BAD_REQUEST
    if isinstance(error, errors.TooManyMessages):
        return PAIR_PAUSE
    busy = status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    if isinstance(error, NOT_NOW) or busy or error.is_transient:
        response = error.raw_response
        asked = response.headers.get("Retry-After", "") if response is not None else ""
        return float(asked) if asked.isdecimal() else 0.0
    return None


def from_status(told: object) -> SendError:
    """The consequence of the first error in a status; of one that cannot be read, that the reply is lost."""
    try:
        return as_send_error(WhatsAppError.from_dict(told))  # type: ignore[arg-type]
    except (KeyError, TypeError, ValueError, AttributeError):
        return UndeliverableError("WhatsApp: failed, and did not say why")


def template_is_missing(error: SendError) -> bool:
    """Whether the template does not exist in that language, is not approved, or is paused: another one may go out."""
    missing = (errors.TemplateNotExists, errors.TemplatePaused, errors.TemplateDisabled)
    return isinstance(error.__cause__, missing)


def _reason(error: WhatsAppError) -> str:
    # Meta's own sentence for the code: `details` may quote the person's number.
    return f"WhatsApp {error.code}: {error.message}"[:LONGEST_REASON]


def code_of(error: SendError) -> int | None:
    """Meta's number of what it refused; None when it did not answer at all."""
    cause = error.__cause__
    return cause.code if isinstance(cause, WhatsAppError) else None


def explained(error: SendError) -> str:
    """The reason with what Meta adds to it for the owner of a template, which names no person."""
    cause = error.__cause__
    said = (cause.user_title, cause.user_msg, cause.details) if isinstance(cause, WhatsAppError) else ()
    return ": ".join(dict.fromkeys([error.reason, *(str(one) for one in said if one)]))
