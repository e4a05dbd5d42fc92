"""Only servers that are trusted are believed about a client's address."""

from __future__ import annotations

import pytest
from django.test import RequestFactory, override_settings

from indelible.web.acts import context_of
from indelible.web.addresses import Origin, find_origin, parse_networks

TRUSTED = parse_networks("127.0.0.1, 10.0.0.0/8,::1")


@pytest.mark.parametrize(
    ("peer", "forwarded", "origin"),
    [
        ("203.0.113.7", "", Origin("203.0.113.7")),
        ("203.0.113.7", "198.51.100.1", Origin("203.0.113.7")),
        ("127.0.0.1", "", Origin("127.0.0.1")),
        ("127.0.0.1", "198.51.100.1", Origin("198.51.100.1", "127.0.0.1")),
        ("::1", "2001:db8::7", Origin("2001:db8::7", "::1")),
        ("127.0.0.1", "6.6.6.6, 198.51.100.1, 10.2.3.4", Origin("198.51.100.1", "127.0.0.1")),
        ("127.0.0.1", "198.51.100.1, <script>", Origin("127.0.0.1")),
        ("", "198.51.100.1", Origin("")),
    ],
)
def test_the_client_is_the_first_from_the_right_that_is_no_server_of_ours(
    peer: str, forwarded: str, origin: Origin
) -> None:
    assert find_origin(peer, forwarded, TRUSTED) == origin


def test_an_entry_keeps_both_addresses() -> None:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "198.51.100.1"})
    assert context_of(request) == {"ip": "127.0.0.1"}
    with override_settings(INDELIBLE_TRUSTED_PROXIES="127.0.0.1"):
        assert context_of(request) == {"ip": "198.51.100.1", "location": "passed on by 127.0.0.1"}


def test_a_list_that_cannot_be_read_trusts_nobody(caplog: pytest.LogCaptureFixture) -> None:
    assert parse_networks("proxy.example, 10.0.0.1/8") == ()
    assert "proxy.example" in caplog.text
