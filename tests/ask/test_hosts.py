"""Where do rewriters and redirectors lead?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milter.ask.hosts import carried, follow
from tests.ask.shipped import lexicon


def test_the_target_inside_a_rewriter_is_what_counts() -> None:
    wrapped = "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fvol.example%2Fx&data=1"
    target = follow(wrapped, lexicon().links.wrappers)

    assert target.host is not None
    assert "vol.example" == target.host.name


@pytest.mark.parametrize("slashes", ["//", "/", "\\\\", "\\", ""])
def test_the_page_that_an_address_carries_is_found_whatever_slashes_it_has(slashes: str) -> None:
    target = carried(f"https:{slashes}www.ameli.fr/suite?u=https://vol.example/x")

    assert target is not None
    assert target.host is not None
    assert "vol.example" == target.host.name


@given(st.one_of(st.text(max_size=100), st.text(alphabet="htps:/\\@.#?[]%0x1aé。\t ", max_size=60)))
@settings(max_examples=300, deadline=None)
def test_following_never_raises(url: str) -> None:
    follow(url, lexicon().links.wrappers)
    carried(url)
