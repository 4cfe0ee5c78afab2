"""What the Bot API refuses, in its own words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

JSON = dict[str, Any]
MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_DATA = 64
MAX_BUTTONS = 100
MAX_ROW = 8
TAGS = {
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "span",
    "tg-spoiler",
    "a",
    "code",
    "pre",
    "blockquote",
}
TAG = re.compile(r"<(/?)([a-zA-Z][\w-]*)((?:\s+[\w-]+(?:=(?:\"[^\"<>]*\"|'[^'<>]*'))?)*)\s*>")
ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")
KEYBOARD_OPTIONS = {"is_persistent", "resize_keyboard", "one_time_keyboard", "input_field_placeholder", "selective"}


@dataclass
class ApiError(Exception):
    """An answer that is not ok."""

    code: int
    description: str
    parameters: JSON = field(default_factory=dict)


def bad(description: str) -> ApiError:
    return ApiError(400, f"Bad Request: {description}")


def utf16(text: str) -> int:
    """The length as Telegram counts offsets: in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def checked_text(text: str, parse_mode: str | None, limit: int = MAX_TEXT) -> str:
    """The words that are shown."""
    if parse_mode not in {None, "", "HTML"}:
        raise bad("unsupported parse_mode")
    shown = (plain_of_html(text) if parse_mode == "HTML" else text).strip()
    if not shown and limit == MAX_TEXT:
        raise bad("message text is empty")
    if utf16(shown) > limit:
        raise bad("message is too long" if limit == MAX_TEXT else "message caption is too long")
    return shown


def plain_of_html(text: str) -> str:
    """The words of Telegram's HTML; refused where the real parser refuses it."""
    shown: list[str] = []
    unclosed: list[str] = []
    position = 0
    while position < len(text):
        offset = len(text[:position].encode())
        if text[position] == "&" and (entity := ENTITY.match(text, position)):
            shown.append("_")
            position = entity.end()
        elif text[position] != "<":
            shown.append(text[position])
            position += 1
        elif (tag := TAG.match(text, position)) is None:
            raise bad(f"can't parse entities: Unsupported start tag at byte offset {offset}")
        elif tag[2].lower() not in TAGS:
            raise bad(f'can\'t parse entities: Unsupported start tag "{tag[2]}" at byte offset {offset}')
        else:
            if not tag[1]:
                unclosed.append(tag[2].lower())
            elif not unclosed or unclosed.pop() != tag[2].lower():
                raise bad(f"can't parse entities: Unmatched end tag at byte offset {offset}")
            position = tag.end()
    if unclosed:
        raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{unclosed[-1]}\"")
    return "".join(shown)


def check_markup(markup: object, *, private: bool) -> None:
    """The shape of `reply_markup`: an inline keyboard, a keyboard, or the removal of one."""
    match markup:
        case None:
            return
        case {"inline_keyboard": list(rows), **rest} if not rest:
            for button in _buttons(rows):
                _check_inline(button)
        case {"keyboard": list(rows), **rest} if rest.keys() <= KEYBOARD_OPTIONS:
            for button in _buttons(rows):
                _check_key(button, private=private)
        case {"remove_keyboard": True, **rest} if rest.keys() <= {"selective"}:
            return
        case _:
            raise bad("object expected as reply markup")


def _buttons(rows: list[Any]) -> list[Any]:
    if not all(isinstance(row, list) for row in rows):
        raise bad("can't parse keyboard: Row must be an Array")
    buttons = [button for row in rows for button in row]
    if len(buttons) > MAX_BUTTONS or any(len(row) > MAX_ROW for row in rows):
        raise bad("reply markup is too long")
    return buttons


def _check_inline(button: object) -> None:
    match button:
        case {"text": str(text), "callback_data": str(data), **rest} if not rest:
            if not 1 <= len(data.encode()) <= MAX_DATA:
                raise bad("BUTTON_DATA_INVALID")
        case {"text": str(text), "url": str(url), **rest} if not rest:
            address = urlsplit(url)
            if address.scheme not in {"http", "https", "tg"} or ("." not in address.netloc and address.scheme != "tg"):
                raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
        case _:
            raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if not text.strip():
        raise bad("can't parse inline keyboard button: Text is empty")


def _check_key(button: object, *, private: bool) -> None:
    match button:
        case str(text):
            pass
        case {"text": str(text), "request_location": True, **rest} if not rest:
            if not private:
                raise bad("location can be requested in private chats only")
        case {"text": str(text), **rest} if not rest:
            pass
        case _:
            raise bad("can't parse keyboard button: KeyboardButton must be an Object")
    if not text.strip():
        raise bad("can't parse keyboard button: Text is empty")


def check_point(latitude: float, longitude: float) -> None:
    if not -90 <= latitude <= 90 or not -180 <= longitude <= 180:
        raise bad("wrong geographic coordinates")


def check_language(code: str | None) -> None:
    if code and not re.fullmatch("[a-z]{2}", code):
        raise bad("LANG_CODE_INVALID")


def check_commands(commands: list[Any]) -> None:
    if len(commands) > MAX_BUTTONS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        match command:
            case {"command": str(name), "description": str(description), **rest} if not rest:
                if not re.fullmatch("[a-z0-9_]{1,32}", name):
                    raise bad("BOT_COMMAND_INVALID")
                if not 1 <= len(description) <= 256:
                    raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
            case _:
                raise bad("can't parse BotCommand: Object expected")


def png_size(content: bytes) -> JSON:
    """The width and height of a picture; refused as Telegram does when it is none, or too large or thin."""
    if content[:8] != b"\x89PNG\r\n\x1a\n":
        raise bad("IMAGE_PROCESS_FAILED")
    width, height = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return {"width": width, "height": height}
