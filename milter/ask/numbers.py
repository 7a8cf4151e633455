"""Which telephone numbers stand in this text, and what do they cost?

Pure. Never raises. One linear pattern finds the digits; `phonenumbers` only reads what may be foreign.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers

from milter.mail.text.folding import fold

# Digits with what people put between them; o and l pass for 0 and 1 ("O8 99").
_RUN = re.compile(r"(?<![\w@/.,+-])(?:\+|\()?[0-9o][0-9ol .()/_-]{1,26}(?![\w@])")
_SPELLED_RUN = re.compile(r"(?<!\w)(?:zero)(?:[ ,.\n-]{1,3}[a-z]{2,9}){2,20}")
_LETTERS = str.maketrans("ol", "01")
_MOST = 200
_UNITS = {"zero": 0, "un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8}
_UNITS |= {"neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15}
_UNITS |= {"seize": 16}
_TENS = {"vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
_TENS |= {"septante": 70, "huitante": 80, "nonante": 90}
_TENS_TAKING_UNITS = frozenset({20, 30, 40, 50, 60, 70, 80, 90})


class TariffClass(StrEnum):
    """What a call costs, roughly."""

    FREE = "free"
    ORDINARY = "ordinary"
    SURCHARGED = "surcharged"
    PREMIUM = "premium"
    INTERNATIONAL = "international"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Tariff:
    """The class of the numbers that begin with a prefix."""

    prefix: str
    tariff_class: TariffClass


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number: as written, its digits in national form (`+` kept for other countries), and
    the tariff of it, where one is known."""

    written: str
    digits: str
    tariff: Tariff | None

    @property
    def is_premium(self) -> bool:
        """True where nobody calls it but for a service that is paid by the call."""
        return self.tariff is not None and self.tariff.tariff_class is TariffClass.PREMIUM

    @property
    def is_costly(self) -> bool:
        """True where a call to it may cost more than an ordinary one."""
        cheap = {TariffClass.FREE, TariffClass.ORDINARY}
        return self.tariff is not None and self.tariff.tariff_class not in cheap


def find_numbers(text: str, tariffs: tuple[Tariff, ...]) -> tuple[Number, ...]:
    """The telephone numbers of the text, in order. Four digits count where they may be a short number."""
    folded, found = fold(text), []
    for run in _RUN.finditer(folded):
        written = run.group().strip(" .-/_(")
        if digits := _national(written):
            found.append(Number(written, digits, tariff_of(digits, tariffs)))
        if len(found) >= _MOST:
            break
    found.extend(Number(digits, digits, tariff_of(digits, tariffs)) for digits in _spelled(folded))
    return tuple(found)


def tariff_of(digits: str, tariffs: tuple[Tariff, ...]) -> Tariff | None:
    """The tariff with the longest prefix of these digits."""
    fitting = [tariff for tariff in tariffs if digits.startswith(tariff.prefix)]
    return max(fitting, key=lambda tariff: len(tariff.prefix), default=None)


def _national(written: str) -> str:
    """The digits in national form, `+` and country code for another country, empty if it is no number."""
    if sum(char.isdigit() for char in written) * 10 < sum(char.isalnum() for char in written) * 6:
        return ""
    # "+33 (0)1": the zero is for calls inside the country.
    plain = re.sub(r"[^0-9+]", "", written.translate(_LETTERS).replace("(0)", ""))
    for prefix in ("+33", "0033"):
        if plain.startswith(prefix):
            return _french("0" + plain.removeprefix(prefix).lstrip("0")) or _short(plain.removeprefix(prefix))
    if plain.startswith(("+", "00")):
        return _foreign("+" + plain.lstrip("+0"))
    if plain.startswith("33") and len(plain) == 11:
        return _french("0" + plain[2:])
    return _french(plain) or _short(plain)


def _french(digits: str) -> str:
    # Two numbers in one line, or a price behind the number, run together: the first ten digits are it.
    return digits[:10] if len(digits) >= 10 and re.match(r"0[1-9]", digits) else ""


def _short(digits: str) -> str:
    fits = re.fullmatch(r"3\d{3}|10\d\d|118\d{3}|116\d{3}", digits)
    return digits if fits else ""


def _foreign(digits: str) -> str:
    if not 8 <= len(digits) <= 16:
        return ""
    try:
        parsed = phonenumbers.parse(digits, None)
    except phonenumbers.NumberParseException:
        return digits if digits.startswith("+8") else ""
    return digits if phonenumbers.is_possible_number(parsed) else ""


def _spelled(folded: str) -> Iterator[str]:
    """Numbers in words: "zéro huit quatre-vingt-dix-neuf dix vingt trente"."""
    for number, run in enumerate(_SPELLED_RUN.finditer(folded)):
        if number == _MOST:
            return
        digits = _french(_digits(re.split(r"[ ,.\n-]+", run.group())))
        if digits:
            yield digits


def _digits(words: list[str]) -> str:
    values: list[int] = []
    for word in words:
        value = _UNITS.get(word, _TENS.get(word))
        if value is None and word != "et":
            break
        if value is not None:
            values = _with(values, value)
    return "".join(map(str, values))


def _with(values: list[int], value: int) -> list[int]:
    last = values[-1] if values else -1
    if last == 4 and value == 20:  # quatre-vingts
        return [*values[:-1], 80]
    teen = last in {60, 80} and 10 <= value < 17
    unit = (last in _TENS_TAKING_UNITS and 0 < value < 10) or (last == 10 and 7 <= value < 10)
    return [*values[:-1], last + value] if teen or unit else [*values, value]
