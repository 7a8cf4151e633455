"""What does this sentence ask for, if it asks at all? Who governs what, by the order of the words.

Each thing belongs to the last head before it: a demand ("merci de nous envoyer"), a denial ("ne
communiquez jamais"), or a report ("les escrocs vous demandent"). Only a demand asks. Pure. Never raises.
"""

import itertools
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from milter.ask.heads import ANYTHING, Force, Head, Spans, find_heads
from milter.ask.language import Language, Thing, forms_of
from milter.ask.signs import Named, mark, marked_things, things_in
from milter.brand.promise import AskKind

# A head governs no further than this many words.
_FARTHEST = 45


@dataclass(frozen=True, slots=True)
class Asked:
    """What one sentence asks for; the numbers of the things it names, unless it denies or reports; and the
    groups of verbs that ask without naming anything to hand over ("merci de nous le transmettre ici")."""

    kinds: frozenset[AskKind] = frozenset()
    named: frozenset[int] = frozenset()
    pending: frozenset[str] = frozenset()


def asked(
    canonical: str,
    language: Language,
    wanted: Collection[AskKind] = frozenset(AskKind),
    *,
    follows: bool = True,
) -> Asked:
    """What the canonical sentence asks for of what is wanted, in this language.

    `follows`: the sentence before named a thing that this one may take up.
    """
    named = things_in(canonical, language)
    asks = any(one.thing.kind in wanted for one in named) or language.may_ask_alone(canonical)
    if not (asks or follows):
        return Asked()
    sentence = mark(canonical, named, language)
    if not asks and not _takes_up(sentence, language):
        return Asked()
    frames: dict[str, list[tuple[int, int]]] = {}
    for name, start, end in language.frames.find(sentence):
        frames.setdefault(name, []).append((start, end))
    things = marked_things(sentence, language)
    if not frames and "~" not in sentence:
        # Nobody demands, denies or tells anything: it only names things, as most sentences do that do so.
        return Asked(named=_numbers(things, wanted))
    heads = find_heads(sentence, frames, language)
    demands = [head for head in heads if head.force is Force.DEMAND]
    told = len(demands) < len(heads)
    return Asked(
        kinds=frozenset(_kinds(_Clause(sentence, frames, heads, things, language))),
        named=frozenset() if told else _numbers(things, wanted),
        pending=_pending(_Clause(sentence, frames, demands, things, language))
        if all(one.thing.is_act for one in things)
        else frozenset(),
    )


def _numbers(things: list[Named], wanted: Collection[AskKind]) -> frozenset[int]:
    return frozenset(one.number for one in things if one.thing.kind in wanted)


def _takes_up(sentence: str, language: Language) -> bool:
    """Does a pronoun stand beside a verb of the marked sentence ("transmettez-le")?"""
    words = sentence.split()
    verbs = (number for number, word in enumerate(words) if word[0] == "~")
    return any(not language.objects.isdisjoint(words[max(0, n - 2) : n + 3]) for n in verbs)


def things_named(canonical: str, language: Language) -> frozenset[AskKind]:
    """The kinds of things to hand over that the canonical sentence names."""
    found = (named.thing for named in things_in(canonical, language))
    return frozenset(thing.kind for thing in found if not thing.is_act)


@dataclass(frozen=True, slots=True)
class _Clause:
    sentence: str
    frames: Spans
    heads: list[Head]
    things: list[Named]
    language: Language

    def before(self, at: int) -> Head | None:
        """The last head that begins at or before this place, unless it is too far away."""
        head = next((head for head in reversed(self.heads) if head.start <= at), None)
        near = head and self.sentence.count(" ", head.start, at) <= _FARTHEST
        return head if near else None


def _kinds(clause: _Clause) -> Iterator[AskKind]:
    for named in clause.things:
        if _is_governed(named, clause) or _is_pending(named, clause):
            yield named.thing.kind
    for thing in clause.language.things:
        if thing.verb_alone and any(_demands(head, thing) for head in clause.heads):
            yield thing.kind
    for name, spans in clause.frames.items():
        if name.startswith("alone.") and any(_may_ask(start, clause) for start, _ in spans):
            yield clause.language.things[int(name.removeprefix("alone."))].kind
    yield from _needed(clause)


def _demands(head: Head, thing: Thing) -> bool:
    return head.force is Force.DEMAND and not thing.verbs.isdisjoint(head.groups)


def _is_governed(named: Named, clause: _Clause) -> bool:
    """Is the thing the object of a demand? Demands for something else in between do not matter."""
    for head in reversed(clause.heads):
        if head.start > named.start:
            continue
        if head.force is not Force.DEMAND or clause.sentence.count(" ", head.start, named.start) > _FARTHEST:
            return False
        if (head.groups == ANYTHING and named.thing.needable) or _demands(head, named.thing):
            return True
    return False


def _is_pending(named: Named, clause: _Clause) -> bool:
    """Is the thing asked for by a demand behind it that has no object of its own?

    "Votre RIB : merci de nous l'envoyer." A denial of the thing itself stands only as long as no
    pronoun takes it up: "nous ne le demandons jamais par téléphone, transmettez-le ici".
    """
    governor = clause.before(named.start)
    told = governor is not None and governor.force is not Force.DEMAND
    for number, head in enumerate(clause.heads):
        if head.start < named.end or not _demands(head, named.thing):
            continue
        limit = clause.heads[number + 1].start if number + 1 < len(clause.heads) else len(clause.sentence)
        if any(_is_object(other, head, limit) for other in clause.things):
            continue
        if not told or _has_pronoun(head, clause):
            return True
    return False


def _is_object(other: Named, head: Head, limit: int) -> bool:
    return head.start <= other.start < limit and other.thing.needable and _demands(head, other.thing)


def _pending(clause: _Clause) -> frozenset[str]:
    return frozenset().union(*(head.groups for head in clause.heads if _has_pronoun(head, clause)))


def _has_pronoun(head: Head, clause: _Clause) -> bool:
    before = clause.sentence[: head.start].rsplit(None, 2)[-2:]
    # Behind an infinitive it is an article: "de vous laisser le temps".
    verb = clause.sentence[head.start : head.end].rsplit(None, 1)[-1]
    after = [] if forms_of(verb) == "i" else clause.sentence[head.end :].split(None, 2)[:2]
    return not clause.language.objects.isdisjoint((*before, *after))


def _needed(clause: _Clause) -> Iterator[AskKind]:
    """The things of "il nous manque votre RIB", with those that stand in one row with them."""
    for start, end in clause.frames.get("needs", ()):
        if _may_ask(end - 1, clause) and _may_ask(start, clause):
            inside = [t for t in clause.things if start <= t.start < end]
            yield from (named.thing.kind for named in _row(inside, clause) if named.thing.needable)


def _row(inside: list[Named], clause: _Clause) -> list[Named]:
    """The things with those beside them that only small words divide from them."""
    row = list(inside)
    pairs = list(itertools.pairwise(clause.things))
    for left, right in [*pairs, *reversed(pairs)]:
        one_in = (left in row) != (right in row)
        if one_in and clause.language.between.issuperset(clause.sentence[left.end : right.start].split()):
            row.append(right if left in row else left)
    return row


def _may_ask(at: int, clause: _Clause) -> bool:
    governor = clause.before(at)
    return governor is None or governor.force is Force.DEMAND
