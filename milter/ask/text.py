"""What does this text ask for? Sentence by sentence, only where a word of the lexicon stands.

Pure. Never raises. One pass of the automaton over the folded text decides which sentences are read.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from milter.ask.canonical import canonical, joined
from milter.ask.grammar import Asked, things_named
from milter.ask.language import Language
from milter.ask.lexicon import Lexicon
from milter.ask.sentence import Sentence, sentences
from milter.ask.signs import mark, things_in
from milter.ask.triggers import mask
from milter.brand.promise import AskKind
from milter.mail.text.folding import fold

_LONGEST_TEXT = 400_000
_MOST_SENTENCES = 600
_TOLD = frozenset({"denials", "reports", "speeches", "verdicts"})
_LONGEST_LABELS = 4000
# A verdict on the sentence before it begins no later in so much of its own.
_LONGEST_VERDICT, _LATEST_VERDICT = 64, 25
_MOST_QUOTATIONS = 100
_ORDER = list(AskKind)
_QUOTED = re.compile(r"«[^«»]{1,1500}»|“[^“”]{1,1500}”|(?<!\w)\"[^\"\n]{1,400}\"(?!\w)")


@dataclass(frozen=True, slots=True)
class Demand:
    """A sentence that asks, what for, and the lines it stands in."""

    kind: AskKind
    sentence: Sentence


def find_demands(
    text: str, lexicon: Lexicon, wanted: Collection[AskKind] = frozenset(AskKind)
) -> Iterator[Demand]:
    """Every demand of the text for something wanted, in order.

    What is taken out of `wanted` meanwhile is no longer looked for, and costs nothing from then on.
    """
    text = _without_reported_quotes(_cut(text), lexicon, wanted)
    found = list(sentences(text, lexicon.dangling))
    folded = fold("\n".join(one.text.replace("\n", " ") for one in found))
    lines = lexicon.triggers.lines(folded, mask(wanted))
    if not lines:
        return
    reader, still_wanted = _Reader(lexicon, wanted), mask(wanted)
    for number, (sentence, line) in enumerate(zip(found, joined(folded).split("\n"), strict=True)):
        if reader.expects or lines.get(number, 0) & still_wanted:
            # The lines of a list are apart.
            words = joined(fold(sentence.text)) if "\n" in sentence.text else line
            demands = list(reader.read(sentence, words))
            if demands and _is_exposed(number, found, lexicon):
                continue
            for demand in demands:
                if demand.kind in wanted:
                    yield demand
                    still_wanted = mask(wanted)
        if reader.count > _MOST_SENTENCES:
            return


def find_paraphrased(text: str, lexicon: Lexicon, wanted: Collection[AskKind]) -> Iterator[Demand]:
    """Every demand for something wanted that is heard though no phrase has it, in order."""
    text = _without_reported_quotes(_cut(text), lexicon)
    found = list(sentences(text, lexicon.dangling))

    for paraphrases in lexicon.paraphrases:
        for kind, passage, places in paraphrases.find(found, wanted):
            if not any(_is_exposed(number, found, lexicon) for number in places):
                yield Demand(kind, passage)


class _Reader:
    """Reads one sentence after the other."""

    def __init__(self, lexicon: Lexicon, wanted: Collection[AskKind]) -> None:
        self._parser, self._wanted = lexicon.parser, wanted
        self._wanted_now = frozenset(wanted)
        self._languages = {language.code: language for language in lexicon.languages}
        self._known = set[tuple[str, bool]]()
        self._before: Mapping[str, Asked] = {}

    @property
    def count(self) -> int:
        """How many sentences were read, those said twice once."""
        return len(self._known)

    @property
    def expects(self) -> bool:
        """True where the last sentence names a thing that this may take up ("merci de l'envoyer")."""
        return bool(self._before)

    def read(self, sentence: Sentence, folded: str) -> Iterator[Demand]:
        self._known.add((sentence.text, self.expects))
        if len(self._wanted_now) != len(self._wanted):
            self._wanted_now = frozenset(self._wanted)
        now, before = self._parser.read(folded, self._wanted_now, follows=self.expects), self._before
        self._before = {}
        kinds = frozenset[AskKind]()
        for code, result in now.items():
            if result.named:
                self._before = now
            if result.kinds or result.pending:
                kinds |= _kinds(result, before.get(code), self._languages[code])
        return (Demand(kind, sentence) for kind in sorted(kinds, key=_ORDER.index))


def is_told(text: str, lexicon: Lexicon) -> bool:
    """Does the sentence deny something, or tell what others ask?"""
    words = canonical(text, lexicon.spellings)
    for language in lexicon.languages:
        marked = mark(words, things_in(words, language), language)
        if not _TOLD.isdisjoint(name for name, _, _ in language.frames.find(marked)):
            return True
    return False


def _is_exposed(number: int, found: list[Sentence], lexicon: Lexicon) -> bool:
    """Does the sentence after this one say that others ask so: "On vous demande un code ? Raccrochez."?"""
    if number + 1 >= len(found) or found[number + 1].text.rstrip().endswith("?"):
        return False
    table = lexicon.refusals if found[number].text.rstrip(' \t\n"»)').endswith("?") else lexicon.verdicts
    first = next(table.find_all(canonical(found[number + 1].text[:_LONGEST_VERDICT])), None)
    return first is not None and first[1].start() <= _LATEST_VERDICT


def named_kinds(text: str, lexicon: Lexicon) -> frozenset[AskKind]:
    """The kinds of things to hand over that the text names, whether it asks for them or not."""
    words = canonical(text[:_LONGEST_LABELS])
    return frozenset().union(*(things_named(words, language) for language in lexicon.languages))


def _cut(text: str) -> str:
    """The text, or the beginning and the end of a text too long to be read: lures stand there."""
    if len(text) <= _LONGEST_TEXT:
        return text
    return f"{text[: _LONGEST_TEXT // 2]}\n\n{text[-_LONGEST_TEXT // 2 :]}"


def _kinds(now: Asked, before: Asked | None, language: Language) -> frozenset[AskKind]:
    if not before or not now.pending:
        return now.kinds
    named = (language.things[number] for number in before.named)
    return now.kinds | {thing.kind for thing in named if not thing.verbs.isdisjoint(now.pending)}


def _without_reported_quotes(text: str, lexicon: Lexicon, wanted: Collection[AskKind] | None = None) -> str:
    """The text without the quotations of others' words; what the sender merely puts in quotes stays.

    Where it is known what is `wanted`, those stay, too, that hold no word of it.
    """
    if not any(sign in text for sign in '«“"'):
        return text
    triggers, kinds = lexicon.triggers, mask(wanted or ())
    around = cache(lambda: triggers.groups_in(fold(text)))

    @cache
    def asks(begin: int, end: int) -> bool:
        return bool(triggers.lines(fold(text[begin:end]), kinds, around))

    def keep_or_empty(quoted: re.Match[str]) -> str:
        if not _is_reported(text, quoted, lexicon):
            return quoted.group()
        end = text.find("\n", quoted.end())
        if wanted is not None and not asks(
            text.rfind("\n", 0, quoted.start()) + 1, len(text) if end < 0 else end
        ):
            return quoted.group()
        broken = quoted.group().count("\n")
        return "«" + "\n" * broken + "»" if broken else "«…»"

    return _QUOTED.sub(keep_or_empty, text, count=_MOST_QUOTATIONS)


def _is_reported(text: str, quoted: re.Match[str], lexicon: Lexicon) -> bool:
    before = text[max(0, quoted.start() - 200) : quoted.start()].rpartition("\n")[2]
    after = text[quoted.end() : quoted.end() + 120].partition("\n")[0]
    beside = canonical(f"{before} {after}")
    return lexicon.quoting.is_in(beside)
