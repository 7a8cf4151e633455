"""Are telephone numbers read however they are written, and priced?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milter.ask.numbers import TariffClass, find_numbers, tariff_of
from tests.ask.shipped import lexicon


def _digits(text: str) -> list[str]:
    return [number.digits for number in find_numbers(text, lexicon().tariffs)]


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("08 99 10 20 30", "0899102030"),
        ("0899102030", "0899102030"),
        ("08.99.10.20.30", "0899102030"),
        ("08-99-10-20-30", "0899102030"),
        ("08/99/10/20/30", "0899102030"),
        ("0 899 102 030", "0899102030"),
        ("(08) 99 10 20 30", "0899102030"),
        ("08\u00a099\u202f10 20 30", "0899102030"),
        ("+33 8 99 10 20 30", "0899102030"),
        ("+33 (0)8 99 10 20 30", "0899102030"),
        ("+33899102030", "0899102030"),
        ("00 33 8 99 10 20 30", "0899102030"),
        ("33899102030", "0899102030"),
        ("O8 99 1O 2O 3O", "0899102030"),
        ("08 99 l0 20 30", "0899102030"),
        ("０８９９１０２０３０", "0899102030"),
        ("0 8 9 9 1 0 2 0 3 0", "0899102030"),
        ("zéro huit quatre-vingt-dix-neuf dix vingt trente", "0899102030"),
        ("zéro un, soixante-dix-sept, vingt et un, trente, quarante", "0177213040"),
        ("36 46", "3646"),
        ("3646", "3646"),
        ("+32 2 555 12 12", "+3225551212"),
        ("0044 20 7946 0000", "+442079460000"),
        ("118 218", "118218"),
    ],
)
def test_a_number_is_read_however_it_is_written(written: str, digits: str) -> None:
    assert [digits] == _digits(f"Appelez le {written}.")


@pytest.mark.parametrize(
    "text",
    [
        "le 01/02/2026",
        "en 2026",
        "1 84 12 75 123 456",
        "387,95 euros",
        "75015 Paris",
        "n° 12345678",
        "AB0899102030",
    ],
)
def test_dates_sums_and_other_digits_are_no_numbers(text: str) -> None:
    assert [] == _digits(text)


def test_two_numbers_in_one_line_are_both_read() -> None:
    assert ["0899102030", "0142000000"] == _digits("08 99 10 20 30 ou 01 42 00 00 00")


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        ("0800123456", TariffClass.FREE),
        ("0809123456", TariffClass.ORDINARY),
        ("0811123456", TariffClass.SURCHARGED),
        ("0820123456", TariffClass.SURCHARGED),
        ("0899123456", TariffClass.PREMIUM),
        ("118218", TariffClass.PREMIUM),
        ("0142000000", TariffClass.ORDINARY),
        ("0612345678", TariffClass.ORDINARY),
        ("+3225551212", TariffClass.FOREIGN),
        ("+88212345678", TariffClass.INTERNATIONAL),
    ],
)
def test_the_longest_prefix_tells_the_tariff(digits: str, expected: TariffClass) -> None:
    tariff = tariff_of(digits, lexicon().tariffs)

    assert tariff is not None
    assert expected is tariff.tariff_class


@given(st.text(alphabet="0123456789oOlI+()./- \nzerohuitx", max_size=200))
@settings(max_examples=200, deadline=None)
def test_reading_numbers_never_raises(text: str) -> None:
    assert all(number.digits.lstrip("+").isdigit() for number in find_numbers(text, lexicon().tariffs))
