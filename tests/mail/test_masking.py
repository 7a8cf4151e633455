import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milter.mail import masking
from milter.mail.masking import lines_with_an_iban, mask, names_an_iban

SEPARATORS = ["", " ", ".", "-", "\u00a0", "\u202f", "\u200b", "\u2011", " \u2013 ", "/"]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("n° 1 84 12 75 123 456 78.", "n° 1 ** ** ** *** *** **."),
        ("2840275123456", "2************"),
        ("284027512345678,", "2**************,"),
        ("1.84.12.2A.123.456", "1.**.**.**.***.***"),
        ("1 84 12 2b 123 456 (78)", "1 ** ** ** *** *** (**)"),
        ("NIR:1841299123456/78", "NIR:1************/**"),
        ("１ ８４ １２ ７５ １２３ ４５６ ７８", "１ ** ** ** *** *** **"),
        ("a 1 84 63 75 123 456 b", "a 1 ** ** ** *** *** b"),
    ],
)
def test_a_nir_is_masked_however_it_is_written(text: str, masked: str) -> None:
    assert masked == mask(text)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("FR76 3000 6000 0112 3456 7890 189 et", "FR** **** **** **** **** **** *** et"),
        ("FR7630006000011234567890189", "FR*************************"),
        ("iban:fr76-3000-6000-0112-3456-7890-189", "iban:fr**-****-****-****-****-****-***"),
        ("FR14 2004 1010 0505 0001 3M02 606", "FR** **** **** **** **** **** ***"),
        ("BE68 5390 0754 7034, DE89370400440532013000", "BE** **** **** ****, DE********************"),
        ("ＦＲ76 3000 6000 0112 3456 7890 189", "ＦＲ** **** **** **** **** **** ***"),
        ("FR 76 3000 6000 0112 3456 7890 189", "FR ** **** **** **** **** **** ***"),
        ("FR00 1111 2222 3333 4444 5555 666", "FR** **** **** **** **** **** ***"),
    ],
)
def test_an_iban_is_masked_however_it_is_written(text: str, masked: str) -> None:
    assert masked == mask(text)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("carte 4970 1012 3456 7890", "carte 4970 1012 3456 7890"),
        ("carte 4111 1111 1111 1111 expire 12/27", "carte 4*** **** **** **** expire 12/27"),
        ("5555555555554444", "5***************"),
        ("n° 12 4111-1111-1111-1111", "n° 12 4***-****-****-****"),
        ("3782 822463 10005", "3*** ****** *****"),
        ("٤١١١ ١١١١ ١١١١ ١١١١", "٤*** **** **** ****"),
    ],
)
def test_a_card_number_is_masked_when_its_last_digit_is_right(text: str, masked: str) -> None:
    assert masked == mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "Appelez le 06 12 34 56 78 ou le 01.42.34.56.78, +33 6 12 34 56 78, 0033612345678, 36 46",
        "06 12 34 56 78 01 23 45 67 89",
        "Remboursement de 1 234 567,89 € le 24/11/2026 à 10:32, 250,00 €, 12.000.000.000,00",
        "Dossier 2026-11-24-000123, réf. AB12CD34, code 123456",
        "de 12 à 14 h, le 12 novembre 2026, be 12 34",
        "FR76 et rien d'autre; GB Ltd 12",
        "",
        "é\udcff\0",
    ],
)
def test_phone_numbers_amounts_and_dates_stay(text: str) -> None:
    assert text == mask(text)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(SEPARATORS), min_size=6, max_size=6), st.text(max_size=3), st.text(max_size=3)
)
def test_no_separator_keeps_a_nir_readable(separators: list[str], before: str, after: str) -> None:
    groups = ["1", "84", "12", "75", "123", "456", "78"]
    number = groups[0] + "".join(map(str.__add__, separators, groups[1:]))
    if not (before[-1:].isdecimal() or after[:1].isdecimal()):
        assert number not in mask(before + number + after)


@settings(deadline=None)
@given(st.text(st.sampled_from("0123456789 .-/()AaBbFfRrDdEe\u00a0\u200b\u0664é"), max_size=120))
def test_masking_keeps_length_and_everything_but_letters_and_digits(text: str) -> None:
    masked = mask(text)
    assert len(text) == len(masked)
    assert all(b in (a, "*") for a, b in zip(text, masked, strict=True))
    assert masked == mask(masked)


@settings(deadline=None)
@given(st.text())
def test_any_text_is_masked_without_an_error(text: str) -> None:
    assert len(text) == len(mask(text))


@pytest.mark.parametrize(
    "number", ["1 84 12 75 123 456 78", "FR76 3000 6000 0112 3456 7890 189", "4111 1111 1111 1111"]
)
@pytest.mark.parametrize("after", ["¹", "²)", "é", "_", "\u200b", "\udcff"])
def test_nothing_but_a_digit_behind_it_keeps_a_number_readable(number: str, after: str) -> None:
    assert number not in mask(number + after)


def test_the_digits_of_a_nir_are_nowhere_in_the_result() -> None:
    assert [] == re.findall(r"\d", mask("x1 84 12 75 123 456 78")[2:])


def test_the_lines_with_an_account_are_found() -> None:
    """Whatever stands between letters and digits, and wherever in the line."""
    lines = [
        f"{before}FR{between}7630006000011234567890189"
        for before in ("", "é", "le ")
        for between in ("", "\u00ad", " - ")
    ]
    assert [*range(1, 10)] == list(lines_with_an_iban(["le 12 mars, de 14", *lines, "FR 76", ""]))


@given(st.text(alphabet="FRfr7612ª٣ＦＲ７ é\u200b-"))
def test_no_line_with_an_account_is_left_out(text: str) -> None:
    lines = [text, f"{text} FR7630006000011234567890189", text * 3]
    assert [at for at, line in enumerate(lines) if names_an_iban(line)] == list(lines_with_an_iban(lines))


def test_a_digit_or_letter_of_another_script_is_never_passed_over() -> None:
    """All characters that are not looked up stand for themselves alone."""
    passed_over = [char for char in map(chr, range(0x80, 0x3000)) if not masking._OTHER_SCRIPT.match(char)]
    assert len(passed_over) > 100
    assert passed_over == [masking._ascii(char) for char in passed_over]
