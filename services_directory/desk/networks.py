"""Whom an address on the internet stands for, when somebody's requests are counted."""

from __future__ import annotations

import ipaddress

HOUSEHOLD = 64
"""Bits of an IPv6 address that one household shares; it changes the rest as it likes."""


def network_of(address: str) -> str:
    """The address itself, or of IPv6 the household's network; what is no address stays as it is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, HOUSEHOLD), strict=False)) if parsed.version == 6 else address  # noqa: PLR2004, IPv6
