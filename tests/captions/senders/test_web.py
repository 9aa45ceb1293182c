"""Addresses: which can be used, which are near, and how fields are added to one."""

from __future__ import annotations

import pytest

from fishcaption.captions.senders.web import checked_url, is_near, with_query
from fishcaption.core.errors import InputError


@pytest.mark.parametrize(
    ("url", "near"),
    [
        ("http://127.0.0.1:8088/", True),
        ("http://[::1]/", True),
        ("http://localhost/", True),
        ("http://192.168.1.7:8088", True),
        ("http://10.0.0.1", True),
        ("http://[fe80::1]/", True),
        ("http://mixer:8088", True),
        ("http://mixer.local", True),
        ("https://wmcapi.zoom.us/closedcaption", False),
        ("http://8.8.8.8", False),
        ("https://localhost.example.com", False),
    ],
)
def test_no_proxy_leads_to_what_is_near(url: str, near: bool) -> None:
    assert is_near(url) is near


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://x/a", "https://x/a?seq=1&lang=en-US"),
        ("https://x/a?", "https://x/a?seq=1&lang=en-US"),
        ("https://x/a?b=%2F+c", "https://x/a?b=%2F+c&seq=1&lang=en-US"),
        ("https://x/a?b=c&", "https://x/a?b=c&seq=1&lang=en-US"),
        ("https://x/a?b=c#d", "https://x/a?b=c&seq=1&lang=en-US#d"),
    ],
)
def test_fields_are_added_and_the_address_stays_as_it_is(url: str, wanted: str) -> None:
    assert with_query(url, {"seq": "1", "lang": "en-US"}) == wanted


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "ftp://x",
        "http://",
        "https://:80/",
        "http://x:0",
        "http://[::1",
        "http://x/\x00",
        "http://x/ y",
    ],
)
def test_what_is_no_address_is_named_and_not_quoted(url: str) -> None:
    with pytest.raises(InputError, match="“Link” is not a web address") as raised:
        checked_url(url, "Link")
    assert not url or url not in str(raised.value)
    assert checked_url(" https://x/?a=b ", "Link") == "https://x/?a=b"
