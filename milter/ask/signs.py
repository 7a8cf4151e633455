"""Where in a sentence do things and verbs of the lexicon stand? Puts a sign in the place of each.

` merci de m envoyer votre rib ` becomes ` merci de m ~i.give votre #bank_details.1 `. Pure. Never raises.
"""

import re
from collections.abc import Iterator

from milter.ask.language import Language, Thing

_MOST_THINGS = 40


def mark(canonical: str, language: Language) -> str:
    """The canonical sentence with a sign `#name.n` for the n-th thing, and `~forms.group` for a verb."""
    return _mark_verbs(_mark_things(canonical, language), language)


def thing_of(sign: str, language: Language) -> Thing:
    """The thing that a sign `#kind.n` stands for."""
    return language.things[int(sign.rpartition(".")[2])]


def _mark_things(canonical: str, language: Language) -> str:
    # Data before acts ("your bank account" is no "your account"), and the longest first: "numéro de carte
    # vitale" is no "numéro de carte".
    found = sorted(_found(canonical, language), key=lambda span: (span[0], span[1] - span[2], span[1]))
    chosen: list[tuple[int, int, str]] = []
    for _, start, end, sign in found[: _MOST_THINGS * 4]:
        if all(end <= other[0] or other[1] <= start for other in chosen):
            chosen.append((start, end, sign))
        if len(chosen) == _MOST_THINGS:
            break
    return _replace(canonical, sorted(chosen))


def _found(canonical: str, language: Language) -> Iterator[tuple[bool, int, int, str]]:
    at = canonical.find(" ") + 1
    while at:
        for pattern, number in language.thing_words.get(canonical[at : at + 2], ()):
            if match := pattern.match(canonical, at):
                thing = language.things[number]
                yield thing.is_act, *_trimmed(match), f"#{thing.name}.{number} "
        at = canonical.find(" ", at) + 1


def _trimmed(match: re.Match[str]) -> tuple[int, int]:
    """The span of the phrase without a break behind its last word."""
    return match.start(), match.end() - 2 if match.group().endswith((" | ", " : ")) else match.end()


def _replace(canonical: str, spans: list[tuple[int, int, str]]) -> str:
    pieces, at = [], 0
    for start, end, sign in spans:
        # A sum stays in sight beside its sign: how much is asked is read with what it is asked for.
        sum_of_money = canonical[start:end] if canonical[start] == "^" else ""
        pieces += [canonical[at:start], f"{sum_of_money}{sign}"]
        at = end
    return "".join([*pieces, canonical[at:]])


def _mark_verbs(canonical: str, language: Language) -> str:
    words = canonical.split()
    marked, at = [], 0
    while at < len(words):
        sign, length = _verb_at(words, at, language)
        marked.append(sign)
        at += length
    return f" {' '.join(marked)} "


def _verb_at(words: list[str], at: int, language: Language) -> tuple[str, int]:
    for rest, sign in language.verbs.get(words[at], ()):
        if tuple(words[at + 1 : at + 1 + len(rest)]) == rest:
            return sign, 1 + len(rest)
    return words[at], 1
