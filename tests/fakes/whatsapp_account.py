"""What an office keeps with Meta: its telephone number, its files, its templates."""

from __future__ import annotations

import base64
from urllib.parse import urlencode

from tests.fakes.whatsapp_bodies import ACCOUNT_ID, BUSINESS, PHONE_ID
from tests.fakes.whatsapp_checks import JSON, MEDIA, Media, MetaError, missing
from tests.fakes.whatsapp_templates import Template, check_template
from tests.fakes.whatsapp_webhook import Webhook

PHONE_FIELDS = "id,display_phone_number,verified_name,quality_rating,webhook_configuration,code_verification_status"
PHONE_FIELDS += ",platform_type,throughput,status,name_status,messaging_limit_tier"


class BusinessAccount(Webhook):
    """State of one telephone number and its business account, and the calls that ask for it or change it."""

    phone_id, account_id = PHONE_ID, ACCOUNT_ID
    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.media: Media = {}
        self.templates: dict[tuple[str, str], Template] = {}
        """By name and language."""
        self.webhook_address = "https://sportello.example/whatsapp"
        self.subscribed = True

    def approve(self, name: str | None = None, language: str | None = None) -> None:
        """Meta approves that template, that language of it, or all that wait."""
        self.judge("APPROVED", name, language)

    def reject(self, name: str | None = None, language: str | None = None, reason: str = "INVALID_FORMAT") -> None:
        self.judge("REJECTED", name, language, reason)

    def judge(self, status: str, name: str | None = None, language: str | None = None, reason: str = "NONE") -> None:
        """Give templates a status ("PAUSED"); without a name, those that are pending."""
        found = [
            one
            for one in self.templates.values()
            if (one.status == "PENDING" if name is None else one.content["name"] == name)
            and language in {None, one.content["language"]}
        ]
        assert found, f"no template {name or 'that waits'} {language or ''}"
        for template in found:
            template.status, template.reason = status, reason

    def upload(self, form: JSON) -> JSON:
        if form.get("messaging_product") != "whatsapp":
            raise missing("messaging_product")
        if not isinstance(form.get("file"), tuple):
            raise missing("file")
        name, declared, content = form["file"]
        media_type = str(declared or form.get("type")).partition(";")[0].strip()
        limits = {kind: limit for kinds, limit in MEDIA.values() for kind in kinds}
        if media_type not in limits:
            said = f"(#100) Param file must be a file with one of the following types: {', '.join(limits)}."
            raise MetaError(100, message=f"{said} Received file of type '{media_type}'.")
        if not 0 < len(content) <= limits[media_type]:
            raise MetaError(100, f"{media_type} may have 1 to {limits[media_type]} bytes, this has {len(content)}")
        number = str(4_490_709_327_384_000 + len(self.media))
        self.media[number] = (name, media_type, content)
        return {"id": number}

    def show_phone(self, asked: JSON) -> JSON:
        about = dict.fromkeys(PHONE_FIELDS.split(","), "") | {
            "id": self.phone_id,
            "display_phone_number": f"+{BUSINESS}",
            "verified_name": "Sportello",
            "quality_rating": "GREEN",
            "webhook_configuration": {"application": self.webhook_address},
            "code_verification_status": "VERIFIED",
            "platform_type": "CLOUD_API",
            "throughput": {"level": "STANDARD"},
            "status": "CONNECTED",
            "name_status": "APPROVED",
            "messaging_limit_tier": "TIER_1K",
        }
        return _chosen(about, asked.get("fields", "display_phone_number,verified_name,quality_rating"))

    def show_apps(self, _asked: JSON) -> JSON:
        about = {"id": "670843887433847", "link": "https://www.facebook.com/games/?app_id=67084", "name": "Sportello"}
        return {"data": [{"whatsapp_business_api_data": about}] if self.subscribed else []}

    def subscribe(self, _content: JSON) -> JSON:
        self.subscribed = True
        return {"success": True}

    def list_templates(self, asked: JSON) -> JSON:
        wanted = {name: asked[name] for name in ("status", "language", "category") if name in asked}
        found = [one for one in self.templates.values() if wanted.items() <= _plain(one.told()).items()]
        named = [one for one in found if asked.get("name", "") in one.content["name"]]
        begin, limit = _position(asked.get("after")), _limit(asked.get("limit", "25"))
        page = named[begin : begin + limit]
        fields = asked.get("fields", "name,parameter_format,components,language,status,category")
        answer: JSON = {"data": [_chosen(one.told(), fields, "parameter_format") for one in page]}
        if page:
            end = begin + len(page)
            answer["paging"] = {"cursors": {"before": _cursor(begin), "after": _cursor(end)}}
            if end < len(named):
                query = urlencode({"fields": fields, "limit": limit, "after": _cursor(end)})
                answer["paging"]["next"] = f"{self.url}/v23.0/{self.account_id}/message_templates?{query}"
        return answer

    def create_template(self, content: JSON) -> JSON:
        check_template(content, self.templates.keys())
        template = Template(str(594_425_479_261_596 + len(self.templates)), content)
        self.templates[template.key] = template
        return {"id": template.id, "status": template.status, "category": content["category"]}


def _chosen(about: JSON, fields: str, *may_lack: str) -> JSON:
    names = fields.split(",")
    for name in names:
        if name not in about and name not in may_lack:
            raise MetaError(100, message=f"(#100) Tried accessing nonexisting field ({name})")
    return {name: about[name] for name in [*names, "id"] if name in about}


def _plain(about: JSON) -> JSON:
    return {name: told for name, told in about.items() if isinstance(told, str)}


def _limit(given: str) -> int:
    if not given.isdecimal() or int(given) < 1:
        raise MetaError(100, message="(#100) Param limit must be a number above 0.")
    return int(given)


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(f"QVFI{position}".encode()).decode().rstrip("=")


def _position(cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.urlsafe_b64decode(f"{cursor}==").removeprefix(b"QVFI"))
    except ValueError as error:
        raise MetaError(100, message="(#100) Param after is no cursor of ours") from error
