"""The few words that only Telegram needs, and how words and buttons are laid out within its limits."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import category, combining
from urllib.parse import urlsplit

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup
from telegram.constants import InlineKeyboardButtonLimit, InlineKeyboardMarkupLimit, MessageLimit

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
HOW_TO_SEND_LOCATION = _("You can send me your location with the button below.")
OPEN_LINK = _("🔗 Open the link")

LONGEST_LABEL = 60
"""Characters of a button; phones cut it earlier, but show the rest when the screen is turned."""
HALF_ROW = 20
"""Characters of a label up to which two buttons share a row."""
MAX_KEY = int(InlineKeyboardButtonLimit.MAX_CALLBACK_DATA)
MAX_BUTTONS = int(InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER)

ELLIPSIS = "…"
ZERO_WIDTH_NON_JOINER, ZERO_WIDTH_JOINER = "\u200c", "\u200d"
SKIN_TONES = range(0x1F3FB, 0x1F3FF + 1)
FLAG_TAGS = range(0xE0020, 0xE007F + 1)
FLAG_LETTERS = range(0x1F1E6, 0x1F1FF + 1)
VIRAMA = 9
"""The combining class of the sign that joins two Indic consonants into one written character."""
LONGEST_CHARACTER = 64
"""Code points searched for the border of a character; what is longer is no character of any language."""


def texts(reply: Reply) -> list[str]:
    """The messages that hold the words: buttons' second lines below them, and a link that no button can hold."""
    lines = [reply.text] if reply.text.strip() else []
    for option in reply.options:
        if option.description:
            line = _("{label}: {description}", label=option.label, description=option.description)
            lines.append(render(line, reply.language))
    if reply.link is not None and not _tappable(reply.link):
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
    if reply.link is not None and _tappable(reply.link):
        rows.append([InlineKeyboardButton(render(OPEN_LINK, reply.language), url=reply.link)])
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise UndeliverableError(f"Telegram: more than {MAX_BUTTONS} buttons")
    return InlineKeyboardMarkup(rows) if rows else None


def location_keyboard(language: str) -> ReplyKeyboardMarkup:
    """The one button, below the text field, that sends where the phone is."""
    button = KeyboardButton(render(SEND_MY_LOCATION, language), request_location=True)
    return ReplyKeyboardMarkup([[button]], resize_keyboard=True, one_time_keyboard=True)


def _tappable(link: str) -> bool:
    """Whether Telegram takes the address on a button: it refuses other schemes, and hosts without a dot."""
    try:
        address = urlsplit(link)
    except ValueError:
        return False
    return address.scheme in {"http", "https"} and "." in (address.hostname or "")


def spoken(code: str | None) -> str:
    """The language of the house that is nearest to Telegram's code ("pt-br")."""
    language = (code or "").partition("-")[0].lower()
    return language if language in SPOKEN else FALLBACK


def units(words: str) -> int:
    """The length as the strictest of Telegram's counters sees it: UTF-16 units, two for an emoji."""
    return len(words) + sum(character > "\uffff" for character in words)


def pieces(words: str, limit: int) -> Iterator[str]:
    """The words in parts of at most `limit` units: cut between paragraphs, else lines, else words, else characters."""
    rest = words.strip()
    while units(rest) > limit:
        cut = _best_cut(rest, _reach(rest, limit))
        yield rest[:cut].rstrip()
        rest = rest[cut:].lstrip()
    if rest:
        yield rest


def shortened(words: str, limit: int) -> str:
    """At most `limit` code points, the last an ellipsis when something was cut off."""
    if len(words) <= limit:
        return words
    return words[: _character_border(words, limit - 1)].rstrip() + ELLIPSIS


def _reach(words: str, limit: int) -> int:
    """How many code points fit into so many units."""
    used = 0
    for position, character in enumerate(words):
        used += units(character)
        if used > limit:
            return position
    return len(words)


def _best_cut(words: str, reach: int) -> int:
    # A border in the first half would leave a stub of a message, so a lesser border further on is preferred to it.
    half = reach // 2
    for separator, least in (("\n\n", half), ("\n", half), (" ", half), ("\n", 1), (" ", 1)):
        cut = words.rfind(separator, least, reach + len(separator))
        if cut > 0:
            return cut
    return _character_border(words, reach)


def _character_border(words: str, reach: int) -> int:
    """The last place at or before `reach` where a character, as people see it, ends."""
    for cut in range(reach, max(reach - LONGEST_CHARACTER, 0), -1):
        if not _inside_character(words, cut):
            return cut
    return reach


def _inside_character(words: str, cut: int) -> bool:
    # The rules of Unicode's annex 29 that matter for our scripts and for emoji; Python has no grapheme breaks.
    before, after = words[cut - 1], words[cut]
    if category(after).startswith("M") or after in {ZERO_WIDTH_JOINER, ZERO_WIDTH_NON_JOINER}:
        return True
    if before == ZERO_WIDTH_JOINER or combining(before) == VIRAMA:
        return True
    if ord(after) in SKIN_TONES or ord(after) in FLAG_TAGS:
        return True
    if ord(after) in FLAG_LETTERS:
        letters = 0
        while letters < cut and ord(words[cut - 1 - letters]) in FLAG_LETTERS:
            letters += 1
        return letters % 2 == 1
    return False
