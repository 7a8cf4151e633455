"""THREATS H: honest words beside those of the letter, shown or not, in its words or round it."""
# ruff: noqa: E501  one line a trick

import html

from tests.vectors.hidden import SALTS, salted
from tests.vectors.letter import SALT, Letter, multipart, part, plain_part, posted
from tests.vectors.spellings import in_words
from tests.vectors.trick import Trick

# What hides it from a reader.
_HIDDEN_BY = {
    "H1": "a size of 0",
    "H2": "a SIZE of 0px",
    "H3": "no display",
    "H4": "visibility",
    "H5": "opacity",
    "H6": "white on white",
    "H7": "transparent colour",
    "H8": "an indent",
    "H9": "a place outside",
    "H10": "no height",
    "H11": "no width",
    "H12": "a clip path",
    "H13": "no line height",
    "H14": "a style of Outlook's",
    "H15": "a class",
    "H16": "a rule for screens",
    "H17": "a scale of 0",
    "H18": "a <font>",
    "H19-template": "a <template>",
    "H19-noscript": "a <noscript>",
    "H19-textarea": "a hidden field",
    "H19-comment": "a comment",
    "H21": "signs without width",
    "H24": "an empty element",
}
_SEEN = f"<p>{SALT}</p>"
_FAR = "<br>" * 60
_ANSWERED = "Le lun. 9 nov. 2026 à 10:02, Jeanne Roy <jeanne@club.example> a écrit :"


def _in_words(number: str) -> Trick:
    spell = in_words(salted(SALTS[number]))
    name = f"in each word, unseen by {_HIDDEN_BY[number]}"
    return Trick(name, lambda letter: posted(letter, letter.html(spell)), number.partition("-")[0])


def _above(number: str) -> Trick:
    salt = SALTS[number].replace(">le <", ">sel<").replace(">sel<", f">{html.escape(SALT)}<")
    name = f"salt above, unseen by {_HIDDEN_BY[number]}"
    return Trick(name, lambda letter: posted(letter, letter.html(before=salt)), number.partition("-")[0])


def _below(name: str, salt: str, section: str = "") -> Trick:
    return Trick(name, lambda letter: posted(letter, letter.html(after=salt)), section)


def _plain_below(letter: Letter) -> bytes:
    return posted(letter, plain_part(letter.plain + "\n" * 80 + SALT))


def _answer(letter: Letter) -> bytes:
    quoted = "\n".join(f"> {line}" for line in SALT.split("\n"))
    return posted(letter, plain_part(f"{letter.plain}\n\n{_ANSWERED}\n{quoted}"))


def _alternatives(plain: bytes, shown: str) -> bytes:
    return multipart("alternative", plain, part(shown))


SALTED = (
    *map(_in_words, SALTS),
    # The others hold no words.
    *(_above(number) for number, salt in SALTS.items() if ">sel<" in salt or ">le <" in salt),
    _below("salt below, white", f'<div style="color:#ffffff;background:#fff">{SALT}</div>', "H6"),
    _below("salt below, tiny and nearly white", f'<div style="font-size:1px;color:#fefefe">{SALT}</div>', "H6"),
    _below("salt below, small and grey", f'<p style="font-size:8px;color:#ccc">{SALT}</p>'),
    _below("salt below, seen far down", _FAR + _SEEN),
    _below("much salt below, seen far down", _FAR + _SEEN * 6),
    Trick("salt below in plain text, seen far down", _plain_below),
    Trick("salt below in plain text, as what is answered", _answer),
    Trick(
        "salt as the other alternative, in plain text",
        lambda letter: posted(letter, _alternatives(plain_part(SALT), letter.html())),
        "M86",
    ),
    Trick(
        "salt as the other alternative, in HTML",
        lambda letter: posted(letter, _alternatives(plain_part(letter.plain), _SEEN)),
        "M86",
    ),
)  # fmt: skip
