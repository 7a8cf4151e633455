"""THREATS H: each word or letter spelled so that a reader reads it and a machine does not. Words of HTML."""

import html
import random
import re
import unicodedata
from collections.abc import Callable

from tests.vectors.hidden import SPELLINGS as HIDDEN_SPELLINGS
from tests.vectors.letter import Letter, Spelling, posted
from tests.vectors.trick import Trick

_WORD = re.compile(r"[^\W\d_]{4,}")
# What a claim and a wish are made of: those who disguise a letter may leave the rest.
_NAMES = (
    "assurance|maladie|ameli|cpam|cartes?|vitale|santé|sécurité|sociale|espace|caisse|primaire|remboursements?"
    "|bancaires?|coordonnées|iban|rib|mot de passe|numéro"
)
_NAME = re.compile(rf"\b(?:{_NAMES})\b", re.IGNORECASE)
# Misspelled, it would lead elsewhere.
_ADDRESS = re.compile(r"(\S*(?:://|@|\w\.\w)\S*)")
_LEET = str.maketrans("aeio", "4310")
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_CYRILLIC = str.maketrans("aeopcxyiAOMCTEHKBPX", "аеорсхуіАОМСТЕНКВРХ")
_BOLD = {"a": 0x1D41A, "A": 0x1D400}


def in_words(change: Spelling) -> Spelling:
    """Every word of four letters or more changed."""
    return lambda text: _WORD.sub(lambda found: change(found[0]), html.escape(text, quote=False))


def _in_names(change: Spelling) -> Spelling:
    return _beside_addresses(
        lambda text: _NAME.sub(lambda found: change(found[0]), html.escape(text, quote=False))
    )


def _beside_addresses(spell: Spelling) -> Spelling:
    """All but the addresses in a text, every second piece of it."""
    return lambda text: "".join(
        html.escape(piece) if number % 2 else spell(piece)
        for number, piece in enumerate(_ADDRESS.split(text))
    )


def _in_letters(change: Spelling) -> Spelling:
    return lambda text: "".join(change(one) if one.isalpha() else html.escape(one) for one in text)


def _after_letters(unseen: str) -> Spelling:
    return _in_letters(lambda letter: letter + unseen)


def _in_blanks(blank: str) -> Spelling:
    return lambda text: html.escape(text).replace(" ", blank)


def without_accents(text: str) -> str:
    """The letters without their marks."""
    return "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))


def _bold(letter: str) -> str:
    base = without_accents(letter)
    first = "A" if base.isupper() else "a"
    return chr(_BOLD[first] + ord(base) - ord(first)) if base.isascii() and len(base) == 1 else letter


def _apart(text: str) -> str:
    return " &nbsp; ".join(" ".join(map(html.escape, word)) for word in without_accents(text).split(" "))


def _turned(style: str, letter_style: str = "") -> Spelling:
    """Each word backwards, and shown forwards by that style."""
    return in_words(
        lambda word: (
            f'<span style="{style}">'
            + "".join(f'<span style="{letter_style}">{one}</span>' for one in word[::-1])
            + "</span>"
        )
    )


