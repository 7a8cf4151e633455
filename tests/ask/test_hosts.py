"""Is the host of a link the one that a browser would ask?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milter.ask.hosts import read_target, shown_host
from tests.ask.shipped import lexicon


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.ameli.fr/assure", "www.ameli.fr"),
        ("https://www.ameli.fr@vol.example/", "vol.example"),
        ("https://www.ameli.fr:443@vol.example:8443/x", "vol.example"),
        ("https://vol.example\\@www.ameli.fr/", "vol.example"),
        ("https://vol.example?x=@www.ameli.fr", "vol.example"),
        ("https://vol.example#@www.ameli.fr", "vol.example"),
        ("HTTPS:/vol.example/", "vol.example"),
        ("https:vol.example", "vol.example"),
        ("//vol.example/x", "vol.example"),
        ("/\\vol.example/x", "vol.example"),
        ("ht\ttps://vol\n.example/", "vol.example"),
        ("hxxps://vol.example/", "vol.example"),
        ("https://vol%2Eexample/", "vol.example"),
        ("https://vol。example/", "vol.example"),
        ("vol.example/rib", "vol.example"),
        ("vol.example:8080/rib", "vol.example"),
        ("https://VOL.Example./", "vol.example"),
    ],
)
def test_the_host_is_the_one_a_browser_would_ask(url: str, host: str) -> None:
    target = read_target(url)

    assert target.host is not None
    assert host == target.host.name


@pytest.mark.parametrize(
    "url", ["https://203.0.113.7/", "http://3405803783/", "http://0xcb007107/", "http://[::1]/"]
)
def test_an_address_is_odd_and_no_domain(url: str) -> None:
    target = read_target(url)

    assert target.web
    assert target.host is None
    assert "address" in target.odd


@pytest.mark.parametrize("url", ["mailto:x@y.example", "tel:3646", "cid:logo", "#haut", "/page", "?x=1", ""])
def test_what_leads_to_no_page_is_no_web_target(url: str) -> None:
    assert not read_target(url).web


def test_the_target_inside_a_rewriter_is_what_counts() -> None:
    wrapped = "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fvol.example%2Fx&data=1"
    target = read_target(wrapped, lexicon().links.wrappers)

    assert target.host is not None
    assert "vol.example" == target.host.name


@pytest.mark.parametrize(
    ("shown", "host"),
    [
        ("www.ameli.fr", "www.ameli.fr"),
        ("Aller sur https://ameli.fr/x", "ameli.fr"),
        ("Mon compte", None),
        ("M. X", None),
    ],
)
def test_the_host_shown_is_read_from_the_words_of_the_link(shown: str, host: str | None) -> None:
    found = shown_host(shown)

    assert host == (found.name if found else None)


@given(st.one_of(st.text(max_size=100), st.text(alphabet="htps:/\\@.#?[]%0x1aé。\t ", max_size=60)))
@settings(max_examples=300, deadline=None)
def test_reading_a_target_never_raises(url: str) -> None:
    read_target(url, lexicon().links.wrappers)
    shown_host(url)
