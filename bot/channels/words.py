"""Words that several channels need around a reply, and which links they can make tappable."""

from __future__ import annotations

from urllib.parse import urlsplit

from locales.text import Text, _

HOW_TO_SEND_LOCATION = _("You can send me your location with the button below.")
OPEN_LINK = _("🔗 Open the link")


def with_description(label: str, description: str) -> Text:
    """A choice and what is said of it, in one line."""
    return _("{label}: {description}", label=label, description=description)


def tappable(link: str) -> bool:
    """Whether channels take the address on a button: they refuse other schemes, and hosts without a dot."""
    try:
        address = urlsplit(link)
    except ValueError:
        return False
    return address.scheme in {"http", "https"} and "." in (address.hostname or "")
