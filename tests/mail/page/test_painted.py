import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.page.html import read_html


@pytest.mark.parametrize(
    "picture",
    [
        "<text x=160 y=40>Maladie</text><text x=20 y=40>Assurance</text>",
        "<text y=40><tspan x=160>Maladie</tspan><tspan x=20>Assurance</tspan></text>",
        "<text x=20 y=42>Assurance</text><text x=160 y=40>Maladie</text>",
        "<g transform='translate(160 10)'><text y=30>Maladie</text></g><text x=20 y=40>Assurance</text>",
        "<text transform='matrix(1 0 0 1 160 40)'>Maladie</text><text x=20 y=40>Assurance</text>",
        "<text style='transform: translate(160px, 40px)'>Maladie</text><text x=20 y=40>Assurance</text>",
        "<defs><text id=m>Maladie</text></defs><text x=20 y=40>Assurance</text><use href=#m x=160 y=40 />",
        "<symbol id=m><text>Maladie</text></symbol><text y=9>Assurance</text><use xlink:href=#m x=99 y=9 />",
        "<svg x=160><text y=40>Maladie</text></svg><text x=20 y=40>Assurance</text>",
        "<text x=300 y=40 text-anchor=end>Maladie</text><text x=210 y=40 text-anchor=middle>Assurance</text>",
        "<text x=20 y=40>Assu<tspan fill=red>rance</tspan> Maladie</text>",
        "<text x=20 y=40>Assu<tspan dx=1>rance</tspan><tspan x=99>Maladie</tspan></text>",
        "<a xlink:href=http://x.invalid><text x=20 y=40>Assurance</text></a><text x=120 y=40>Maladie</text>",
    ],
)
def test_texts_at_one_height_are_one_line_from_left_to_right(picture: str) -> None:
    assert "Assurance Maladie" == read_html(f"<svg>{picture}</svg>").text


def test_what_stands_further_down_is_another_line() -> None:
    source = (
        "<svg><text x=1 y=60>deux</text><text x=9 y=30>un</text>"
        "<text x=1 y=90>trois<tspan x=1 dy=1.2em>quatre</tspan></text></svg>"
    )
    assert "un\ndeux\ntrois\nquatre" == read_html(source).text


def test_letters_each_in_its_place_are_words() -> None:
    single = "".join(f"<text x={20 + 10 * at} y=40>{one}</text>" for at, one in enumerate("carte Vitale"))
    apart = single.replace("> <", "><")
    assert "carte Vitale" == read_html(f"<svg>{apart}</svg>").text
    assert "votre" == read_html("<svg><text x='50 20 30 40 10' y=9>eotrv</text></svg>").text


def test_a_picture_stands_where_it_is_in_the_page() -> None:
    source = (
        "<p>un</p><svg><text y=9>deux</text><foreignObject y=20><p>tr<b>ois</b></p></foreignObject></svg><p>4"
    )
    assert "un\ndeux\ntrois\n4" == read_html(source).text
    assert "a b" == read_html("<p>a <svg><path d=M0 /></svg> b").text


@pytest.mark.parametrize(
    "salt",
    [
        "<text visibility=hidden>sel</text>", "<text fill=none>sel</text>", "<text opacity=0>sel</text>",
        "<text display=none>sel</text>", "<defs><text>sel</text></defs>",
        "<symbol id=a><text>sel</text></symbol>",
        "<g visibility=hidden><text>sel</text></g>",
    ],
)  # fmt: skip
def test_what_no_reader_sees_of_a_picture_is_kept_apart(salt: str) -> None:
    reading = read_html(f"<svg><text y=20>vu</text>{salt}</svg>")
    assert ("vu", "sel") == (reading.text, reading.hidden)


@pytest.mark.parametrize(
    "picture",
    [
        "<text visibility=hidden>vu<set attributeName=visibility to=visible /></text>",
        "<text opacity=0 class=a>vu</text><style>.a{opacity:1}</style>",
        "<g visibility=hidden><text visibility=visible>vu</text></g>",
        "<g fill=none><text fill=black>vu</text></g>",
        "<text fill=none stroke=red>vu</text>",
        "<g>vu</g>",
        "<text><title>sel</title><desc>sel</desc>vu</text>",
    ],
)
def test_what_a_reader_may_see_of_a_picture_is_shown(picture: str) -> None:
    assert "vu" == read_html(f"<svg>{picture}</svg>").text


def test_what_uses_itself_or_too_much_ends_and_is_noted() -> None:
    inside = "".join(f"<g id=g{at}>" + f"<use href=#g{at + 1} />" * 50 + "</g>" for at in range(6))
    reading = read_html(
        f"<svg><text y=9>vu</text><g id=a><use href=#a /></g>{inside}<text id=g6>vu</text></svg>"
    )
    assert "style" in reading.unreadable
    assert len(reading.text) < 400_000


@pytest.mark.parametrize(
    "source",
    [
        "<svg>" + "<text x=1 y=1>a</text>" * 19_000,
        "<svg><text x='" + "1 " * 400_000 + "'>" + "a" * 200_000,
        "<svg><text>" + "<tspan dx=0.1>a" * 6000,
        "<svg>" + "<g transform='" + "scale(" * 100_000 + "'><text>a",
        "<svg><text id=a>" + "b" * 300_000 + "</text>" + "<use href=#a />" * 9000,
    ],
)
def test_a_large_picture_is_read_at_once(source: str) -> None:
    start = time.process_time()
    read_html(source)
    assert time.process_time() - start < 3


@given(
    st.lists(
        st.sampled_from(
            [
                *("<svg>", "</svg>", "<text x='1 2' y=3>", "<text x=-1e9 y=1e9%>", "</text>", "a", " "),
                *("<tspan dx=. dy=-1em>", "<use href=#a x=1>", "<g id=a>", "</g>", "<defs>", "<symbol id=a>"),
                *("<g transform='rotate(1 2 3) scale(0) matrix(9e9)'>", "<foreignObject y=5>", "<p>"),
                "<set>",
                *("<text font-size=0 text-anchor=end opacity=.>", "<a xlink:href=x>", "<svg x=1>"),
            ]
        )
    )
)  # fmt: skip
def test_nothing_drawn_raises(pieces: list[str]) -> None:
    read_html("".join(pieces)).text.encode("utf-8", "surrogatepass")
