"""What does a letter name that could be asked for, in a language whose sentences are not understood?

Pure. Never raises once it is made. Reads config/asks/stems.toml; linear in the text.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Annotated

import ahocorasick_rs
from pydantic import AfterValidator

from milter.brand.promise import AskKind
from milter.config.data_file import FileTable
from milter.mail.text.letters import plain

_LOOKED_AT = 4000  # characters
# What is no letter or digit; vowel signs of Indian scripts are none, here and there.
_APART = re.compile(r"\W+")
_NEAR = 24  # characters between the parts of words that name one thing


def _said(text: str) -> str:
    return _APART.sub(" ", plain(text))


def _parts(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_said, texts)))


_Parts = Annotated[tuple[str, ...], AfterValidator(_parts)]


class _Thing(FileTable):
    kind: AskKind
    parts: _Parts
    beside: _Parts
    words: _Parts


class StemsFile(FileTable):
    """The file as it is written."""

    thing: tuple[_Thing, ...] = ()
    messengers: _Parts = ()


class Stems:
    """Finds what is named; built once."""

    def __init__(self, file: StemsFile) -> None:
        """Prepare one search for the parts of all things."""
        self._things = file.thing
        self._messengers = file.messengers
        listed = {part for one in file.thing for part in (*one.parts, *one.beside, *one.words)}
        self._listed = sorted(listed - {""})
        self._found = ahocorasick_rs.AhoCorasick(self._listed) if self._listed else None

    def named_in(self, text: str) -> Iterator[tuple[AskKind, str]]:
        """Each kind of thing that the text names, and the line that does so."""
        seen = dict[AskKind, str]()
        for line in text[:_LOOKED_AT].split("\n"):
            for kind in self._kinds(line):
                seen.setdefault(kind, line.strip())
        yield from seen.items()

    def messenger_in(self, text: str) -> str:
        """The line that names a messenger, by which an answer may go; empty where none does."""
        lines = text[:_LOOKED_AT].split("\n")
        return next(
            (line.strip() for line in lines if any(one in _said(line) for one in self._messengers)), ""
        )

    def _kinds(self, line: str) -> Iterator[AskKind]:
        if self._found is None:
            return
        places: dict[str, list[int]] = {}
        # A blank behind: some parts end with a word.
        for part, start, _ in self._found.find_matches_as_indexes(f" {_said(line)} ", overlapping=True):
            places.setdefault(self._listed[part], []).append(start)
        if not places:
            return
        for one in self._things:
            if not places.keys().isdisjoint(one.words) or _are_near(
                _places(places, one.parts), _places(places, one.beside)
            ):
                yield one.kind


def _places(places: dict[str, list[int]], parts: tuple[str, ...]) -> list[int]:
    return sorted(place for part in parts for place in places.get(part, ()))


def _are_near(some: list[int], others: list[int]) -> bool:
    for place in some:
        at = bisect_left(others, place - _NEAR)
        if at < len(others) and others[at] <= place + _NEAR:
            return True
    return False
