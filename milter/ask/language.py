"""How does one language ask? The words of one file in config/asks/, compiled.

Pure. `LanguageFile.language` raises PhraseError.
"""

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from milter.ask.phrase import Finder, Phrase, PhraseError, compile_phrase, compile_phrases, words_of
from milter.brand.promise import AskKind
from milter.mail.folding import fold

# The forms of a verb in the order in which the files give them: infinitive, imperative, familiar
# imperative, gerund, and what else can follow a demand (a subjunctive).
FORMS = "imtgi"
_ACTS = frozenset({AskKind.LINK, AskKind.CALL_BACK, AskKind.REPLY, AskKind.ATTACHMENT, AskKind.FORM})

# For each first word, what must follow it and the sign that stands for the whole in a sentence.
Verbs = Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing asked for, and the groups of verbs that ask for it (its phrases are in `ThingWords`).

    With `verb_alone` such a verb asks for it even where the thing is not named. `alone` are phrases
    that ask by themselves. `needable`: to say that it is needed is to ask for it. `name` is what the
    phrases of the file call it.
    """

    name: str
    kind: AskKind
    verbs: frozenset[str]
    alone: Finder
    verb_alone: bool
    needable: bool

    @property
    def is_act(self) -> bool:
        """True for something to do (click, call, answer), False for something to hand over."""
        return self.kind in _ACTS


# For two characters that a word begins with, the phrases that may stand there, and the number of the thing
# that each names.
ThingWords = Mapping[str, tuple[tuple[re.Pattern[str], int], ...]]


@dataclass(frozen=True, slots=True)
class Frames:
    """How a sentence demands and does not demand; see config/asks/fr.toml, where each is explained."""

    prompts: Finder
    duties: Finder
    wants: Finder
    needs: Finder
    denials: Finder
    reports: Finder
    speeches: Finder
    threats: Finder
    quoting: Finder
    purposes: Finder
    urges: Finder


@dataclass(frozen=True, slots=True)
class Language:
    """One language, and the word beginnings without which none of its sentences asks."""

    code: str
    verbs: Verbs
    things: tuple[Thing, ...]
    thing_words: ThingWords
    frames: Frames
    subjects: frozenset[str]
    clitics: frozenset[str]
    familiar: frozenset[str]
    objects: frozenset[str]
    joints: frozenset[str]
    between: frozenset[str]
    dangling: frozenset[str]
    endings: tuple[str, ...]
    triggers: frozenset[str]
    marks: frozenset[str]
    vocabulary: frozenset[str]

    def is_spoken_in(self, canonical: str) -> bool:
        """True where a word stands that only this language has, or where it is always looked for (`*`)."""
        return "*" in self.marks or not self.marks.isdisjoint(canonical.split())


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Small(_Table):
    subjects: tuple[str, ...] = ()
    clitics: tuple[str, ...] = ()
    familiar: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    joints: tuple[str, ...] = ()
    between: tuple[str, ...] = ()
    dangling: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    endings: tuple[str, ...] = ()


class _Thing(_Table):
    kind: AskKind
    name: str = Field(default="", pattern=r"^[a-z_]*$")
    verbs: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    verb_alone: bool = False
    needable: bool = True


_WORD_SETS = tuple(name for name in _Small.model_fields if name not in {"endings", "marks"})


class LanguageFile(_Table):
    """One file of config/asks/ as it is written."""

    language: str = Field(min_length=2)
    conjugations: dict[str, tuple[str, ...]] = {}
    verbs: dict[str, tuple[str, ...]] = Field(min_length=1)
    frames: dict[str, tuple[str, ...]]
    small: _Small = _Small()
    thing: tuple[_Thing, ...] = Field(min_length=1)

    def compiled(self) -> Language:
        """The compiled language. Raises PhraseError for the first phrase that cannot be read."""
        things = tuple(self._thing(thing) for thing in self.thing)
        return Language(
            code=self.language,
            verbs=self._verbs(),
            things=things,
            thing_words=_thing_words(self.thing),
            frames=self._frames(),
            triggers=frozenset(self._triggers()),
            vocabulary=frozenset(self._vocabulary()),
            endings=self.small.endings,
            marks=frozenset(map(fold, self.small.marks)) or frozenset(self._verbs()),
            **{name: frozenset(map(fold, getattr(self.small, name))) for name in _WORD_SETS},
        )

    def _frames(self) -> Frames:
        names = set(Frames.__dataclass_fields__)
        if wrong := names ^ set(self.frames):
            raise PhraseError(f"frames: missing or unknown: {', '.join(sorted(wrong))}")
        return Frames(**{name: compile_phrases(phrases) for name, phrases in self.frames.items()})

    def _thing(self, thing: _Thing) -> Thing:
        if unknown := set(thing.verbs) - set(self.verbs):
            raise PhraseError(f"thing {thing.kind}: no such group of verbs: {', '.join(sorted(unknown))}")
        return Thing(
            name=thing.name or thing.kind.value,
            kind=thing.kind,
            verbs=frozenset(thing.verbs),
            alone=compile_phrases(thing.alone),
            verb_alone=thing.verb_alone,
            needable=thing.needable,
        )

    def _triggers(self) -> Iterator[str]:
        alone_verbs = {group for thing in self.thing if thing.verb_alone for group in thing.verbs}
        for first, entries in self._verbs().items():
            if any(alone_verbs.intersection(groups_of(sign)) for _, sign in entries):
                yield first
        for thing in self.thing:
            for text in thing.words:
                yield from _certain(compile_phrase(text), text)
            for text in thing.alone:
                # The words of a thing in it are triggers already.
                phrase = compile_phrase(text)
                yield from phrase.triggers if "{thing" in text else _certain(phrase, text)

    def _vocabulary(self) -> Iterator[str]:
        for _, text in itertools.chain.from_iterable(map(self._forms, self.verbs.values())):
            yield from _split(text)
        for text in itertools.chain(*self.frames.values(), *(thing.words for thing in self.thing)):
            yield from words_of(text)

    def _verbs(self) -> Verbs:
        found: dict[tuple[str, ...], tuple[dict[str, None], dict[str, None]]] = {}
        for group, verbs in self.verbs.items():
            for form, text in self._forms(verbs):
                forms, groups = found.setdefault(_split(text), ({}, {}))
                forms[form] = groups[group] = None
        by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for words, (forms, groups) in sorted(found.items(), key=lambda item: (-len(item[0]), item[0])):
            sign = f"~{''.join(forms)}.{'+'.join(groups)}"
            by_first.setdefault(words[0], []).append((words[1:], sign))
        return {first: tuple(entries) for first, entries in by_first.items()}

    def _forms(self, verbs: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        for verb in verbs:
            forms = zip(FORMS, self._conjugate(verb), strict=False)
            yield from ((form, text) for form, text in forms if text)

    def _conjugate(self, verb: str) -> list[str]:
        """`envoy.er` by its conjugation, `dire/dites/dis` as written, a lone word in all its forms alike."""
        if "/" in verb:
            return verb.split("/")
        stem, dot, rest = verb.partition(".")
        ending, blank, tail = rest.partition(" ")
        if dot and ending not in self.conjugations:
            raise PhraseError(f"no conjugation called {ending!r}: {verb!r}")
        endings = self.conjugations[ending] if dot else ("", "")
        return [f"{stem}{end}{blank}{tail}" for end in endings]


def groups_of(sign: str) -> frozenset[str]:
    """The groups of verbs of a sign `~forms.group+group`."""
    return frozenset(sign.rpartition(".")[2].strip().split("+"))


def _thing_words(things: tuple[_Thing, ...]) -> ThingWords:
    found: dict[str, list[tuple[re.Pattern[str], int]]] = {}
    for number, thing in enumerate(things):
        for text in thing.words:
            phrase = compile_phrase(text)
            if phrase.starts is None:
                raise PhraseError(f"may not begin with a gap: {text!r}")
            for start in phrase.starts:
                found.setdefault(start, []).append((re.compile(phrase.pattern), number))
    return {start: tuple(entries) for start, entries in found.items()}


def _certain(phrase: Phrase, text: str) -> tuple[str, ...]:
    # Without a word that is sure to be there, every sentence of every mail would have to be tried.
    if not phrase.triggers:
        raise PhraseError(f"needs one word that is always there: {text!r}")
    return tuple(sorted(phrase.triggers))


def _split(text: str) -> tuple[str, ...]:
    return tuple(fold(text).replace("'", " ").replace("-", " ").split())