_BY_TEXT: dict[str, tuple[str, Spelling]] = {
    "zero-width space in each word": ("H21", in_words(lambda word: f"{word[:2]}&#8203;{word[2:]}")),
    "zero-width space after each letter": ("H21", _after_letters("&#8203;")),
    "soft hyphen after each letter": ("H21", _after_letters("&shy;")),
    "grapheme joiner after each letter": ("H21", _after_letters("&#847;")),
    "variation selector after each letter": ("H21", _after_letters("&#xFE0F;")),
    "tag character after each letter": ("H21", _after_letters("&#xE0061;")),
    "line under each letter": ("H21", _after_letters("&#818;")),
    "Hangul fillers as blanks": ("H21", _in_blanks("&#x3164;")),
    "blank Braille as blanks": ("H21", _in_blanks("&#x2800;")),
    "no-break spaces": ("", _in_blanks("&nbsp;")),
    "thin spaces": ("", _in_blanks("&thinsp;")),
    "Cyrillic letters": ("H22", lambda text: html.escape(text.translate(_CYRILLIC))),
    "Cyrillic letters in the names": ("H22", _in_names(lambda name: name.translate(_CYRILLIC))),
    "mathematical letters": ("A30", _in_letters(_bold)),
    "full-width letters": ("C42", lambda text: text.translate(_WIDE)),
    "digits for letters in the names": ("", _in_names(lambda name: name.translate(_LEET))),
    "digits for letters": ("", _beside_addresses(in_words(lambda word: word.translate(_LEET)))),
    "blanks in the names": ("A31", _in_names(" ".join)),
    "dots in the names": ("A31", _in_names(".".join)),
    "hyphens in the names": ("A31", _in_names("-".join)),
    "blanks in all words": ("A31", _beside_addresses(_apart)),
    "capitals without accents": ("", lambda text: html.escape(without_accents(text).upper())),
    "no accents": ("", lambda text: html.escape(without_accents(text))),
}  # fmt: skip
_BY_MARKUP: dict[str, tuple[str, Spelling]] = {
    "an element for each letter": ("H24", _in_letters(lambda letter: f"<span>{letter}</span>")),
    "a chance to break in each word": ("H24", in_words(lambda word: f"{word[:3]}<wbr>{word[3:]}")),
    "a cell for each letter of the names": ("H24", _in_names(HIDDEN_SPELLINGS["H24-cells"])),
    "words backwards in <bdo>": ("H23", in_words(HIDDEN_SPELLINGS["H23-bdo"])),
    "words backwards by overrides": ("H23", in_words(HIDDEN_SPELLINGS["H23-override"])),
    "words backwards by direction": ("H23", _turned("unicode-bidi:bidi-override;direction:rtl")),
    "words backwards by floats": ("H23", _turned("display:inline-block", "float:right")),
    "words backwards by a row of boxes": ("H23", _turned("display:inline-flex;flex-direction:row-reverse")),
}

Slip = Callable[[str, random.Random], str]
_SLIPS: dict[str, Slip] = {
    "last letters swapped in each long word": lambda word, _: _swapped(word) if len(word) > 6 else word,
    "last letters swapped in a word of seven": lambda word, chance: _at_times(word, chance, 0.15, _swapped),
    "last letters swapped in a word of three": lambda word, chance: _at_times(word, chance, 0.3, _swapped),
    "a letter missing in each long word": lambda word, _: _short(word) if len(word) > 6 else word,
    "a letter missing in a word of three": lambda word, chance: _at_times(word, chance, 0.3, _short),
    "a letter twice in each long word": lambda word, _: word[:2] + word[1:] if len(word) > 5 else word,
}


def _swapped(word: str) -> str:
    return word[:-2] + word[-1] + word[-2]


def _short(word: str) -> str:
    return word[:3] + word[4:]


def _at_times(word: str, chance: random.Random, share: float, change: Spelling) -> str:
    return change(word) if len(word) > 4 and chance.random() < share else word


def _spelled(name: str, section: str, spell: Spelling) -> Trick:
    return Trick(name, lambda letter: posted(letter, letter.html(spell)), section)


def _slipped(name: str, slip: Slip) -> Trick:
    def mail(letter: Letter) -> bytes:
        chance = letter.chance(name)
        return posted(letter, letter.html(_beside_addresses(in_words(lambda word: slip(word, chance)))))

    return Trick(name, mail)


def _by_content(letter: Letter) -> bytes:
    # Numbers: without a DOCTYPE the class of "Carte" is that of "carte", too.
    numbers: dict[str, int] = {}
    shown = letter.html(
        in_words(lambda word: f'<span class="q{numbers.setdefault(word, len(numbers))}"></span>')
    )
    rules = "".join(f'.q{number}::before{{content:"{word}"}}' for word, number in numbers.items())
    return posted(letter, f"<style>{rules}</style>{shown}")


SPELLED = (
    *(_spelled(name, section, spell) for name, (section, spell) in (_BY_TEXT | _BY_MARKUP).items()),
    *(_slipped(name, slip) for name, slip in _SLIPS.items()),
    Trick("words shown by style rules", _by_content, "H20"),
)
