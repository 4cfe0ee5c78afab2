"""A reply as WhatsApp's messages: words first, everything within the limits of Meta's Cloud API, and nothing lost.

The limits are those of Meta's reference of the messages API, counted in UTF-16 units to be on the safe side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from unicodedata import bidirectional

import regex  # type: ignore[import-untyped]

from bot.channels.cutting import ISOLATES, OPENERS, last_piece, pieces, shortened, units
from bot.channels.whatsapp_words import CHOOSE, bold, harmless, more_choices, plain
from bot.channels.words import HOW_TO_SEND_LOCATION, OPEN_LINK, tappable, with_description
from bot.outgoing import Choice, File, Pin, Reply, UndeliverableError
from locales.rendering import RLM, is_rtl, render
from locales.text import Text

LONGEST_TEXT, LONGEST_BODY = 4096, 1024
"""Of a message of words, and of the words of one with buttons, a list or a link."""
MOST_BUTTONS, LONGEST_BUTTON, LONGEST_BUTTON_KEY = 3, 20, 256
MOST_ROWS, LONGEST_ROW, LONGEST_DESCRIPTION, LONGEST_ROW_KEY = 10, 24, 72, 200
LONGEST_PLACE = 1000
"""Of a place's name and of its address. Meta names no limit; ours only keeps a mistake from making a message of it."""
UPLOADED_AS = {"text/calendar": "text/plain"}
"""Types that Meta's upload refuses, and what they are sent as: phones open a file by its name."""

VISIBLE = regex.compile(r"[^\s\p{C}]")
BREAKS = regex.compile(r"\s*[\n\r\t\v\f\x85\u2028\u2029]\s*")


@dataclass(frozen=True)
class Message:
    """A message ready to go out: `content` is what the Cloud API wants under the name of the `kind`."""

    kind: str
    content: dict[str, Any]


@dataclass(frozen=True)
class Media:
    """A file that is left with Meta first (`upload_type`) and then sent by the number it got (`media_content`)."""

    file: File


Part: TypeAlias = Message | Media


@dataclass(frozen=True)
class _Ask:
    """What people can tap, and the words above it where they are not the reply's own."""

    kind: str
    action: dict[str, Any]
    words: Text


def layout(reply: Reply) -> list[Part]:
    """The messages that make up a reply, in their order: whatever fails after the first, the person has been answered.

    Raises UndeliverableError, before anything is sent.
    """
    asks = [*_choices(reply)]
    if asks and not VISIBLE.search(reply.text):
        raise UndeliverableError("WhatsApp: buttons without words")
    if reply.link is not None and tappable(reply.link):
        asks.append(_link(reply.link, reply.language))
    if reply.wants_location:
        asks.append(_Ask("location_request_message", {"name": "send_location"}, HOW_TO_SEND_LOCATION))
    parts: list[Part] = []
    if words := _words(reply):
        parts.extend(_said(words, asks[0] if asks else None, reply.language))
        asks = asks[1:]
    rest = [(ask, _interactive(ask, plain(render(ask.words, reply.language)), reply.language)) for ask in asks]
    parts.extend(message for ask, message in rest if ask.words is not HOW_TO_SEND_LOCATION)
    if reply.location is not None:
        parts.append(_place(reply.location))
    if reply.document is not None:
        parts.append(Media(reply.document))
    # Last, and so just above the place where people write.
    parts.extend(message for ask, message in rest if ask.words is HOW_TO_SEND_LOCATION)
    if not parts:
        raise UndeliverableError("WhatsApp: there is nothing to say")
    return parts


def upload_type(file: File) -> str:
    """The type under which Meta's upload takes the file."""
    media_type = file.media_type.partition(";")[0].strip().lower()
    return UPLOADED_AS.get(media_type, media_type)


def media_content(file: File, media_id: str) -> tuple[str, dict[str, str]]:
    """Kind and content of the message that shows an uploaded picture, or hands over a file under its own name."""
    if file.is_image:
        return "image", {"id": media_id}
    return "document", {"id": media_id, "filename": file.name}


def _said(words: str, ask: _Ask | None, language: str) -> list[Message]:
    """The words as messages; what can be tapped is below the last of them."""
    mark = len(RLM) if is_rtl(language) else 0
    before, body = (words, "") if ask is None else last_piece(words, LONGEST_BODY - mark)
    said = [
        Message("text", {"body": _marked(part, language), "preview_url": False})
        for part in pieces(before, LONGEST_TEXT - mark)
    ]
    return said if ask is None else [*said, _interactive(ask, body, language)]


def _interactive(ask: _Ask, body: str, language: str) -> Message:
    content = {"type": ask.kind, "body": {"text": _marked(body, language)}, "action": ask.action}
    return Message("interactive", content)


