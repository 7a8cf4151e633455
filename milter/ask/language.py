"""How does one language ask? Its verbs, the things asked for, and the frames of its sentences, compiled.

Pure. `language_file.py` makes one of a file of config/asks/.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from milter.ask.finder import Table
from milter.brand.promise import AskKind

# What stands for a sum of money in a canonical sentence.
SUM = frozenset({"^euro "})
_ACTS = frozenset({AskKind.LINK, AskKind.CALL_BACK, AskKind.REPLY, AskKind.ATTACHMENT, AskKind.FORM})

# For each first word, what must follow it and the sign that stands for the whole in a sentence.
Verbs = Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing asked for, and the groups of verbs that ask for it (its phrases are in `thing_words`).

    With `verb_alone` such a verb asks for it even where the thing is not named. `needable`: to say that
    it is needed is to ask for it. `name` is what the phrases of the file call it.
    """

    name: str
    kind: AskKind
    verbs: frozenset[str]
    verb_alone: bool
    needable: bool

    @property
    def is_act(self) -> bool:
        """True for something to do (click, call, answer), False for something to hand over."""
        return self.kind in _ACTS

    @property
    def is_owned(self) -> bool:
        """True for what belongs to somebody: not for acts, nor for a debt."""
        return not self.is_act and self.kind is not AskKind.PAYMENT


@dataclass(frozen=True, slots=True)
class Trigger:
    """The beginning of a word without which no sentence asks for a kind in one of the ways to do so; for
    each set of `beside`, a word that begins with one of it stands near."""

    word: str
    kind: AskKind
    beside: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Language:
    """One language.

    `frames` holds the phrases of all frames by their names, and as `alone.3` those that ask for the
    thing number 3 by themselves. `thing_words` gives the numbers of the things named. `lone` are words and
    `lone_stems` beginnings of words, with a blank before them, without one of which no sentence asks that
    names no thing.
    """

    code: str
    verbs: Verbs
    things: tuple[Thing, ...]
    thing_words: Table[int]
    frames: Table[str]
    purposes: Table[None]
    subjects: frozenset[str]
    clitics: frozenset[str]
    familiar: frozenset[str]
    objects: frozenset[str]
    joints: frozenset[str]
    between: frozenset[str]
    dangling: frozenset[str]
    ours: frozenset[str]
    endings: tuple[str, ...]
    lone: frozenset[str]
    lone_stems: tuple[str, ...]
    marks: frozenset[str]

    def is_spoken_in(self, words: Iterable[str]) -> bool:
        """True where a word stands that only this language has, or where it is always looked for (`*`)."""
        return "*" in self.marks or not self.marks.isdisjoint(words)

    def may_ask_alone(self, canonical: str) -> bool:
        """True where a word stands in the canonical sentence that asks without naming a thing."""
        return not self.lone.isdisjoint(canonical.split()) or any(
            stem in canonical for stem in self.lone_stems
        )


def forms_of(sign: str) -> str:
    """The forms of a verb of such a sign (`conjugation.FORMS`); empty where it is a word, or none."""
    return sign.split(".")[1] if sign.startswith("~") else ""


def groups_of(sign: str) -> frozenset[str]:
    """The groups of verbs of a sign `~word.forms.group+group`."""
    return frozenset(sign.rpartition(".")[2].strip().split("+"))
