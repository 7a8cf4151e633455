"""In which forms may a verb stand in a sentence, and by which sign is each found?

Pure. Raises PhraseError for a verb whose conjugation is not there.
"""

from collections.abc import Iterator, Mapping

from milter.ask.language import Verbs
from milter.ask.phrase import PhraseError
from milter.mail.text.folding import fold

# The forms of a verb in the order in which the files give them: infinitive, imperative, familiar
# imperative, gerund, and what else can follow a demand (a subjunctive).
FORMS = "imtgi"


class Conjugation:
    """The verbs of one language, by the groups that its file has, in all their forms."""

    def __init__(
        self, groups: Mapping[str, tuple[str, ...]], conjugations: Mapping[str, tuple[str, ...]]
    ) -> None:
        """Nothing is conjugated yet."""
        self._groups, self._conjugations = groups, conjugations

    def words(self) -> Iterator[str]:
        """The words of all forms, one after the other."""
        for verbs in self._groups.values():
            for _, text in self._forms(verbs):
                yield from _split(text)

    def table(self, said: frozenset[str]) -> Verbs:
        """What finds each form, by its first word. A sign names its word only where `said` has it."""
        found: dict[tuple[str, ...], tuple[dict[str, None], dict[str, None]]] = {}
        for group, verbs in self._groups.items():
            for form, text in self._forms(verbs):
                forms, groups = found.setdefault(_split(text), ({}, {}))
                forms[form] = groups[group] = None
        by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for words, (forms, groups) in sorted(found.items(), key=lambda item: (-len(item[0]), item[0])):
            named = words[0] if len(words) == 1 and not said.isdisjoint(written_as(words[0])) else ""
            sign = f"~{named}.{''.join(forms)}.{'+'.join(groups)}"
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
        if dot and ending not in self._conjugations:
            raise PhraseError(f"no conjugation called {ending!r}: {verb!r}")
        endings = self._conjugations[ending] if dot else ("", "")
        return [f"{stem}{end}{blank}{tail}" for end in endings]


def written_as(word: str) -> Iterator[str]:
    """What a phrase may be written with to find the word: itself, or one of its beginnings."""
    yield word
    yield from (f"{word[:length]}*" for length in range(1, len(word) + 1))


def _split(text: str) -> tuple[str, ...]:
    return tuple(fold(text).replace("'", " ").replace("-", " ").split())
