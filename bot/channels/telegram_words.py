"""The few words that only Telegram needs, and how words and buttons are laid out within its limits."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup
from telegram.constants import InlineKeyboardButtonLimit, InlineKeyboardMarkupLimit, MessageLimit

from bot.channels.cutting import pieces, shortened
from bot.channels.words import OPEN_LINK, tappable, with_description
from bot.outgoing import Reply, UndeliverableError
from locales.languages import FALLBACK, SPOKEN
from locales.rendering import RLM, is_rtl, render
from locales.text import Text, _

COMMANDS: dict[str, Text] = {
    "menu": _("What I can help with"),
    "appointments": _("My appointments"),
    "language": _("Change language"),
    "city": _("Change city"),
    "person": _("Talk to a person"),
    "stop": _("Stop what we are doing"),
    "forget": _("Delete my data"),
}
"""The menu beside the text field. The router knows the same words, typed or tapped."""

DESCRIPTION = _(
    "I answer in your language about the one-stop shop (sportello unico): opening hours, Italian courses, housing, "
    "workers' rights. I book appointments too. I am a program, I am free, and I never ask for your documents."
)
SHORT_DESCRIPTION = _("Hours, Italian courses, housing, work, appointments: the one-stop shop, in your language.")
NOT_IN_GROUPS = _(
    "I answer only in a private chat, where nobody else reads what you write. "
    "Write to me with the button below. I am leaving this group now: goodbye!"
)
WRITE_TO_ME = _("💬 Write to me")
SEND_MY_LOCATION = _("📍 Send my location")

LONGEST_LABEL = 60
"""Characters of a button; phones cut it earlier, but show the rest when the screen is turned."""
HALF_ROW = 20
"""Characters of a label up to which two buttons share a row."""
MAX_KEY = int(InlineKeyboardButtonLimit.MAX_CALLBACK_DATA)
MAX_BUTTONS = int(InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER)


def texts(reply: Reply) -> list[str]:
    """The messages that hold the words: buttons' second lines below them, and a link that no button can hold."""
    lines = [reply.text] if reply.text.strip() else []
    lines.extend(
        render(with_description(option.label, option.description), reply.language)
        for option in reply.options
        if option.description
    )
    if reply.link is not None and not tappable(reply.link):
        lines.append(reply.link)
    mark = RLM if is_rtl(reply.language) else ""
    parts = pieces("\n".join(lines), MessageLimit.MAX_TEXT_LENGTH - len(mark))
    # A line that was cut in two begins again: without the mark it could run the wrong way.
    return [mark + part if position and not part.startswith(mark) else part for position, part in enumerate(parts)]


def buttons(reply: Reply) -> InlineKeyboardMarkup | None:
    """One or two buttons a row, as their labels allow, the link last. Raises UndeliverableError."""
    rows: list[list[InlineKeyboardButton]] = []
    for option in reply.options:
        if not 1 <= len(option.key.encode()) <= MAX_KEY:
            raise UndeliverableError(f"Telegram: a button's key has 1 to {MAX_KEY} bytes, not {option.key!r}")
        button = InlineKeyboardButton(shortened(option.label, LONGEST_LABEL), callback_data=option.key)
        if rows and len(rows[-1]) == 1 and max(len(rows[-1][0].text), len(button.text)) <= HALF_ROW:
            rows[-1].append(button)
        else:
            rows.append([button])
    if reply.link is not None and tappable(reply.link):
        rows.append([InlineKeyboardButton(render(OPEN_LINK, reply.language), url=reply.link)])
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise UndeliverableError(f"Telegram: more than {MAX_BUTTONS} buttons")
    return InlineKeyboardMarkup(rows) if rows else None


def location_keyboard(language: str) -> ReplyKeyboardMarkup:
    """The one button, below the text field, that sends where the phone is."""
    button = KeyboardButton(render(SEND_MY_LOCATION, language), request_location=True)
    return ReplyKeyboardMarkup([[button]], resize_keyboard=True, one_time_keyboard=True)


def spoken(code: str | None) -> str:
    """The language of the house that is nearest to Telegram's code ("pt-br")."""
    language = (code or "").partition("-")[0].lower()
    return language if language in SPOKEN else FALLBACK
