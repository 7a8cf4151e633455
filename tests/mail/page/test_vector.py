import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.page.html import read_page
from milter.mail.page.vector import as_html

SPACE = 'xmlns:s="http://www.w3.org/2000/svg" xmlns:l="http://www.w3.org/1999/xlink"'


def test_a_picture_whose_names_have_a_prefix_is_read() -> None:
    source = (
        f'<?xml version="1.0"?><s:svg {SPACE}><s:text x="99" y="9">Maladie</s:text>'
        '<s:text y="9">Assurance</s:text>'
        '<s:a l:href="http://x.invalid/a"><s:text y="40">ici</s:text></s:a></s:svg>'
    )
    reading = read_page(source)
    assert "Assurance Maladie\nici" == reading.text
    assert ["http://x.invalid/a"] == [link.target for link in reading.links]


def test_entities_that_a_picture_declares_stand_in_their_places() -> None:
    source = (
        '<!DOCTYPE svg [<!ENTITY b "Mala"><!ENTITY a "&b;die">]><svg xmlns="http://www.w3.org/2000/svg">'
        "<text y='9'>&a; &amp; &c;</text></svg>"
    )
    assert "Maladie & &c;" == read_page(source).text


def test_what_is_no_picture_stays_as_it_is() -> None:
    assert "<!DOCTYPE html><p>&b; <s:text>" == as_html("<!DOCTYPE html><p>&b; <s:text>")


@pytest.mark.parametrize(
    "source",
    [
        "<!DOCTYPE [" * 100_000,
        '<!ENTITY a "' * 100_000,
        '<!DOCTYPE s [<!ENTITY a "' + "&a;" * 600 + '">]>' + "&a;" * 300_000,
        '<!DOCTYPE s [<!ENTITY a "' + "b" * 1900 + '"><!ENTITY c "' + "&a;" * 600 + '">]>' + "&c;" * 1000,
        "xmlns:a='http://www.w3.org/2000/svg' " * 30_000,
    ],
)
def test_a_picture_that_swells_is_bounded(source: str) -> None:
    start = time.process_time()
    assert len(as_html("http://www.w3.org/2000/svg" + source)) <= max(len(source) + 100, 1024 * 1024)
    assert time.process_time() - start < 2


@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "http://www.w3.org/2000/svg",
                    SPACE,
                    "<!DOCTYPE s [",
                    "<!ENTITY a '&a;'>",
                    '<!ENTITY b "<s:text>">',
                ),
                *("]>", "&a;", "&b;", "<s:text>", "</s:text>", "<svg>", "a", "\0", "<", "&"),
            ]
        )
    )
)
def test_nothing_written_as_a_picture_raises(pieces: list[str]) -> None:
    read_page("".join(pieces))
