"""The public suffix list, as little of it as answers."""

from typing import Any

import pytest
from tldextract import TLDExtract

from milter.mail.suffixes import build_extract

_UNUSED: Any = object()


@pytest.fixture(scope="module")
def whole() -> TLDExtract:
    return TLDExtract(suffix_list_urls=(), cache_dir=None)


def test_each_name_is_parted_as_by_the_library_itself(whole: TLDExtract) -> None:
    known = whole._get_tld_extractor(_UNUSED)
    extract = build_extract()
    for suffix in (*known.public_tlds, *known.private_tlds, "no-such-suffix"):
        end = suffix.removeprefix("!").removeprefix("*.")
        for name in (end, f"a.{end}", f"b.a.{end}", f"c.b.a.{end}"):
            assert whole(name) == extract(name)


def test_the_private_names_are_no_suffixes() -> None:
    assert build_extract()("me.github.io").suffix == "io"
