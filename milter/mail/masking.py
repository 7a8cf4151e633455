"""How is a text shown without the numbers that identify a person? NIR, IBAN and card numbers become stars.

Pure, never raises, linear in the length of the text. The length stays the same. What is masked too much
costs a reader one look at the raw mail; what is masked too little cannot be taken back (ASVS 14.2.6).
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from milter.mail.octets import Patterns

# What people put between the digits: white space of all kinds, dots, dashes, slashes, and characters
# that nobody sees; no comma, which parts the cents from an amount. Bounded, so that every attempt ends soon.
_BETWEEN = r"[\s./\-\u00ad\u200b-\u200f\u2010-\u2015\u2060\u2212\ufeff]{0,3}"

# Sex, year, month (20 and above where it is not known), department, municipality, order, key.
# https://www.insee.fr/fr/metadonnees/definition/c1409; the key may be missing and is not checked.
_NIR = re.compile(
    rf"[1-478]{_BETWEEN}[0-9]{{2}}{_BETWEEN}(?:0[1-9]|1[0-2]|[2-35-9][0-9]|4[0-2]){_BETWEEN}"
    rf"(?:[0-9]{{2}}|2[AaBb]){_BETWEEN}[0-9]{{3}}{_BETWEEN}[0-9]{{3}}"
    rf"(?:{_BETWEEN}\(?[0-9]{{2}}\)?)?(?![0-9])"
)
_IBAN = re.compile(rf"[A-Za-z]{{2}}{_BETWEEN}[0-9]{{2}}(?:{_BETWEEN}[A-Za-z0-9]){{11,30}}")
_CARD = re.compile(rf"[2-6](?:{_BETWEEN}[0-9]){{12,18}}")
# Characters of a NIR without its key, and of the shortest card number; an IBAN has more.
_SHORTEST = 13
# What may be a digit or letter of another script; of the letters and signs of French only `ª` and `º`.
_OTHER_SCRIPT = re.compile(r"[^\x00-\xa9\xab-\xb9\xbb-\u0131\u2010-\u2027]")
_START = re.compile(rf"(?<![0-9])(?=[0-9])|(?<![A-Za-z0-9])(?=[A-Za-z]{{2}}{_BETWEEN}[0-9]{{2}})")
_DIGIT = re.compile("[0-9]")

# IBAN registry (ISO 13616): how long the number of each country is.
_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FO GL NL",
        19: "MK SI",
        20: "AT BA EE KZ LT LU XK",
        21: "CH HR LI LV",
        22: "BG BH DE GB GE IE ME RS",
        23: "AE GI IL IQ TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "PT",
        26: "IS TR",
        27: "FR IT MC SM",
        28: "AL AZ BY CY DO GT HU LB LY PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU",
        31: "MT SC",
    }.items()
    for country in countries.split()
}

# Letters as capitals, each digit as `1`, all else as a blank; and what an IBAN begins with, seen so.
_SEEN = bytes(
    ord(char.upper()) if char.isalpha() else 49 if char.isdigit() else 32 for char in map(chr, range(128))
).ljust(256)
_BEGINNINGS_OF_IBAN = Patterns(
    *(f" {country}{' ' * between}11".encode() for country in _IBAN_LENGTHS for between in range(4))
)


def mask(text: str) -> str:
    """The text with the digits of every NIR, IBAN and card number as `*`; phone numbers and amounts stay."""
    if len(text) < _SHORTEST:
        return text
    folded = _ascii_digits(text)
    if _DIGIT.search(folded) is None:
        return text
    shown: list[str] = []
    done = 0
    for start in (found.start() for found in _START.finditer(folded)):
        if start < done:
            continue
        end = _iban(folded, start) if folded[start].isalpha() else _nir(folded, start) or _card(folded, start)
        if end is not None:
            shown = shown or list(text)
            # The country of an IBAN and the first digit of a NIR identify nobody.
            first = start + (2 if folded[start].isalpha() else 1)
            shown[first:end] = ["*" if c.isalnum() else c for c in text[first:end]]
            done = end
    return "".join(shown) if shown else text


def names_an_iban(line: str) -> bool:
    """True where the number of a bank account (ISO 13616) stands in the line."""
    folded = _ascii_digits(line)
    starts = (found.start() for found in _START.finditer(folded) if folded[found.start()].isalpha())
    return any(_iban(folded, start) is not None for start in starts)


def lines_with_an_iban(lines: Sequence[str]) -> Iterator[int]:
    """The numbers of the lines in which the number of a bank account stands.

    One pass over all of them finds the few where it may begin.
    """
    folded = _ascii_digits("\n".join(lines))
    octets = folded.encode("ascii", "replace")
    line, begun, found = 0, 0, -1
    # One blank is put in front, and each beginning has one of its own: they even out.
    for begin, _ in _BEGINNINGS_OF_IBAN.places(b" " + octets.translate(_SEEN)):
        line, begun = line + octets.count(b"\n", begun, begin), begin
        if line > found:
            end = folded.find("\n", begin)
            start = folded.rfind("\n", 0, begin) + 1
            written = folded[start : end if end >= 0 else None]
            if _iban(written, begin - start) is not None:
                found = line
                yield line


def _ascii_digits(text: str) -> str:
    """Digits of other scripts and full-width letters as ASCII; every character stays in its place."""
    if text.isascii():
        return text
    # Nearly all French mail: it holds none, and to know that takes a twentieth of the time.
    western = text.replace("\u2019", "'").encode("latin-1", "ignore")
    if len(western) == len(text) and b"\xaa" not in western and b"\xba" not in western:
        return text
    return _OTHER_SCRIPT.sub(lambda found: _ascii(found[0]), text)


@lru_cache(maxsize=512)
def _ascii(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    folded = unicodedata.normalize("NFKC", character)
    # Letters only: the superscript of a footnote behind a number must not become a digit of it.
    return folded if len(folded) == 1 and folded.isascii() and folded.isalpha() else character


def _nir(text: str, start: int) -> int | None:
    found = _NIR.match(text, start)
    return found.end() if found else None


def _iban(text: str, start: int) -> int | None:
    """The end of the IBAN that begins here. Where nothing stands between country and check digits it needs
    no right check digits (people mistype, and examples are invented)."""
    length = _IBAN_LENGTHS.get(text[start : start + 2].upper())
    found = _IBAN.match(text, start) if length else None
    places = [p for p in range(start, found.end()) if _is_ascii_alnum(text[p])][:length] if found else []
    if length is None or len(places) < length or _is_ascii_alnum(text[places[-1] + 1 : places[-1] + 2]):
        return None
    number = "".join(text[place] for place in places).upper()
    digits = sum(map(str.isdigit, number))
    sure = text[start + 2].isdigit() and 2 * digits > length
    return places[-1] + 1 if sure or _mod_97(number) == 1 else None


def _is_ascii_alnum(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _mod_97(number: str) -> int:
    """ISO 7064, as ISO 13616 uses it."""
    return int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97


def _card(text: str, start: int) -> int | None:
    """The end of the card number that begins here: 16 digits anyhow, 13 to 19 when written in one word, 15
    of American Express; with the right last digit (ISO/IEC 7812-1, Luhn)."""
    found = _CARD.match(text, start)
    places = [p for p in range(start, found.end()) if text[p].isdigit()] if found else []
    for length in (16, 19, 18, 17, 15, 14, 13):
        if len(places) < length or text[places[length - 1] + 1 : places[length - 1] + 2].isdecimal():
            continue
        number = "".join(text[place] for place in places[:length])
        in_one_word = places[length - 1] - start == length - 1
        if (length == 16 or in_one_word or number[:2] in ("34", "37")) and _luhn(number):
            return places[length - 1] + 1
    return None


def _luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in itertools.islice(digits, 1, None, 2))
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
