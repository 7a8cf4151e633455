"""What stands in a file of config/asks/? Reads the words of one language, and compiles them.

Pure. `LanguageFile.compiled` raises PhraseError.
"""

import itertools
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from pydantic import Field

from milter.ask.conjugation import Conjugation, written_as
from milter.ask.finder import Table, finder
from milter.ask.language import SUM, Language, Thing, Trigger, Verbs, groups_of
from milter.ask.phrase import PhraseError, compile_phrase, with_verbs, words_of, written_in
from milter.brand.promise import AskKind
from milter.config.data_file import FileTable
from milter.mail.text.folding import fold

# A shorter word, with its blank, stands in every other sentence.
_SHORT = 5
# How a sentence demands and does not demand; each is explained in config/asks/fr.toml.
FRAMES = (
    "prompts",
    "duties",
    "wants",
    "rows",
    "needs",
    "denials",
    "reports",
    "speeches",
    "verdicts",
    "threats",
)
# What these say of others, or of a thing, they may say with a verb that a sender asks with elsewhere: "un
# mail vous réclame", "votre RIB n'est pas renseigné".
_SAID = frozenset({"denials", "reports", "speeches", "verdicts", "needs"})
# Beside a quotation; before an infinitive of purpose; after a question. They are looked for by themselves.
_APART = ("quoting", "purposes", "refusals")


class _Small(FileTable):
    subjects: tuple[str, ...] = ()
    clitics: tuple[str, ...] = ()
    familiar: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    joints: tuple[str, ...] = ()
    between: tuple[str, ...] = ()
    dangling: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()


class _Thing(FileTable):
    kind: AskKind
    name: str = Field(default="", pattern=r"^[a-z_]*$")
    verbs: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    verb_alone: bool = False
    needable: bool = True


class Compiled(NamedTuple):
    """A language, and what the lexicon makes one of for all languages, so that none keeps it: without one of
    its `triggers` no sentence asks, `vocabulary` may be misspelt, all but `known` words mean nothing, beside
    the phrases `quoting` a quotation is another's words, and a sentence that begins with one of `verdicts`,
    or after a question of `refusals`, says that the one before it tells what others want."""

    language: Language
    triggers: frozenset[Trigger]
    vocabulary: frozenset[str]
    known: frozenset[str]
    quoting: tuple[str, ...]
    verdicts: tuple[str, ...]
    refusals: tuple[str, ...]


_WORD_SETS = tuple(name for name in _Small.model_fields if name not in {"endings", "marks"})


