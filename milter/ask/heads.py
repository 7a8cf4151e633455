"""Which words of a sentence demand, deny or report? Its heads, in their order.

Pure. Never raises.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from milter.ask.language import Language, groups_of

_VERB = re.compile(r"(?<= )~[a-z]*\.([a-z]+)\.[a-z_+]+ ")
_WORD = re.compile(r"[a-z]{5,30}")
Spans = Mapping[str, Sequence[tuple[int, int]]]
_MOST_HEADS = 80
_BREAKS = frozenset({"|", ":"})
# The groups of a head that asks for any thing, without a verb of its own: "il nous faut", "quel est".
ANYTHING = frozenset({"*"})


class Force(Enum):
    """What a head does to the things after it."""

    DEMAND = auto()
    DENIAL = auto()
    # Others ask: the sentence warns of them or tells of them.
    REPORT = auto()
    # Others speak, and all the rest of the sentence is theirs.
    SPEECH = auto()


@dataclass(frozen=True, slots=True)
class Head:
    """A place in the sentence that governs what follows it, and the groups of the verb in it."""

    start: int
    end: int
    force: Force
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Found:
    """A possible head. `force` is None for what has it of its place: an infinitive, a gerund, or what
    puts more into a row ("ainsi que"). `duty`: a statement ("vous devez"), which a report before it makes
    its own."""

    start: int
    end: int
    force: Force | None
    groups: frozenset[str] = ANYTHING
    duty: bool = False


def find_heads(sentence: str, frames: Spans, language: Language) -> list[Head]:
    """The heads of a marked sentence, in order; `frames` are the spans of its frames by their names."""
    told = [
        *_spans(frames, "denials", Force.DENIAL),
        *_spans(frames, "reports", Force.REPORT),
        *_spans(frames, "verdicts", Force.REPORT),
        *_spans(frames, "speeches", Force.SPEECH),
    ]
    asking = [
        *_spans(frames, "prompts", Force.DEMAND, frozenset()),
        *(replace(found, duty=True) for found in _spans(frames, "duties", Force.DEMAND, frozenset())),
        *_spans(frames, "wants", Force.DEMAND),
        *_spans(frames, "rows", None),
        *_verbs(sentence, frames, language),
        *_unknown_imperatives(sentence, language),
    ]
    threats = list(_spans(frames, "threats", Force.DEMAND))
    told = [found for found in told if not any(t.start <= found.start < t.end for t in threats)]
    free = [found for found in asking if not any(t.start < found.end and found.start < t.end for t in told)]
    found = sorted([*told, *threats, *free], key=lambda head: (head.start, -head.end))[:_MOST_HEADS]
    heads = _resolve(found, sentence, language)
    verdict = max((start for start, _ in frames.get("verdicts", ())), default=0)
    return _told_up_to(verdict, heads) if verdict else heads


def _spans(
    frames: Spans, name: str, force: Force | None, groups: frozenset[str] = ANYTHING
) -> Iterator[_Found]:
    return (_Found(start, end, force, groups) for start, end in frames.get(name, ()))


def _verbs(sentence: str, frames: Spans, language: Language) -> Iterator[_Found]:
    prompted = frozenset(end for name in ("prompts", "duties") for _, end in frames.get(name, ()))
    for match in _VERB.finditer(sentence):
        before, after = _before(sentence, match.start(), 4), _after(sentence, match.end())
        force = Force.DEMAND if _is_imperative(match.group(1), before, after, language) else None
        # Whatever its form: "veuillez confirmé" is misspelt, "il faut que vous confirmez" too.
        follows = _start_of_object(before, match.start(), language) in prompted
        if force or follows or not frozenset("ig").isdisjoint(match.group(1)):
            yield _Found(*match.span(), force, groups_of(match.group()))


def _start_of_object(before: list[str], start: int, language: Language) -> int:
    """Where the pronouns before the verb begin."""
    for word in reversed(before):
        if word not in language.clitics:
            break
        start -= len(word) + 1
    return start


def _unknown_imperatives(sentence: str, language: Language) -> Iterator[_Found]:
    """Other verbs said to the reader ("annulez-le"): they ask for nothing, but end a denial before them."""
    if not any(f"{ending} " in sentence for ending in language.endings):
        return
    end = 0
    for word in sentence.split():
        if word.endswith(language.endings) and _WORD.fullmatch(word):
            start = sentence.index(f" {word} ", end) + 1
            end = start + len(word)
            if not _has_subject(_before(sentence, start, 4), language):
                yield _Found(start, end, Force.DEMAND, frozenset())


def _before(sentence: str, at: int, count: int) -> list[str]:
    """The last words before this place; those before them are not looked at."""
    return sentence[:at].rsplit(None, count)[-count:]


def _after(sentence: str, at: int) -> str:
    """The word that begins at this place, if any."""
    return sentence[at : sentence.find(" ", at)]


def _is_imperative(forms: str, before: list[str], after: str, language: Language) -> bool:
    first = not before or before[-1] in _BREAKS or before[-1] in language.joints
    if forms == "i":
        return False
    if "m" in forms and "i" not in forms:
        return not _has_subject(before, language)
    if "m" not in forms:
        first = not before or before[-1] in _BREAKS
    followed = "t" in forms and after in language.familiar
    return first or (followed and not _has_subject(before, language))


def _has_subject(before: list[str], language: Language) -> bool:
    while before and before[-1] in language.clitics:
        before = before[:-1]
    return bool(before) and before[-1] in language.subjects


def _resolve(found: list[_Found], sentence: str, language: Language) -> list[Head]:
    heads: list[Head] = []
    for number, item in enumerate(found):
        force = item.force or _soft_force(number, found, heads, sentence, language)
        last = heads[-1].force if heads else None
        if last is Force.SPEECH and force is not Force.DENIAL:
            force = Force.SPEECH
        if last is Force.REPORT and item.duty:
            force = Force.REPORT
        if force is not None:
            heads.append(Head(item.start, item.end, force, item.groups))
    return heads


def _told_up_to(verdict: int, heads: list[Head]) -> list[Head]:
    """The heads where all that stands before a verdict is others': "donnez votre RIB, qu'ils disaient"."""
    told = (
        replace(head, force=Force.REPORT) if head.start < verdict and head.force is Force.DEMAND else head
        for head in heads
    )
    return [Head(0, 0, Force.REPORT, ANYTHING), *told]


def _soft_force(
    number: int, found: list[_Found], heads: list[Head], sentence: str, language: Language
) -> Force | None:
    """What an infinitive does: what the head before it does; as the first word of a clause (a button, an
    item of a list) or as the purpose of a demand that follows, it demands itself; so does a row alone."""
    if heads:
        return heads[-1].force
    before = _before(sentence, found[number].start, 3)
    if found[number].groups == ANYTHING or not before or before[-1] in _BREAKS:
        return Force.DEMAND
    if language.purposes.is_in(f" {' '.join(before)} "):
        return next((item.force for item in found[number + 1 :] if item.force), None)
    return None
