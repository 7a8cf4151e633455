import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.coding.encoded_word import decode_words, decode_words_oddly, parameters


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"=?utf-8?Q?Am=C3=A9li?=", "Améli"),
        (b"=?utf-8?Q?Am?= =?utf-8?Q?eli?= x", "Ameli x"),
        (b"=?utf-8?Q?Am=C3?= =?utf-8?Q?=A9li?=", "Améli"),
        (b"=?iso-8859-1?Q?Ameli?==?utf-8?B?IGNhcnRlIFZpdGFsZQ==?=", "Ameli carte Vitale"),
        (b"=?utf-8?B?QW1lbGk?=", "Ameli"),
        (b"=?utf-8*fr?Q?Ameli?=", "Ameli"),
        (b"=?utf-8?Q?Ameli carte?=", "Ameli carte"),
        (b"=?utf-8?Q?a?b?=", "a?b"),
        ("Amélie".encode(), "Amélie"),
        ("Amélie".encode("cp1252"), "Amélie"),
        (b"=?utf-8?B?YQ0KQmNjOiB4?=", "a  Bcc: x"),
        (b"=?utf-8?Q?a=00b?=", "a\u2400b"),
        (b"=?utf-7?Q?a+AAAAGw-b?=", "a\u2400\u241bb"),
        (b"plain =?", "plain =?"),
    ],
)
def test_words_are_read_as_mail_programs_read_them(value: bytes, text: str) -> None:
    assert text == decode_words(value)


def test_an_unknown_charset_is_odd_and_read_all_the_same() -> None:
    assert ("Ameli", True) == decode_words_oddly(b"=?x-unknown?Q?Ameli?=")


def test_utf_7_is_read_both_ways_where_the_bytes_are_words_too() -> None:
    assert "Ameli" == decode_words(b"=?utf-7?Q?+AEEAbQBlAGwAaQ-?=")
    assert "<b>Ameli +ADw-b+AD4-Ameli" == decode_words(b"=?utf-7?Q?+ADw-b+AD4-Ameli?=")


def test_words_beyond_the_limit_stay_as_written() -> None:
    text, odd = decode_words_oddly(b" ".join([b"=?utf-8?q?a?="] * 1100))
    assert odd
    assert text.startswith("a" * 1000 + " =?utf-8")


def test_parameters_are_joined_from_their_pieces() -> None:
    found = parameters(b'text/plain; name*1=b; name*0=a; x="q;\\"r"; f*=utf-8\'\'%C3%A9')
    assert {"name": "ab", "x": 'q;"r', "f": "é"} == {name: one.text for name, one in found.items()}


@pytest.mark.parametrize(
    ("written", "text"),
    [
        # A charset stands in an extended value alone: the reader of the others sees all of them.
        (b"filename=\"L'avis d'Assurance Maladie.pdf\"", "L'avis d'Assurance Maladie.pdf"),
        (b'filename*0="L\'avis d\'"; filename*1="Assurance Maladie.pdf"', "L'avis d'Assurance Maladie.pdf"),
        (b"filename*0*=utf-8'fr'L%27avis; filename*1=\" d'%41meli\"", "L'avis d'%41meli"),
        (b"filename*0*=iso-8859-1''Am%E9; filename*1*=l'i'e", "Amél'i'e"),
        (b"filename*=''L%27avis d%27Ameli", "L'avis d'Ameli"),
        (b"filename*=%27Assurance%27Maladie.pdf", "'Assurance'Maladie.pdf"),
        (b"filename*=\"Assurance Maladie's' avis.pdf\"", "Assurance Maladie's' avis.pdf"),
        (b"filename*=Ameli.pdf", "Ameli.pdf"),
    ],
)
def test_no_word_of_a_name_is_taken_for_a_charset(written: bytes, text: str) -> None:
    assert text == parameters(b"attachment; " + written)["filename"].text


@given(
    st.lists(
        st.sampled_from(
            [b"=?", b"?=", b"utf-8", b"?q?", b"?b?", b"=C3", b"a", b" ", b"*", b"'", b'"', b";", b"="]
        )
    )
)
def test_no_value_raises(pieces: list[bytes]) -> None:
    value = b"".join(pieces)
    assert "\0" not in decode_words(value)
    for found in parameters(b"x;" + value).values():
        assert "\0" not in found.text


@given(st.binary())
def test_no_bytes_raise(value: bytes) -> None:
    assert "\n" not in decode_words(value)