class LanguageFile(FileTable):
    """One file of config/asks/ as it is written."""

    language: str = Field(min_length=2)
    conjugations: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    verbs: dict[str, tuple[str, ...]] = Field(min_length=1)
    frames: dict[str, tuple[str, ...]]
    small: _Small = _Small()
    thing: tuple[_Thing, ...] = Field(min_length=1)

    def compiled(self) -> Compiled:
        """The compiled language. Raises PhraseError for the first phrase that cannot be read."""
        return Compiled(
            self._language(),
            frozenset(self._triggers()),
            frozenset(self._vocabulary()),
            frozenset(self._known()),
            *(self._apart(name) for name in ("quoting", "verdicts", "refusals")),
        )

    def _language(self) -> Language:
        things = tuple(self._thing(thing) for thing in self.thing)
        return Language(
            code=self.language,
            verbs=self._verbs,
            things=things,
            thing_words=Table((text, n) for n, thing in enumerate(self.thing) for text in thing.words),
            frames=Table(self._frames()),
            purposes=finder(self.frames["purposes"]),
            lone=frozenset(word.rstrip() for word in self._lone() if word[-1] == " "),
            lone_stems=tuple(sorted({f" {word}" for word in self._lone() if word[-1] != " "})),
            endings=self.small.endings,
            marks=frozenset(map(fold, self.small.marks)) or frozenset(self._verbs),
            **{name: frozenset(map(fold, getattr(self.small, name))) for name in _WORD_SETS},
        )

    def _frames(self) -> Iterator[tuple[str, str]]:
        if wrong := {*FRAMES, *_APART} ^ set(self.frames):
            raise PhraseError(f"frames: missing or unknown: {', '.join(sorted(wrong))}")
        for text, name in self._texts():
            yield with_verbs(text, self._verbs_said) if name in _SAID else text, name

    def _texts(self) -> Iterator[tuple[str, str]]:
        yield from ((text, name) for name in FRAMES for text in self.frames[name])
        yield from ((text, f"alone.{n}") for n, thing in enumerate(self.thing) for text in thing.alone)

    def _apart(self, name: str) -> tuple[str, ...]:
        # Whatever is wrong with one is told here, where the file is known.
        finder(self.frames[name])
        return self.frames[name]

    def _thing(self, thing: _Thing) -> Thing:
        if unknown := set(thing.verbs) - set(self.verbs):
            raise PhraseError(f"thing {thing.kind}: no such group of verbs: {', '.join(sorted(unknown))}")
        return Thing(
            name=thing.name or thing.kind.value,
            kind=thing.kind,
            verbs=frozenset(thing.verbs),
            verb_alone=thing.verb_alone,
            needable=thing.needable,
        )

    def _lone(self) -> Iterator[str]:
        for thing in self.thing:
            yield from self._verbs_alone(thing)
            for text in thing.alone:
                if not compile_phrase(text).things:
                    yield from self._rarest(text)
                yield from (word for word in compile_phrase(text).things if word[0] != "#")

    def _rarest(self, text: str) -> frozenset[str]:
        """The words one of which is sure to stand where the phrase does; verbs where its own are short."""
        phrase = compile_phrase(text)
        if phrase.verbs and min(map(len, phrase.triggers), default=0) < _SHORT:
            return frozenset(self._words_of_verbs(phrase.verbs))
        return _certain(text)

    def _verbs_alone(self, thing: _Thing) -> Iterator[str]:
        return self._words_of_verbs(frozenset(thing.verbs) if thing.verb_alone else frozenset())

    def _words_of_verbs(self, groups: frozenset[str]) -> Iterator[str]:
        for first, entries in self._verbs.items():
            for rest, sign in entries:
                if groups & groups_of(sign):
                    yield f"{max((first, *rest), key=len)} "

    def _triggers(self) -> Iterator[Trigger]:
        for thing in self.thing:
            yield from (Trigger(word, thing.kind) for word in self._verbs_alone(thing))
            for text in thing.words:
                yield from (Trigger(word, thing.kind, _beside(text)) for word in _certain(text))
            for text in thing.alone:
                yield from self._triggers_alone(text, thing.kind)

    def _triggers_alone(self, text: str, kind: AskKind) -> Iterator[Trigger]:
        inside = compile_phrase(text).things
        if not inside:
            yield from (Trigger(word, kind, _groups(text)) for word in self._rarest(text))
        yield from (Trigger(word, kind, _groups(text)) for word in inside if word[0] != "#")
        for thing in self.thing:
            if f"#{thing.name or thing.kind.value}" in inside:
                for words in thing.words:
                    beside = (*_beside(words), *_groups(text))
                    yield from (Trigger(word, kind, beside) for word in _certain(words))

    def _vocabulary(self) -> Iterator[str]:
        yield from map(fold, (*self.small.subjects, *self.small.joints, *self.small.clitics))
        yield from self._conjugation.words()
        for text in itertools.chain(*self.frames.values(), *(thing.words for thing in self.thing)):
            yield from words_of(text)

    def _known(self) -> Iterator[str]:
        """Every word that is looked for in a sentence, as in phrases: with a star where it has any ending."""
        for name in (*_WORD_SETS, "marks"):
            yield from (fold(word) for word in getattr(self.small, name) if word != "*")
        yield from (f"*{ending}" for ending in self.small.endings)
        yield from self._conjugation.words()
        asking = ((*thing.words, *thing.alone) for thing in self.thing)
        for text in itertools.chain(*self.frames.values(), *asking):
            yield from written_in(text)

    @cached_property
    def _conjugation(self) -> Conjugation:
        return Conjugation(self.verbs, self.conjugations)

    @cached_property
    def _verbs(self) -> Verbs:
        return self._conjugation.table(self._said)

    @cached_property
    def _said(self) -> frozenset[str]:
        """The words that the frames are written with whose verbs are looked for, too."""
        texts = itertools.chain.from_iterable(self.frames[name] for name in _SAID)
        marked = (word[1:] for text, _ in self._texts() for word in written_in(text) if word[0] == "~")
        return frozenset(marked).union(*map(written_in, texts))

    @cached_property
    def _verbs_said(self) -> frozenset[str]:
        """Those of them that are verbs, as they are written."""
        return self._said.intersection(
            itertools.chain.from_iterable(map(written_as, self._conjugation.words()))
        )


def _certain(text: str) -> frozenset[str]:
    triggers = compile_phrase(text).triggers
    # Without a word that is sure to be there, every sentence of every mail would have to be tried.
    if not triggers:
        raise PhraseError(f"needs one word that is always there: {text!r}")
    return triggers


def _beside(text: str) -> tuple[frozenset[str], ...]:
    triggers = compile_phrase(text).triggers
    return tuple(group for group in _groups(text) if group != triggers)


def _groups(text: str) -> tuple[frozenset[str], ...]:
    """The sure words of a phrase, and a sum; addresses and things are no words of the text."""
    groups = compile_phrase(text).sure
    return tuple(group for group in groups if group == SUM or not any(word[0] in "^#~" for word in group))
