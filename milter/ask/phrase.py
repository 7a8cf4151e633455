"""How are the words of the lexicon written down? A small notation, compiled to linear patterns.

A phrase is matched against a canonical sentence (see `sentence.py`): words with one blank between them.

    numero de secu*        three words, the last one with any ending
    (rib|iban)             one of several; an alternative may hold several words
    (bien)?                may be absent
    <3>                    up to three words that do not matter
    {thing} {inf} {imp}    a thing asked for; a verb of the lexicon in this form
    {thing:payment} {inf:give}   the same, of one kind or group
    {amount} {url} {mail} {blank}  a sum of money, an address, a gap to fill in
    :                      a colon

Everything has a bound, so that matching is linear in the sentence. Pure. Raises PhraseError.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from milter.mail.folding import fold

# Any comma, dash or colon may stand between two words of a phrase.
_BREAK = r"(?:[|:] )?"
_MAX_GAP = 12
_TOKEN = re.compile(r"\s*(\(|\)\??|\||<\d+>|\{[a-z_]+(?::[a-z_]+)?\}|:|[^\s()|<>{}:*]+\*?)")
_SIGNS = {"amount": "^euro", "url": "^url", "mail": "^mail", "blank": "^blank"}
_VERB_FORMS = {"inf": "i", "imp": "m", "fam": "t", "ger": "g", "verb": ""}
_AFTER_HASH = [f"#{letter}" for letter in "abcdefghijklmnopqrstuvwxyz_"]
_AFTER_TILDE = [f"~{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]


class PhraseError(ValueError):
    """A phrase of the lexicon is not well written; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A compiled phrase.

    A sentence that matches holds a word that begins with one of `triggers` (none: no word is sure to be
    there). The match begins with one of `starts`, two characters each (None: with anything).
    """

    pattern: str
    triggers: frozenset[str]
    starts: frozenset[str] | None
    # True where the phrase may match nothing at all.
    optional: bool = False


class Finder:
    """Finds phrases in a sentence, trying at each word only those that can begin there."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        """Compile one pattern for each two characters that a phrase can begin with."""
        listed = tuple(phrases)
        self._anywhere = _any_of([phrase for phrase in listed if phrase.starts is None])
        keys = frozenset().union(*(phrase.starts for phrase in listed if phrase.starts is not None))
        fitting = {key: [p for p in listed if p.starts is None or key in p.starts] for key in keys}
        self._by_start = {key: _any_of(found) for key, found in fitting.items()}

    def find(self, sentence: str) -> Iterator[re.Match[str]]:
        """The matches in order, none within another; the first phrase that fits at a word is taken."""
        at = sentence.find(" ") + 1 if self._by_start or self._anywhere else 0
        while at:
            pattern = self._by_start.get(sentence[at : at + 2], self._anywhere)
            found = pattern.match(sentence, at) if pattern else None
            if found and found.end() > at:
                yield found
                at = found.end()
            else:
                at = sentence.find(" ", at) + 1

    def is_in(self, sentence: str) -> bool:
        """True where any phrase stands in the sentence."""
        return next(self.find(sentence), None) is not None


def compile_phrase(text: str) -> Phrase:
    """The phrase as a pattern without its leading blank. Raises PhraseError."""
    tokens = _tokens(text)
    phrase, rest = _alternatives(tokens)
    if rest:
        raise PhraseError(f"a closing bracket too many: {text!r}")
    if not phrase.pattern or phrase.optional:
        raise PhraseError(f"empty phrase: {text!r}")
    return phrase


def compile_phrases(texts: Iterable[str]) -> Finder:
    """All of the phrases, to be found in one pass."""
    return Finder(map(compile_phrase, texts))


def words_of(text: str) -> frozenset[str]:
    """The whole words that a phrase is written with. Raises PhraseError."""
    return frozenset(token for token in _tokens(text) if token.isalpha())


def _any_of(phrases: list[Phrase]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{phrase.pattern})" for phrase in phrases)) if phrases else None


def _tokens(text: str) -> list[str]:
    tokens, at, folded = [], 0, fold(text).strip().replace("'", " ").replace("-", " ")
    while at < len(folded):
        found = _TOKEN.match(folded, at)
        if not found:
            raise PhraseError(f"cannot read {folded[at:]!r} in {text!r}")
        tokens.append(found.group(1))
        at = found.end()
    return tokens


def _alternatives(tokens: list[str]) -> tuple[Phrase, list[str]]:
    branches: list[Phrase] = []
    while True:
        branch, tokens = _sequence(tokens)
        branches.append(branch)
        if not tokens or tokens[0] != "|":
            break
        tokens = tokens[1:]
    if len(branches) == 1:
        return branches[0], tokens
    if not all(branch.pattern for branch in branches):
        raise PhraseError("an empty alternative")
    certain = all(branch.triggers for branch in branches)
    return Phrase(
        f"(?:{'|'.join(branch.pattern for branch in branches)})",
        frozenset().union(*(branch.triggers for branch in branches)) if certain else frozenset(),
        _union(branch.starts for branch in branches),
        any(branch.optional for branch in branches),
    ), tokens


def _union(starts: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    known: frozenset[str] = frozenset()
    for start in starts:
        if start is None:
            return None
        known |= start
    return known


def _sequence(tokens: list[str]) -> tuple[Phrase, list[str]]:
    items: list[Phrase] = []
    while tokens and tokens[0] != "|" and not tokens[0].startswith(")"):
        item, tokens = _item(tokens)
        items.append(item)
    sure = [item.triggers for item in items if item.triggers]
    must = next((number for number, item in enumerate(items) if not item.optional), len(items))
    return Phrase(
        _BREAK.join(item.pattern for item in items),
        # The longest words are the rarest, and the rarest trigger costs least.
        max(sure, key=lambda words: min(map(len, words)), default=frozenset()),
        _union(item.starts for item in items[: must + 1]),
        must == len(items),
    ), tokens


def _item(tokens: list[str]) -> tuple[Phrase, list[str]]:
    head, rest = tokens[0], tokens[1:]
    if head == "(":
        return _group(rest)
    if head[0] == "<":
        if int(head[1:-1]) > _MAX_GAP:
            raise PhraseError(f"a gap over {_MAX_GAP} words: {head}")
        return Phrase(rf"(?:[^ ]+ ){{0,{head[1:-1]}}}?", frozenset(), None, optional=True), rest
    if head[0] == "{":
        return _sign(head[1:-1]), rest
    if head == ":":
        return Phrase(": ", frozenset(), frozenset({": "})), rest
    return _word(head), rest


def _group(tokens: list[str]) -> tuple[Phrase, list[str]]:
    inner, rest = _alternatives(tokens)
    if not rest or not rest[0].startswith(")"):
        raise PhraseError("a bracket is not closed")
    if rest[0] == ")?":
        return Phrase(f"(?:{inner.pattern}{_BREAK})?", frozenset(), inner.starts, optional=True), rest[1:]
    return inner, rest[1:]


def _word(word: str) -> Phrase:
    stem = word.rstrip("*")
    ending = "[^ ]* " if word.endswith("*") else " "
    if not stem:
        raise PhraseError("a star alone")
    # A stem of one letter may go on with any.
    starts = frozenset({(stem + " ")[:2]}) if len(stem) > 1 or ending == " " else None
    return Phrase(re.escape(stem) + ending, frozenset({stem}), starts)


def _sign(text: str) -> Phrase:
    name, _, which = text.partition(":")
    if name in _SIGNS and not which:
        sign = _SIGNS[name]
        return Phrase(re.escape(sign) + " ", frozenset({sign}), frozenset({sign[:2]}))
    if text == "end":
        return Phrase(r"(?:\| |$)", frozenset(), frozenset({"| ", ""}))
    if name == "thing":
        pattern = rf"\#{which or '[a-z_]+'}\.\d+ "
        return Phrase(pattern, frozenset(), frozenset({"#" + which[0]} if which else _AFTER_HASH))
    if name in _VERB_FORMS:
        pattern = rf"~[a-z]*{_VERB_FORMS[name]}[a-z]*\.{_group_sign(which)} "
        return Phrase(pattern, frozenset(), frozenset(_AFTER_TILDE))
    raise PhraseError(f"unknown sign {{{text}}}")


def _group_sign(group: str) -> str:
    return rf"(?:[a-z_]+\+)*{group}(?:\+[a-z_]+)*" if group else "[a-z_+]+"
