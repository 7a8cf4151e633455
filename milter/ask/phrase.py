"""How are the words of the lexicon written down? A small notation, compiled to linear patterns.

A phrase is matched against a canonical sentence (see `sentence.py`): words with one blank between them.

    numero de secu*        three words, the last one with any ending
    (rib|iban)             one of several; an alternative may hold several words
    (bien)?                may be absent
    <3>                    up to three words that do not matter
    {thing} {inf} {imp}    a thing asked for; a verb of the lexicon in this form
    {thing:payment} {inf:give}   the same, of one kind or group
    {amount} {url} {mail} {blank}  a sum of money, an address, a gap to fill in
    ~reclam*               the word, even where it is a verb of the lexicon and its sign stands there
    :                      a colon

Everything has a bound, so that matching is linear in the sentence. Pure. Raises PhraseError.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from milter.mail.text.folding import fold

# Any comma, dash or colon may stand between two words of a phrase.
_BREAK = r"(?:[|:] )?"
_MAX_GAP = 12
_TOKEN = re.compile(r"\s*(\(|\)\??|\||<\d+>|\{[a-z_]+(?::[a-z_]+)?\}|:|[^\s()|<>{}:*]+\*?)")
# What follows a word in the sign of a verb that keeps it: `~reclame.t.click`.
_REST_OF_SIGN = r"(?:\.[^ ]*)? "
_SIGNS = {"amount": "^euro", "url": "^url", "mail": "^mail", "blank": "^blank"}
_VERB_FORMS = {"inf": "i", "imp": "m", "fam": "t", "ger": "g", "verb": ""}


class PhraseError(ValueError):
    """A phrase of the lexicon is not well written; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A compiled phrase.

    A sentence that matches holds one of each set of `sure`: whole words with their blank, beginnings of
    words, `#name` for things and `~group` for verbs. The match begins with one of `starts`: a whole word
    with its blank, or the beginning of one (None: with anything).
    """

    pattern: str
    sure: tuple[frozenset[str], ...]
    starts: frozenset[str] | None
    # True where the phrase may match nothing at all.
    optional: bool = False

    @property
    def triggers(self) -> frozenset[str]:
        """The longest of the sure words, which are the rarest (none: no word is sure to be there)."""
        words = [group for group in self.sure if not any(word[0] in "#~" for word in group)]
        return max(words, key=lambda group: min(map(len, group)), default=frozenset())

    @property
    def verbs(self) -> frozenset[str]:
        """The groups of verbs one of which is sure to be there (empty: none is)."""
        groups = [group for group in self.sure if all(word[0] == "~" for word in group)]
        return frozenset(word[1:] for word in groups[0]) if groups else frozenset()

    @property
    def things(self) -> frozenset[str]:
        """The set of `sure` that holds things, and perhaps words beside them (empty: there is none)."""
        groups = [group for group in self.sure if any(word[0] == "#" for word in group) and "#" not in group]
        return next(iter(groups), frozenset())


@lru_cache(maxsize=4096)
def compile_phrase(text: str) -> Phrase:
    """The phrase as a pattern without its leading blank. Raises PhraseError.

    Remembered, because a file asks for each of its phrases several times: `compile_phrase.cache_clear()`
    gives the room back.
    """
    tokens = _tokens(text)
    phrase, rest = _alternatives(tokens)
    if rest:
        raise PhraseError(f"a closing bracket too many: {text!r}")
    if not phrase.pattern or phrase.optional:
        raise PhraseError(f"empty phrase: {text!r}")
    return phrase


def words_of(text: str) -> frozenset[str]:
    """The whole words that a phrase is written with. Raises PhraseError."""
    return frozenset(token for token in _tokens(text) if token.isalpha())


def written_in(text: str) -> frozenset[str]:
    """The words that a phrase is written with, those of which only the beginning counts with their star."""
    return frozenset(token for token in _tokens(text) if token[0] not in "()|<{:")


def with_verbs(text: str, verbs: frozenset[str]) -> str:
    """The phrase with those of its words marked `~` that are of `verbs`. Raises PhraseError."""
    return " ".join(f"~{token}" if token in verbs else token for token in _tokens(text))


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
    certain = all(map(_surest, branches))
    return Phrase(
        f"(?:{'|'.join(branch.pattern for branch in branches)})",
        (frozenset().union(*(_surest(branch) for branch in branches)),) if certain else (),
        _union(branch.starts for branch in branches),
        any(branch.optional for branch in branches),
    ), tokens


def _surest(branch: Phrase) -> frozenset[str]:
    return branch.triggers or next(iter(branch.sure), frozenset())


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
    must = next((number for number, item in enumerate(items) if not item.optional), len(items))
    return Phrase(
        _BREAK.join(item.pattern for item in items),
        tuple(words for item in items for words in item.sure),
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
        return Phrase(rf"(?:[^ ]+ ){{0,{head[1:-1]}}}?", (), None, optional=True), rest
    if head[0] == "{":
        return _sign(head[1:-1]), rest
    if head == ":":
        return Phrase(": ", (), frozenset({": "})), rest
    return _word(head), rest


def _group(tokens: list[str]) -> tuple[Phrase, list[str]]:
    inner, rest = _alternatives(tokens)
    if not rest or not rest[0].startswith(")"):
        raise PhraseError("a bracket is not closed")
    if rest[0] == ")?":
        return Phrase(f"(?:{inner.pattern}{_BREAK})?", (), inner.starts, optional=True), rest[1:]
    return inner, rest[1:]


def _word(word: str) -> Phrase:
    stem = word.lstrip("~").rstrip("*")
    if not stem:
        raise PhraseError("a star alone")
    is_sign, begins = word[0] == "~", word[-1] == "*"
    ending = "[^ ]* " if begins else _REST_OF_SIGN if is_sign else " "
    start = stem if begins else f"{stem} "
    pattern = f"{'~?' if is_sign else ''}{re.escape(stem)}{ending}"
    return Phrase(pattern, (frozenset({start}),), frozenset({start}))


def _sign(text: str) -> Phrase:
    name, _, which = text.partition(":")
    if name in _SIGNS and not which:
        sign = _SIGNS[name]
        return Phrase(re.escape(sign) + " ", (frozenset({f"{sign} "}),), frozenset({f"{sign} "}))
    if text == "end":
        return Phrase(r"(?:\| |$)", (), None)
    if name == "thing":
        pattern = rf"\#{which or '[a-z_]+'}\.\d+ "
        return Phrase(pattern, (frozenset({f"#{which}"}),), frozenset({f"#{which}." if which else "#"}))
    if name in _VERB_FORMS:
        pattern = rf"~[a-z]*\.[a-z]*{_VERB_FORMS[name]}[a-z]*\.{_group_sign(which)} "
        return Phrase(pattern, (frozenset({f"~{which}"}),) if which else (), frozenset({"~"}))
    raise PhraseError(f"unknown sign {{{text}}}")


def _group_sign(group: str) -> str:
    return rf"(?:[a-z_]+\+)*{group}(?:\+[a-z_]+)*" if group else "[a-z_+]+"
