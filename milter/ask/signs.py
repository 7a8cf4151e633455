"""Where in a sentence do things and verbs of the lexicon stand? Puts a sign in the place of each.

` merci de m envoyer votre rib ` becomes ` merci de m ~.i.give votre #bank_details.1 `; a verb that frames are
written with, too, keeps its word: `~reclame.t.click`. Pure. Never raises.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from milter.ask.language import Language, Thing

_MOST_THINGS = 40
_SIGN = re.compile(r"(?<= )#[a-z_]+\.(\d+) ")


@dataclass(frozen=True, slots=True)
class Named:
    """A thing named in a sentence, and the place of its words there."""

    thing: Thing
    number: int
    start: int
    end: int


def things_in(canonical: str, language: Language) -> list[Named]:
    """The things that the canonical sentence names, in order, none within another."""
    # Data before acts ("your bank account" is no "your account"), and the longest first: "numéro de carte
    # vitale" is no "numéro de carte".
    found = sorted(
        _found(canonical, language),
        key=lambda named: (named.thing.is_act, named.start - named.end, named.start),
    )
    chosen: list[Named] = []
    for named in found[: _MOST_THINGS * 4]:
        if all(named.end <= other.start or other.end <= named.start for other in chosen):
            chosen.append(named)
        if len(chosen) == _MOST_THINGS:
            break
    return sorted(chosen, key=lambda named: named.start)


def mark(canonical: str, things: list[Named], language: Language) -> str:
    """The canonical sentence with a sign `#name.n` for the n-th thing, and `~.forms.group` for a verb."""
    return _mark_verbs(_mark_things(canonical, things), language)


def marked_things(sentence: str, language: Language) -> list[Named]:
    """The things whose signs stand in a marked sentence."""
    found = ((int(sign.group(1)), sign) for sign in _SIGN.finditer(sentence))
    return [Named(language.things[number], number, *sign.span()) for number, sign in found]


def _found(canonical: str, language: Language) -> Iterator[Named]:
    for number, match in language.thing_words.find_all(canonical):
        # Without a break behind its last word.
        behind = 2 if match.group().endswith((" | ", " : ")) else 0
        thing = language.things[number]
        if not (thing.is_owned and _is_ours(canonical, match.start(), language)):
            yield Named(thing, number, match.start(), match.end() - behind)


def _is_ours(canonical: str, start: int, language: Language) -> bool:
    """Is what begins there the sender's own: "notre RIB"?"""
    return canonical[: start - 1].rpartition(" ")[2] in language.ours


def _mark_things(canonical: str, things: list[Named]) -> str:
    pieces, at = [], 0
    for named in things:
        # A sum stays in sight beside its sign: how much is asked is read with what it is asked for.
        sum_of_money = canonical[named.start : named.end] if canonical[named.start] == "^" else ""
        pieces += [canonical[at : named.start], f"{sum_of_money}#{named.thing.name}.{named.number} "]
        at = named.end
    return "".join([*pieces, canonical[at:]])


def _mark_verbs(marked: str, language: Language) -> str:
    verbs, words = language.verbs, marked.split()
    if verbs.keys().isdisjoint(words):
        return marked
    signs, at = list[str](), 0
    for place in [place for place, word in enumerate(words) if word in verbs]:
        if place >= at:
            sign, length = _verb_at(words, place, language)
            signs += (*words[at:place], sign)
            at = place + length
    return f" {' '.join([*signs, *words[at:]])} "


def _verb_at(words: list[str], at: int, language: Language) -> tuple[str, int]:
    for rest, sign in language.verbs[words[at]]:
        if tuple(words[at + 1 : at + 1 + len(rest)]) == rest:
            return sign, 1 + len(rest)
    return words[at], 1
