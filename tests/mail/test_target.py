"""Is the host of an address the one that a browser would ask?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milter.mail.reading import Link, LinkKind
from milter.mail.target import read_target, shown_hosts


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
        ("https://a%2Dvol.example/", "a-vol.example"),
        ("https:\\vol.example/", "vol.example"),
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
    ("url", "host"),
    [
        ("https://203.0.113.7/", "203.0.113.7"),
        ("https:/203.0.113.7:8080", "203.0.113.7"),
        ("http://3405803783/", "203.0.113.7"),
        ("http://0xcb007107/", "203.0.113.7"),
        ("http://0313.0.0x71.7/", "203.0.113.7"),
        ("http://203.0.113.7777/", None),
        ("http://%20203.0.113.7/", None),
        ("http://[::1]/", None),
    ],
)
def test_an_ipv4_address_is_odd_and_one_host_however_it_is_written(url: str, host: str | None) -> None:
    target = read_target(url)

    assert target.web
    assert host == (target.host and target.host.name)
    assert "address" in target.odd


@pytest.mark.parametrize("url", ["mailto:x@y.example", "tel:3646", "cid:logo", "#haut", "/page", "?x=1", ""])
def test_what_leads_to_no_page_is_no_web_target(url: str) -> None:
    assert not read_target(url).web


@pytest.mark.parametrize(
    ("target", "host"),
    [
        ("https:/vol.example/x", "vol.example"),
        ("//vol.example/x", "vol.example"),
        ("http://3405803783/", "203.0.113.7"),
        ("logo-ameli.png", None),
        ("ameli.fr/x", None),
        ("mailto:x@vol.example", None),
        ("data:text/html,//vol.example", None),
    ],
)
def test_a_link_has_the_host_of_its_target_unless_it_is_a_relative_one(target: str, host: str | None) -> None:
    found = Link(target, "", LinkKind.IMAGE).host

    assert host == (found and found.name)


@pytest.mark.parametrize(
    ("shown", "hosts"),
    [
        ("www.ameli.fr", ("www.ameli.fr",)),
        ("Aller sur https://ameli.fr/x", ("ameli.fr",)),
        ("(ameli.fr). « ameli.fr », ameli.fr!", ("ameli.fr",) * 3),
        ("AMELI.FR:443 ou x@vol.example", ("ameli.fr", "vol.example")),
        ("Mon compte", ()),
        ("M. X", ()),
    ],
)
def test_the_hosts_that_are_shown_are_read_from_the_words(shown: str, hosts: tuple[str, ...]) -> None:
    assert hosts == tuple(host.name for host in shown_hosts(shown))


@given(st.one_of(st.text(max_size=100), st.text(alphabet="htps:/\\@.#?[]%0x1aé。\t ", max_size=60)))
@settings(max_examples=300, deadline=None)
def test_reading_a_target_never_raises(url: str) -> None:
    read_target(url)
    shown_hosts(url)
