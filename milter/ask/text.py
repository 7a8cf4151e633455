"""What does this text ask for? Sentence by sentence, only where a word of the lexicon stands.

Pure. Never raises. One pass of the automaton over the folded text decides which sentences are read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from milter.ask.grammar import Asked, asked, things_named
from milter.ask.language import Language
from milter.ask.lexicon import Lexicon
from milter.ask.sentence import Sentence, canonical, looks, sentences
from milter.brand.promise import AskKind
from milter.mail.folding import fold, join_spaced

_LONGEST_TEXT = 400_000
_MOST_SENTENCES = 600
_LONGEST_LABELS = 4000
_MOST_QUOTATIONS = 100
# Letters apart ("R.I.B.", "R I B"): looked for first, because drawing them together costs more.
_SPACED = re.compile(r"[ .\-_*][a-z0-9][ .\-_*][a-z0-9](?![a-z0-9])")
_QUOTED = re.compile(r"«[^«»]{1,1500}»|“[^“”]{1,1500}”|(?<!\w)\"[^\"\n]{1,400}\"(?!\w)")


@dataclass(frozen=True, slots=True)
class Demand:
    """A sentence that asks, what for, and the lines it stands in."""

    kind: AskKind
    sentence: Sentence
    urges: bool


def find_demands(text: str, lexicon: Lexicon) -> Iterator[Demand]:
    """Every demand of the text, in order."""
    text = _cut(text)
    lines = _lines_with_triggers(text, lexicon)
    if not lines:
        return
    before: dict[str, Asked] = {}
    read = 0
    for sentence in sentences(_without_reported_quotes(text, lexicon), lexicon.dangling):
        if not any(line in lines for line in range(sentence.first, sentence.last + 1)) and not before:
            continue
        read += 1
        if read > _MOST_SENTENCES:
            return
        words = canonical(sentence.text, lexicon.spellings)
        spoken = [language for language in lexicon.languages if language.is_spoken_in(words)]
        now = {language.code: asked(words, language) for language in spoken}
        for language in spoken:
            yield from _demands(sentence, now[language.code], before.get(language.code), language)
        # A sentence that names a thing may be taken up by the next one ("merci de nous l'envoyer").
        before = now if any(result.named for result in now.values()) else {}


def named_kinds(text: str, lexicon: Lexicon) -> frozenset[AskKind]:
    """The kinds of things to hand over that the text names, whether it asks for them or not."""
    words = canonical(text[:_LONGEST_LABELS])
    return frozenset().union(*(things_named(words, language) for language in lexicon.languages))


def _cut(text: str) -> str:
    """The text, or the beginning and the end of a text too long to be read: lures stand there."""
    if len(text) <= _LONGEST_TEXT:
        return text
    return f"{text[: _LONGEST_TEXT // 2]}\n\n{text[-_LONGEST_TEXT // 2 :]}"


def _demands(sentence: Sentence, now: Asked, before: Asked | None, language: Language) -> Iterator[Demand]:
    kinds = set(now.kinds)
    if before and now.pending:
        named = (thing for thing in language.things if thing.kind in before.named)
        kinds |= {thing.kind for thing in named if not thing.verbs.isdisjoint(now.pending)}
    yield from (Demand(kind, sentence, now.urges) for kind in AskKind if kind in kinds)


def _lines_with_triggers(text: str, lexicon: Lexicon) -> frozenset[int]:
    folded = f" {fold(text)}"
    if _SPACED.search(folded):
        folded = join_spaced(folded)
    folded = looks(folded)
    starts = (start for _, start, _ in lexicon.triggers.find_matches_as_indexes(folded, overlapping=True))
    # A word of the lexicon begins a word of the text: "rib" is not in "tribune".
    begins = [at for at in starts if not (folded[at - 1].isalnum() and folded[at].isalnum())]
    lines, line, at = set(), 0, 0
    for start in begins:
        line += folded.count("\n", at, start)
        at = start
        lines.add(line)
    return frozenset(lines)


def _without_reported_quotes(text: str, lexicon: Lexicon) -> str:
    """The text without the quotations of others' words; what the sender merely puts in quotes stays."""

    def keep_or_empty(quoted: re.Match[str]) -> str:
        before = text[max(0, quoted.start() - 200) : quoted.start()].rpartition("\n")[2]
        after = text[quoted.end() : quoted.end() + 120].partition("\n")[0]
        beside = canonical(f"{before} {after}")
        if any(language.frames.quoting.is_in(beside) for language in lexicon.languages):
            return "«" + "…" + "\n" * quoted.group().count("\n") + "»"
        return quoted.group()

    return _QUOTED.sub(keep_or_empty, text, count=_MOST_QUOTATIONS)
