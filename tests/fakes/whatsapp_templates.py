"""Templates as Meta keeps them: what it refuses to look at, and what it refuses to send."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from tests.fakes.whatsapp_checks import JSON, MAX_BODY, MetaError, check_schema

CATEGORIES = ("UTILITY", "MARKETING", "AUTHENTICATION")
LANGUAGES = frozenset(
    """
    af sq ar ar_EG ar_AE ar_LB ar_MA ar_QA ar_SA az bn bg ca zh_CN zh_HK zh_TW hr cs da nl en en_GB en_US en_AU en_CA
    en_IN et fil fi fr fr_CA fr_BE ka de el gu ha he hi hu id ga it ja kn kk rw_RW ko ky_KG lo lv lt mk ms ml mr nb fa
    pl pt_BR pt_PT pa ro ru sr sk sl es es_AR es_ES es_MX es_CL es_CO es_PE es_VE sw sv ta te th tr uk ur uz vi zu
    """.split()  # noqa: SIM905, one line for each would be a page
)
"""The languages that a template may be in."""
VARIABLE = re.compile(r"\{\{(.*?)\}\}")
NAME = re.compile(r"[a-z][a-z0-9_]*")
TROUBLE = re.compile(r"[\n\r\t]| {4}")
MAX_SHORT = 60
MAX_LABEL = 25
MAX_BUTTONS = 10
MAX_PAYLOAD = 256
DUPLICATE, TOO_LONG, BAD_BODY, BAD_FOOTER, AT_THE_ENDS = 2388024, 2388040, 2388047, 2388073, 2388299


@dataclass
class Template:
    """One template in one language."""

    id: str
    content: JSON
    status: str = "PENDING"
    reason: str = "NONE"

    @property
    def key(self) -> tuple[str, str]:
        return self.content["name"], self.content["language"]

    def part(self, kind: str) -> JSON:
        """Its HEADER, BODY, FOOTER or BUTTONS; empty when it has none."""
        found: JSON = next((part for part in self.content["components"] if part["type"].upper() == kind), {})
        return found

    @property
    def buttons(self) -> list[JSON]:
        found: list[JSON] = self.part("BUTTONS").get("buttons", [])
        return found

    def told(self) -> JSON:
        """As the list of templates shows it."""
        more = {"rejected_reason": self.reason, "quality_score": {"score": "UNKNOWN"}}
        return self.content | {"id": self.id, "status": self.status} | more

    def filled(self, components: Iterable[JSON]) -> str:
        """The words that the person reads."""
        values = {
            one["parameter_name"]: one["text"]
            for part in components
            for one in part.get("parameters", ())
            if "parameter_name" in one
        }
        return VARIABLE.sub(lambda found: str(values[found[1]]), self.part("BODY")["text"])


def refused(subcode: int, title: str, said: str) -> MetaError:
    more = {"error_subcode": subcode, "is_transient": False, "error_user_title": title, "error_user_msg": said}
    return MetaError(100, message="Invalid parameter", more=more)


def wrong(param: str, said: str) -> MetaError:
    return MetaError(100, message=f"(#100) Param {param} {said}")


def check_template(content: JSON, known: Iterable[tuple[str, str]]) -> None:
    """A template that somebody wants approved; `known` are the names and languages there are already."""
    check_schema(content, "message_template")
    if not re.fullmatch("[a-z0-9_]{1,512}", content["name"]):
        raise wrong("name", "must be lowercase letters, digits and underscores.")
    if content["category"] not in CATEGORIES:
        raise wrong("category", f"must be one of {{{', '.join(CATEGORIES)}}} - got {content['category']!r}.")
    if content["language"] not in LANGUAGES:
        raise wrong("language", f"must be one of {{{', '.join(sorted(LANGUAGES))}}} - got {content['language']!r}.")
    if (content["name"], content["language"]) in known:
        said = f"There is already {content['language']} content for this template. Create another and try again."
        raise refused(DUPLICATE, "Content in this language already exists", said)
    kinds = [str(part.get("type")).upper() for part in content["components"]]
    if (
        kinds.count("BODY") != 1
        or len(set(kinds)) < len(kinds)
        or not {*kinds} <= {"HEADER", "BODY", "FOOTER", "BUTTONS"}
    ):
        raise wrong("components", "must have one BODY, and at most one HEADER, FOOTER and BUTTONS.")
    for kind, part in zip(kinds, content["components"], strict=True):
        if kind == "BODY":
            _check_body(part, named=content.get("parameter_format") == "NAMED")
        elif kind == "BUTTONS":
            _check_buttons(part.get("buttons", []))
        else:
            _check_short(kind, part)


def _check_short(kind: str, part: JSON) -> None:
    if kind == "HEADER" and part.get("format") != "TEXT":
        raise wrong("components", "may have a HEADER of the format TEXT only, as far as this fake knows.")
    text = part.get("text", "")
    if len(text) > MAX_SHORT:
        raise refused(TOO_LONG, "Message template component too long", f"{kind} has more than {MAX_SHORT} characters")
    if not text.strip() or VARIABLE.search(text) or "\n" in text:
        raise refused(
            BAD_FOOTER if kind == "FOOTER" else BAD_BODY, f"{kind} format is incorrect", "empty, or variables"
        )


def _check_body(part: JSON, *, named: bool) -> None:
    text = part.get("text", "")
    if len(text) > MAX_BODY:
        raise refused(TOO_LONG, "Message template component too long", f"BODY has more than {MAX_BODY} characters")
    if not text.strip() or "\n\n\n" in text:
        raise refused(BAD_BODY, "Message body format is incorrect", "It is empty, or has two empty lines in a row.")
    names = VARIABLE.findall(text)
    rest = VARIABLE.sub("", text)
    if "{{" in rest or "}}" in rest or not all(NAME.fullmatch(name) for name in names) or (names and not named):
        raise refused(BAD_BODY, "Variables are not valid", "Only {{lower_case_names}}, with parameter_format NAMED.")
    if text.strip().startswith("{{") or text.strip().endswith("}}"):
        raise refused(AT_THE_ENDS, "Variables can't be at the start or end", "Write something before and after them.")
    examples = part.get("example", {}).get("body_text_named_params", [])
    given = [one.get("param_name") for one in examples if str(one.get("example", "")).strip()]
    if sorted(given) != sorted(set(names)):
        raise refused(BAD_BODY, "Variables need examples", f"examples of {given}, variables {names}")


def _check_buttons(buttons: list[JSON]) -> None:
    if not 1 <= len(buttons) <= MAX_BUTTONS:
        raise wrong("buttons", f"must be 1 to {MAX_BUTTONS}.")
    for button in buttons:
        text = button.get("text", "")
        if button.get("type") not in {"QUICK_REPLY", "URL", "PHONE_NUMBER"}:
            raise wrong("buttons", f"have a type that this fake does not know: {button.get('type')!r}.")
        if not text.strip() or len(text) > MAX_LABEL or VARIABLE.search(text):
            raise refused(
                TOO_LONG, "Button text is invalid", f"1 to {MAX_LABEL} characters, and no variables: {text!r}"
            )
    if len({button["text"] for button in buttons}) < len(buttons):
        raise wrong("buttons", "must have different texts.")
    # Quick replies stand together, before or after the others.
    quick = [button["type"] == "QUICK_REPLY" for button in buttons]
    if sum(before != after for before, after in pairwise(quick)) > 1:
        raise wrong("buttons", "must not mix quick replies with others.")


def check_sent(message: JSON, templates: dict[tuple[str, str], Template]) -> Template:
    """The approved template that a message asks for, when everything it needs is given."""
    name, language = message["name"], message["language"]["code"]
    template = templates.get((name, language))
    if template is not None and template.status == "PAUSED":
        raise MetaError(132015, f"template {name} ({language}) is paused")
    if template is None or template.status != "APPROVED":
        raise MetaError(132001, f"template name ({name}) does not exist in {language}")
    parts = message.get("components", [])
    bodies = [part for part in parts if part["type"] == "body"]
    if len(bodies) > 1 or any(part["type"] == "header" for part in parts):
        raise MetaError(132012, "there is one body, and no header with parameters")
    _check_values(template, bodies[0].get("parameters", []) if bodies else [])
    for part in parts:
        if part["type"] == "button":
            _check_button(template, part)
    indexes = [str(part.get("index")) for part in parts if part["type"] == "button"]
    if len(set(indexes)) < len(indexes):
        raise MetaError(132012, "two components for one button")
    return template


def _check_values(template: Template, values: list[JSON]) -> None:
    wanted = set(VARIABLE.findall(template.part("BODY")["text"]))
    if len(values) != len(wanted):
        found = f"number of localizable_params ({len(values)})"
        raise MetaError(132000, f"body: {found} does not match the expected number of params ({len(wanted)})")
    for value in values:
        if value.get("type") != "text":
            raise MetaError(132012, "body: a parameter is not text")
        if not value.get("parameter_name"):
            raise MetaError(100, "Parameter name is missing or empty")
        if not isinstance(value.get("text"), str) or not value["text"]:
            raise MetaError(131008, f"Parameter of type text is missing text value: {value['parameter_name']}")
        if TROUBLE.search(value["text"]):
            raise MetaError(132018, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces")
    if {value["parameter_name"] for value in values} != wanted:
        raise MetaError(132000, f"body: parameters are not those of the template: {', '.join(sorted(wanted))}")


def _check_button(template: Template, part: JSON) -> None:
    index = str(part.get("index", ""))
    if not index.isdecimal() or int(index) >= len(template.buttons):
        raise MetaError(131009, f"Button at index {index or '(none)'} does not exist in the template")
    kind = template.buttons[int(index)]["type"]
    if str(part.get("sub_type", "")).upper() != kind or kind != "QUICK_REPLY":
        raise MetaError(132012, f"Button at index {index} of type {kind} takes no such parameters")
    match part.get("parameters"):
        case [{"type": "payload", "payload": str(payload)}] if 1 <= len(payload) <= MAX_PAYLOAD:
            pass
        case _:
            raise MetaError(131009, f"Button at index {index} needs one payload of 1 to {MAX_PAYLOAD} characters")