def _words(reply: Reply) -> str:
    """The reply's own words, below them what no row has room for, and a link that no button can hold."""
    lines = [plain(reply.text)] if VISIBLE.search(reply.text) else []
    if not _fit_buttons(reply):
        lines.extend(_in_bold(option, reply.language) for option in reply.options if _row(option, reply.language)[1])
    if reply.link is not None and not tappable(reply.link):
        lines.append(reply.link)
    return "\n".join(lines)


def _in_bold(option: Choice, language: str) -> str:
    label = bold(_line(option.label, language))
    if not option.description:
        return _marked(label, language)
    return render(with_description(label, harmless(_line(option.description, language))), language)


def _choices(reply: Reply) -> list[_Ask]:
    """Up to three buttons when the labels allow, else lists of ten. Raises UndeliverableError."""
    options, language = reply.options, reply.language
    as_buttons = _fit_buttons(reply)
    _check(options, LONGEST_BUTTON_KEY if as_buttons else LONGEST_ROW_KEY)
    if as_buttons:
        buttons = [
            {"type": "reply", "reply": {"id": option.key, "title": _line(option.label, language)}} for option in options
        ]
        return [_Ask("button", {"buttons": buttons}, more_choices(1, 1))] if buttons else []
    rows = [_row(option, language)[0] for option in options]
    lists = [rows[start : start + MOST_ROWS] for start in range(0, len(rows), MOST_ROWS)]
    button = shortened(_line(render(CHOOSE, language), language), LONGEST_BUTTON)
    return [
        _Ask("list", {"button": button, "sections": [{"rows": some}]}, more_choices(number, len(lists)))
        for number, some in enumerate(lists, start=1)
    ]


def _check(options: Sequence[Choice], longest_key: int) -> None:
    keys = [option.key for option in options]
    for key in keys:
        if not 1 <= units(key) <= longest_key or key != key.strip():
            raise UndeliverableError(f"WhatsApp: a button's key has 1 to {longest_key} characters, not {key!r}")
    if len(set(keys)) < len(keys):
        raise UndeliverableError("WhatsApp: two buttons with one key")
    if not all(VISIBLE.search(option.label) for option in options):
        raise UndeliverableError("WhatsApp: a button without words")


def _fit_buttons(reply: Reply) -> bool:
    """Whether the options can be buttons: few, short, all different, and nothing is said of any."""
    titles = {_line(option.label, reply.language) for option in reply.options}
    return (
        len(titles) == len(reply.options) <= MOST_BUTTONS
        and all(units(title) <= LONGEST_BUTTON for title in titles)
        and not any(option.description for option in reply.options)
    )


def _row(option: Choice, language: str) -> tuple[dict[str, str], bool]:
    """An option as a row of a list, and whether something of it found no room there."""
    label = _line(option.label, language)
    row = {"id": option.key, "title": shortened(label, LONGEST_ROW)}
    said = _line(option.description or "", language)
    if row["title"] != label:
        said = _line(render(with_description(label, said), language), language) if said else label
    if said:
        row["description"] = shortened(said, LONGEST_DESCRIPTION)
        if row["title"] != label not in row["description"] and units(label) <= LONGEST_DESCRIPTION:
            row["description"] = label
    return row, row.get("description", "") != said


def _link(link: str, language: str) -> _Ask:
    # WhatsApp draws a sign of its own on such a button.
    title = _line(render(OPEN_LINK, language).replace("🔗", ""), language)
    parameters = {"display_text": shortened(title, LONGEST_BUTTON), "url": link}
    return _Ask("cta_url", {"name": "cta_url", "parameters": parameters}, OPEN_LINK)


def _place(pin: Pin) -> Message:
    # As texts: so Meta's own description of its API has them.
    content: dict[str, Any] = {"latitude": str(pin.latitude), "longitude": str(pin.longitude)}
    if VISIBLE.search(pin.name):
        content["name"] = shortened(pin.name, LONGEST_PLACE)
        if pin.address and VISIBLE.search(pin.address):  # shown below a name only
            content["address"] = shortened(pin.address, LONGEST_PLACE)
    return Message("location", content)


def _marked(words: str, language: str) -> str:
    """A message in a language written from the right begins there, whatever its first word is."""
    return RLM + words if is_rtl(language) and not words.startswith(RLM) else words


def _line(words: str, language: str) -> str:
    """The words in one line; a mark for the direction only where it changes something, since room is scarce."""
    line: str = BREAKS.sub(" ", words).strip().removeprefix(RLM).strip()
    return RLM + line if line and is_rtl(language) and not _leads_right(line) else line


def _leads_right(words: str) -> bool:
    """Whether the first letter that is in no isolate is written from right to left: phones go by that one."""
    depth = 0
    for character in words:
        if character in ISOLATES:
            depth = depth + 1 if character in OPENERS else max(depth - 1, 0)
        elif not depth and (direction := bidirectional(character)) in {"L", "R", "AL"}:
            return direction != "L"
    return False
