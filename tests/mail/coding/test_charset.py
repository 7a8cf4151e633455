import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.mail.coding.charset import decode_text

NAMES = [
    *(
        "utf-7",
        "utf-16",
        "utf-16le",
        "utf-16be",
        "utf-32",
        "utf-8-sig",
        "cp037",
        "hz",
        "iso-2022-kr",
        "iso-2022-jp",
    ),
    *(
        "idna",
        "punycode",
        "undefined",
        "zlib",
        "bz2",
        "hex",
        "rot13",
        "base64",
        "uu",
        "quopri",
        "unicode_escape",
    ),
    *(
        "raw_unicode_escape",
        "x-user-defined",
        "unknown-8bit",
        "x-unknown",
        "UNICODE-1-1",
        "iso-8859-8-i",
        "mbcs",
    ),
    *(
        "\x00",
        "utf-8\x00",
        "../../etc/passwd",
        "a" * 5000,
        '"utf-8',
        "utf8;utf8",
        "latin1 utf8",
        "",
        "us-ascii",
    ),
]

CONTROLS = {*map(chr, range(32)), "\x7f"} - {*"\t\r\n\f"}


@pytest.mark.parametrize("name", NAMES)
def test_ascii_words_are_found_whatever_charset_is_declared(name: str) -> None:
    assert "Ameli vous informe" in decode_text(b"<p>Ameli vous informe</p>", name)[0]


@pytest.mark.parametrize(
    "name", ["utf-7", "utf-16", "utf-16le", "utf-16be", "utf-32", "cp037", "iso-2022-jp", "hz"]
)
def test_words_in_the_declared_charset_are_found(name: str) -> None:
    codec = {"iso-2022-jp": "iso2022_jp"}.get(name, name)
    assert "Ameli" in decode_text("<p>Ameli</p>".encode(codec), name)[0]


@pytest.mark.parametrize(
    ("name", "codec"),
    [("IBM500", "cp500"), ("cp1147", "cp500"), ("ibm01147", "cp500"), ("ibm297", "cp500"),
     ("IBM01140", "cp1140"), ("cp273", "cp273"), ("cp1026", "cp1026"), ("ibm037", "cp037")],
)  # fmt: skip
def test_words_of_mainframes_are_found_where_they_are_declared(name: str, codec: str) -> None:
    text, _ = decode_text("Votre carte Vitale expire".encode(codec), name)

    assert text.startswith("Votre carte Vitale expire")
    # Undeclared bytes are none of theirs.
    assert "Votre" not in decode_text("Votre carte".encode(codec), "")[0]


@pytest.mark.parametrize("name", ["zlib", "idna", "x-unknown", "unicode_escape", "utf-8\x00"])
def test_a_charset_off_the_list_is_odd(name: str) -> None:
    assert decode_text(b"\\u0041meli", name) == ("\\u0041meli", True)


def test_a_byte_order_mark_outranks_the_declaration() -> None:
    assert ("Ameli", True) == decode_text(b"\xff\xfe" + "Ameli".encode("utf-16le"), "utf-8")
    assert ("Améli", False) == decode_text("\ufeffAméli".encode(), "utf-8")


def test_one_bad_byte_does_not_spoil_the_accents_of_a_text() -> None:
    text, odd = decode_text("Améli réglé à échéance".encode() + b"\xff", "utf-8")
    assert text.startswith("Améli réglé à échéance")
    assert odd


def test_latin_bytes_declared_as_utf_8_are_read_as_latin() -> None:
    assert "Améli réglé" == decode_text("Améli réglé".encode("cp1252"), "utf-8")[0]


@pytest.mark.parametrize("name", ["us-ascii", "iso-8859-1", "windows-1252"])
def test_utf_8_declared_as_latin_is_read_as_it_was_meant(name: str) -> None:
    assert ("Améli réglé", True) == decode_text("Améli réglé".encode(), name)
    assert ("Améli réglé", False) == decode_text("Améli réglé".encode("cp1252"), name)


def test_wide_text_without_a_declaration_is_recognised() -> None:
    assert "Ameli" == decode_text("Ameli".encode("utf-16le"))[0]


def test_controls_become_visible() -> None:
    assert "a\u2400b\u240bc\n\td" == decode_text(b"a\0b\x0bc\n\td", "utf-8")[0]


@pytest.mark.parametrize(
    ("data", "name", "text"),
    [
        (b"a\x1bb", "utf-8", "a\u241bb"),
        (b"a+AAA-b", "utf-7", "a\u2400b"),
        (b"+ABsAWwAzADEAbQ-", "utf-7", "\u241b[31m"),
        ("a\x1bb".encode("utf-16"), "utf-16", "a\u241bb"),
        ("\x04".encode("cp037"), "cp037", "\u2404"),
        ("日本".encode("iso2022_jp"), "iso-2022-jp", "日本"),
        (b"\x1b$Bz", "iso-2022-jp", "\u241b$Bz"),
    ],
)
def test_controls_become_visible_in_whatever_charset_they_are_written(
    data: bytes, name: str, text: str
) -> None:
    assert text == decode_text(data, name)[0]


@given(st.binary(), st.one_of(st.sampled_from(NAMES), st.text(max_size=30)))
def test_nothing_raises_and_no_control_or_half_pair_comes_out(data: bytes, name: str) -> None:
    text, _ = decode_text(data, name)
    text.encode("utf-8")
    assert not CONTROLS & set(text)


@given(st.text(alphabet="\0\x1b\x7fa+-é"), st.sampled_from(["utf-7", "utf-16", "utf-32", "cp037"]))
def test_no_control_comes_out_of_what_spells_it(text: str, name: str) -> None:
    assert not CONTROLS & set(decode_text(text.encode(name), name)[0])
