"""Which lines has a text, and which phrases stand in them? Pure."""

import re
from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

import ahocorasick_rs

from milter.mail.reading import MOST_LINES
from milter.mail.text.folding import PLURAL, fold, phrase, phrases_in_lines, words_in_lines

MAX_LINE = 600

_AT_ONCE = 100  # lines that are folded together
_NO_WORDS = "  "
_LITERAL = re.compile("[a-z0-9_ ]+")
_BROKEN = 45  # characters of a line that a mail program breaks
_ENDS = tuple(".!?;:")
# Of another mail, in a list of such.
_MAILBOX = re.compile(r"<[^<>@\s]{1,64}@([^<>@\s]{3,200})>")
_FEWEST_LISTED = 3  # hosts
_OPENING = {"«": "»", "“": "”", "„": "“", '"': '"'}
_LONGEST_QUOTED = 40  # lines
_BLANK_LINES = 3  # that may stand above one, and the line that introduces it
# A single line with so many sentences is a letter, too.
_SENTENCE_ENDS, _LETTER = re.compile(r"[.!?](?=[\s»”\"])"), 3
# Not: "Votre carte Vitale est-elle valable ?".
_PREFIX = re.compile(r"^\W{0,3}([^:|\]>–—«»“”\"\n]{2,60}?)(?:\s?[:|\]>–—]|\s-)\s*\S")
_SIGNATURE = re.compile(r"\n--[ \t]*\n")


class Line(NamedTuple):
    """A line or sentence as written, and its words (see `folding.phrase`) padded with blanks."""

    text: str
    words: str

    @classmethod
    def of(cls, text: str) -> "Line":
        """The line that a text is."""
        return cls(text, f" {phrase(text)} ")


class Phrases:
    """Finds whole phrases in padded words, the longest of those that begin first."""

    def __init__(self, phrases: tuple[str, ...]) -> None:
        """`phrases` as `folding.phrase` writes them, or patterns of such (see `words.forms`)."""
        # Phrases without stems are found all at once, at a fraction of the price; not by the automaton that
        # the library would take, which is ten times as large and on lines hardly faster.
        self._literal = self._pattern = None
        if phrases and all(map(_LITERAL.fullmatch, phrases)):
            self._literal = ahocorasick_rs.AhoCorasick(
                [f" {one} " for one in phrases],
                matchkind=ahocorasick_rs.MatchKind.LeftmostLongest,
                implementation=ahocorasick_rs.Implementation.ContiguousNFA,
            )
        elif phrases:
            self._pattern = re.compile(f" (?:{'|'.join(phrases)}) ")

    def find(self, words: str) -> str | None:
        """The first phrase that stands in the padded words."""
        if self._literal is not None:
            matches = self._literal.find_matches_as_strings(words)
            return matches[0].strip() if matches else None
        found = self._pattern.search(words) if self._pattern else None
        return found.group().strip() if found else None

    def standing_in(self, lines: list[Line]) -> list[Line]:
        """The lines in which a phrase stands, in order, by one pass over all of them."""
        said = "\n".join(line.words for line in lines)
        if self._literal is not None:
            starts = [start for _, start, _ in self._literal.find_matches_as_indexes(said)]
        else:
            starts = [one.start() for one in self._pattern.finditer(said)] if self._pattern else []
        ends = list(accumulate(len(line.words) + 1 for line in lines))
        return [lines[number] for number in dict.fromkeys(bisect_right(ends, start) for start in starts)]


class Lines:
    """Cuts texts into lines, other people's things of like name taken out.

    Keeps the last text and its lines, at most a mail's of 1 MiB, until another is asked for: each who reads a
    mail asks for the same. What comes back depends on nothing that is kept.
    """

    def __init__(self, homonyms: tuple[str, ...]) -> None:
        """`homonyms` as `folding.phrase` writes them."""
        self._homonyms = Phrases(homonyms)
        self._last: tuple[str, list[Line]] = ("", [])

    def of(self, text: str) -> list[Line]:
        """The lines of a text that hold words, the first `MOST_LINES` of them."""
        last, read = self._last
        if last != text:
            read = self._read(text)
            self._last = (text, read)
        return read

    def _read(self, text: str) -> list[Line]:
        lines = text.split("\n")
        if len(lines) > MOST_LINES:
            lines = _first_with_words(lines)
        found = [f" {words} " for words in self._words_of(text, lines)]
        if self._homonyms.find("\n".join(found)):
            found = [self.without_homonyms(words) for words in found]
        return [Line(line, words) for line, words in zip(lines, found, strict=True) if words != _NO_WORDS]

    def _words_of(self, text: str, lines: list[str]) -> list[str]:
        said = list(phrases_in_lines(text)) if text.count("\n") < MOST_LINES else []
        if len(said) == len(lines):
            for at in (at for at, line in enumerate(lines) if len(line) > MAX_LINE):
                said[at] = phrase(lines[at][:MAX_LINE])
            return said
        return phrases([line[:MAX_LINE] for line in lines])

    def without_homonyms(self, words: str) -> str:
        """Padded words with each homonym replaced by a blank sign."""
        while found := self._homonyms.find(words):
            words = words.replace(f" {found} ", " _ ")
        return words


