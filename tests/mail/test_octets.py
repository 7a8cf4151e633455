import re

from hypothesis import given
from hypothesis import strategies as st

from milter.mail import octets
from milter.mail.octets import Patterns, has_clean_lines, has_lines_without_blanks, with_dots

_FEW = st.lists(st.sampled_from([b"a", b"b", b"ab", b"\r", b"\n", b"\r\n", b" ", b"\t"]), max_size=60)


@given(_FEW, st.lists(st.sampled_from([b"ab", b"a", b"\r\n", b"abab", b"b\n"]), min_size=1, unique=True))
def test_the_places_are_those_of_a_regular_expression(pieces: list[bytes], patterns: list[bytes]) -> None:
    data = b"".join(pieces)
    expected = [found.span() for found in re.finditer(b"|".join(map(re.escape, patterns)), data)]
    assert list(Patterns(*patterns).places(data)) == expected
    assert Patterns(*patterns).stand_in(data) is bool(expected)


def test_nothing_is_lost_or_found_twice_where_two_windows_meet() -> None:
    patterns = Patterns(b"\r\n.", b"aaa")
    for before in range(octets._WINDOW - 4, octets._WINDOW + 2):
        for ending in (b"\r\n.x", b"aaaa", b"aaaaaaax"):
            data = b"x" * before + ending + b"x" * octets._WINDOW + b"\r\n."
            expected = [found.span() for found in re.finditer(rb"\r\n\.|aaa", data)]
            assert list(patterns.places(data)) == expected


@given(
    st.lists(
        st.sampled_from([b"\r\n.", b"\r\n..", b".", b"\r", b"\n", b"x", b"x" * octets._WINDOW]), max_size=9
    ),
    st.sampled_from([0, 3, octets._MOST_PIECES, octets._WINDOW]),
)
def test_dots_that_begin_a_line_change_as_by_replace_few_or_many(pieces: list[bytes], many: int) -> None:
    data = b"".join(pieces) + b"\r\n." * many
    for instead in (b"", b".."):
        expected = data.replace(b"\r\n.", b"\r\n" + instead)
        assert with_dots(data, instead) == expected
        assert with_dots(bytearray(data), instead) == expected


@given(_FEW)
def test_lines_are_clean_where_every_cr_and_lf_is_half_of_a_line_end(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    alone = data.replace(b"\r\n", b"")
    assert has_clean_lines(data) is not (b"\r" in alone or b"\n" in alone)


@given(_FEW)
def test_lines_have_no_blanks_at_their_ends_where_that_is_said(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    if has_lines_without_blanks(data):
        assert has_clean_lines(data)
        assert not any(line.endswith((b" ", b"\t")) for line in data.split(b"\r\n"))
    elif has_clean_lines(data):
        assert data.startswith(b"\r\n") or re.search(rb"[ \t](\r\n|\Z)", data)
