"""Whom an address stands for when requests are counted."""

from __future__ import annotations

import pytest

from services_directory.desk.counting import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_a_household_is_one(address: str, network: str) -> None:
    assert network_of(address) == network