def phrases(lines: list[str]) -> list[str]:
    """`folding.phrase` of each line, many at a time: a third of the price."""
    found: list[str] = []
    for at in range(0, len(lines), _AT_ONCE):
        some = lines[at : at + _AT_ONCE]
        said = words_in_lines(fold("\n".join(some)))
        found += PLURAL.sub("", "\n".join(said)).split("\n") if len(said) == len(some) else map(phrase, some)
    return found


def _first_with_words(lines: list[str]) -> list[str]:
    """As many of the lines as are read; those without words do not count, however many a sender writes."""
    kept: list[str] = []
    for at in range(0, len(lines), _AT_ONCE):
        some = lines[at : at + _AT_ONCE]
        said = phrases([line[:MAX_LINE] for line in some])
        kept += [line for line, words in zip(some, said, strict=True) if words]
        if len(kept) >= MOST_LINES:
            break
    return kept[:MOST_LINES]


def flowed(lines: list[Line]) -> list[Line]:
    """The lines with those joined that a mail program broke in the middle of a sentence."""
    joined: list[Line] = []
    for line in lines:
        if joined and _goes_on(joined[-1].text, line.text):
            before = joined.pop()
            joined.append(Line(f"{before.text} {line.text}", f"{before.words}{line.words[1:]}"))
        else:
            joined.append(line)
    return joined


def above_signature(text: str) -> str:
    """The text without what a mail program adds below `-- ` for its owner (RFC 3676 section 4.3)."""
    below = _SIGNATURE.search(text)
    return text[: below.start()] if below else text


def without_quoted_letters(text: str, *, introduced: bool = False) -> str:
    """The text without what stands in quotation marks over several lines, or several sentences of one:
    somebody else's letter; only such as a line with a colon at its end introduces, where it must be so.

    Only of lines that begin with the one mark, and that end with the other.
    """
    lines = text.split("\n")
    kept: list[str] = []
    at = 0
    while at < len(lines):
        closing = _OPENING.get(lines[at].lstrip()[:1])
        if introduced and not _introduces(kept):
            closing = None
        end = _closed(lines, at, closing) if closing else None
        if end is None or (end == at and len(_SENTENCE_ENDS.findall(lines[at])) < _LETTER):
            kept.append(lines[at])
        at = (at if end is None else end) + 1
    return "\n".join(kept)


def without_listed_mails(text: str) -> str:
    """The text without lines that each show another sender with his address, of several hosts: the digest of
    a quarantine lists mails with their subjects.
    """
    if text.count("<") < _FEWEST_LISTED:
        return text
    lines = text.split("\n")
    listed = {
        at: found[1].lower() for at, line in enumerate(lines) if (found := _MAILBOX.search(line[:MAX_LINE]))
    }
    if len(set(listed.values())) < _FEWEST_LISTED:
        return text
    return "\n".join(line for at, line in enumerate(lines) if at not in listed)


def _introduces(lines: list[str]) -> bool:
    """Does the last line with anything in it lead over to what follows, and is it one?"""
    last = next(filter(None, map(str.strip, reversed(lines[-_BLANK_LINES:]))), "")
    return last.endswith(":") and " " in last.strip(" :")


def _closed(lines: list[str], at: int, closing: str) -> int | None:
    """The line that ends the quotation begun in this one, if any does."""
    for number in range(at, min(at + _LONGEST_QUOTED, len(lines))):
        rest = lines[number].lstrip()[1:] if number == at else lines[number]
        if closing in rest:
            return number if rest.rstrip(" .").endswith(closing) else None
    return None


def _goes_on(before: str, after: str) -> bool:
    if not _BROKEN <= len(before) <= MAX_LINE or before.rstrip()[-1:] in _ENDS:
        return False
    first = after.split(maxsplit=1)[0]
    return first[0].islower() and "@" not in first


def name_before(text: str) -> str | None:
    """What stands before the colon or dash that opens a text: `AMELI` of "AMELI : votre carte ..."."""
    head = _PREFIX.match(text[:MAX_LINE])
    return head.group(1) if head else None
