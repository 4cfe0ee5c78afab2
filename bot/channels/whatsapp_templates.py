"""Templates at Meta: what is submitted, how far each has got, and the form in which one is sent."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from unicodedata import normalize

from bot.channels.whatsapp_client import CloudApi
from bot.channels.whatsapp_errors import explained
from bot.outgoing import Template, UndeliverableError
from bot.templates import TEMPLATES, Form, in_one_line
from locales.languages import SPOKEN
from locales.rendering import RLM, is_translated, render
from locales.text import Text

OTHERWISE = {"pt": "pt_PT", "zh": "zh_CN"}
"""Languages of the house that Meta calls otherwise."""
NOT_THERE = frozenset({"ps", "so", "am", "ti"})
"""Languages of the house that Meta's lists do not hold: no template in them can be approved."""
CODES: Mapping[str, str] = {code: OTHERWISE.get(code, code) for code in SPOKEN if code not in NOT_THERE}
"""Meta's name of each language of the house (developers.facebook.com, "Supported Languages", May 2026)."""

CATEGORY = "UTILITY"
"""What tells people of something that they have asked for."""
AN_HOUR = 100
"""Templates that an account may create in an hour."""
FIELDS = "name,language,status,category,rejected_reason,components"


class Standing(StrEnum):
    """How far a template has got in one language."""

    APPROVED = "approved"
    PENDING = "pending"
    REJECTED = "rejected"
    PAUSED = "paused"
    """Approved once, and not to be sent now: paused, disabled, archived or locked."""
    CHANGED = "changed"
    """Meta has another text than ours, or other buttons."""
    MISSING = "missing"
    UNTRANSLATED = "untranslated"
    """Not in our own catalogue yet: nothing is submitted."""


MEANS: Mapping[str, Standing] = {
    "APPROVED": Standing.APPROVED,
    "REINSTATED": Standing.APPROVED,
    "UNARCHIVED": Standing.APPROVED,
    "FLAGGED": Standing.APPROVED,  # sent still, though people complain
    "PENDING": Standing.PENDING,
    "IN_APPEAL": Standing.PENDING,
    "REJECTED": Standing.REJECTED,
    "DELETED": Standing.MISSING,
}
"""Meta's words; every other one keeps a template from being sent."""


@dataclass(frozen=True)
class State:
    """One template in one language of the house. `remark`: what Meta says of it beside that; empty: nothing."""

    name: str
    language: str
    standing: Standing
    remark: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one submission: Meta's status ("PENDING"), or why it was refused."""

    name: str
    language: str
    accepted: bool
    told: str


def definition(form: Form, language: str) -> dict[str, Any]:
    """What Meta is asked to approve. Raises KeyError for a language that it has not."""
    named = [{"param_name": name, "example": in_one_line(value, language)} for name, value in form.body.values.items()]
    buttons = [{"type": "QUICK_REPLY", "text": label} for label in labels_of(form, language)]
    return {
        "name": form.name,
        "language": CODES[language],
        "category": CATEGORY,
        "parameter_format": "NAMED",
        "components": [
            {"type": "BODY", "text": body_of(form, language), "example": {"body_text_named_params": named}},
            {"type": "BUTTONS", "buttons": buttons},
        ],
    }


def content(template: Template) -> dict[str, Any]:
    """What stands under `template` in a message. Raises KeyError for a language that Meta has not."""
    values = [{"type": "text", "parameter_name": name, "text": value} for name, value in template.values]
    buttons = [
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": str(position),
            "parameters": [{"type": "payload", "payload": key}],
        }
        for position, key in enumerate(template.keys)
    ]
    return {
        "name": template.name,
        "language": {"policy": "deterministic", "code": CODES[template.language]},
        "components": [{"type": "body", "parameters": values}, *buttons],
    }


def body_of(form: Form, language: str) -> str:
    """The text with its values left open: `{{when}}`."""
    # Without its values a message stays as it is in the catalogue; a text of one language needs no mark of direction.
    words = render(Text(form.body.message), language).replace(RLM, "")
    return re.sub(r"{(\w+)}", r"{{\1}}", words)


def labels_of(form: Form, language: str) -> list[str]:
    """What is written on its buttons."""
    return [render(label, language).replace(RLM, "") for _intent, label in form.buttons]


def is_ready(form: Form, language: str) -> bool:
    """Whether all of it is in that language's catalogue; Meta refuses English in a template that is not English."""
    return all(is_translated(text, language) for text in (form.body, *(label for _intent, label in form.buttons)))


async def states(api: CloudApi) -> list[State]:
    """Every template of ours in every language that Meta has, a template after the other. Raises SendError."""
    all_of_them = await api.every(f"{api.account_id}/message_templates", fields=FIELDS)
    there = {(str(one.get("name")), str(one.get("language"))): one for one in all_of_them}
    return [
        _state(form, language, there.get((form.name, code)))
        for form in TEMPLATES.values()
        for language, code in CODES.items()
    ]


async def submit(api: CloudApi, found: Sequence[State]) -> AsyncIterator[Outcome]:
    """Submit what is missing, a language after the other; what Meta said of each, as it says it.

    At most as many as it takes in an hour. Goes on after a refusal; raises SendError when nothing more can go out now.
    """
    missing = sorted((one for one in found if one.standing is Standing.MISSING), key=_by_language)
    for state in missing[:AN_HOUR]:
        try:
            made = await api.create_template(definition(TEMPLATES[state.name], state.language))
        except UndeliverableError as refused:
            yield Outcome(state.name, state.language, accepted=False, told=explained(refused))
        else:
            yield Outcome(state.name, state.language, accepted=True, told=str(made.get("status", "")))


def _by_language(state: State) -> int:
    return list(CODES).index(state.language)


def _state(form: Form, language: str, there: Mapping[str, Any] | None) -> State:
    if there is None or there.get("status") == "DELETED":
        return State(form.name, language, Standing.MISSING if is_ready(form, language) else Standing.UNTRANSLATED)
    status = str(there.get("status"))
    remarks = [
        "" if status in {"APPROVED", "PENDING", "REJECTED", "PAUSED"} else status,
        str(there.get("rejected_reason") or "").replace("NONE", ""),
        "" if there.get("category") == CATEGORY else f"category {there.get('category')}",
    ]
    standing = MEANS.get(status, Standing.PAUSED) if _is_ours(form, language, there) else Standing.CHANGED
    return State(form.name, language, standing, ", ".join(remark for remark in remarks if remark))


def _is_ours(form: Form, language: str, there: Mapping[str, Any]) -> bool:
    ours = [body_of(form, language), *labels_of(form, language)]
    return [_alike(words) for words in _words(there)] == [_alike(words) for words in ours]


def _words(there: Mapping[str, Any]) -> Iterator[str]:
    for component in there.get("components", ()):
        if component.get("type") == "BODY":
            yield str(component.get("text"))
        yield from (str(button.get("text")) for button in component.get("buttons", ()))


def _alike(words: str) -> str:
    return normalize("NFC", words).replace("\r\n", "\n").strip()
