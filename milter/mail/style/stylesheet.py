"""Which rules of a <style> hide, show or add text?

Pure. Never raises; linear in the sheet.
"""

import re
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from milter.mail.coding.data_address import data_text
from milter.mail.dom import is_selector
from milter.mail.remembered import remembered
from milter.mail.style.blocks import braces, said_before, statements, without_comments
from milter.mail.style.css import LONGEST_STYLE, NOTHING, Look, Place, Rule, declarations, read_style
from milter.mail.style.media import Holds, block_holds, media_hold
from milter.mail.style.selectors import are_plain, is_odd, nested, parted, scoped, without_pseudo_element
from milter.mail.style.written import LIST_WORDS, marks_of

_MAX_SHEET = 256 * 1024
_MAX_RULES = 2000
_MAX_SELECTORS = 200
_MAX_SELECTOR = 200
_MAX_NESTING = 20

_acting = re.compile(r":(?:hover|active|focus|visited|target|checked|has)|::?(?:selection|placeholder)")
_generated = re.compile(r"::?(?:before|after)$|::marker$")
_scope = re.compile(r"@scope\s*\(((?>(?:[^()]|\([^()]*+\))+))\)(\s*to\b)?", re.IGNORECASE)
_import = re.compile(
    r"""@import\s*(?:url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"']*+))\s*\)|"([^"]*)"|'([^']*)')(.*)""",
    re.DOTALL | re.IGNORECASE,
)
_of_some_programs = re.compile(r"(?:layer\b|supports)\s*(?:\((?>(?:[^()]|\([^()]*+\))*)\))?")
_counter = re.compile(r"@counter-style\s+([\w-]{1,40})\s*\Z", re.IGNORECASE)
_word = re.compile(r"\w\w")
_CSS = ("css",)


class Sheet(NamedTuple):
    """The rules that matter to visibility, in order, media conditions resolved; `left_out` is True where some
    were too many, or too long, or add words in ways that are not followed.
    """

    rules: tuple[Rule, ...]
    left_out: bool


@dataclass(slots=True)
class _Block:
    """A block that is open: the declarations in it, and what stands before it.

    `outer` is the block that it stands in, whose selectors are its own if it begins with an at-rule;
    `in_a_rule`: its declarations are for elements.
    """

    holds: Holds
    prelude: str = ""
    outer: "_Block | None" = None
    in_a_rule: bool = False
    said: str = ""
    selectors: list[str] | None = None


@remembered(64, longest=16 * 1024)
def read_sheet(text: str) -> Sheet:
    """What the sheet says. Rules for paper or for screens that do not exist are none of it."""
    reader = _Reader(Holds.ALWAYS, imports=True)
    reader.read(text)
    return Sheet(tuple(reader.rules), reader.left_out)


class _Reader:
    """The state while blocks open and close."""

    def __init__(self, holds: Holds, *, imports: bool) -> None:
        self.rules: list[Rule] = []
        self.left_out = False
        self._open = [_Block(holds)]
        self._imports = imports
        # A brace that closes nothing is part of what follows it, which is no selector then.
        self._stray = ""

    def read(self, text: str) -> None:
        """Take in a sheet."""
        self.left_out |= len(text) > _MAX_SHEET
        for before, mark in braces(without_comments(text[:_MAX_SHEET])):
            if mark == "{" and len(self._open) > _MAX_NESTING:
                self.left_out = True
                break
            if mark == "{":
                self._begin(before)
            elif mark == "}":
                self._end(before)
            else:
                self.left_out |= bool(mark)
                self._finish(said_before(before + ";" if not mark else before)[0])

    def _begin(self, before: str) -> None:
        outer = self._open[-1]
        holds = outer.holds
        if outer.in_a_rule:
            said, before = said_before(before)
            outer.said += said
            self._add(outer)
            holds = min(holds, Holds.SOMEWHERE)
        elif "@" in before:
            before = self._without_statements(before)
        prelude = before.strip()
        if self._stray:
            prelude, self._stray = self._stray + prelude, ""
        block = _Block(holds, prelude, outer, True)
        if prelude[:1] == "@":
            block.in_a_rule = outer.in_a_rule
            block.holds = min(holds, block_holds(prelude.lower()))
        self._open.append(block)
        self._imports = False

    def _end(self, said: str) -> None:
        block = self._open[-1]
        block.said += said
        self._add(block)
        if len(self._open) > 1:
            self._open.pop()
        else:
            self._stray = "}"

    def _finish(self, said: str) -> None:
        """At the end of the sheet all blocks are closed."""
        if len(self._open) == 1:
            self._without_statements(said)
        while len(self._open) > 1:
            self._end(said)
            said = ""

    def _without_statements(self, before: str) -> str:
        found, rest = statements(before)
        for one in found if len(self._open) == 1 else ():
            self._take_import(one)
        return rest

    def _take_import(self, statement: str) -> None:
        """Read what it imports, if that stands in its address; what is elsewhere is for nobody to know."""
        found = _import.match(statement) if self._imports or "data:" in statement else None
        if not found:
            return
        *addresses, condition = found.groups("")
        text = data_text("".join(addresses), _CSS)
        if not text:
            return
        if not self._imports:
            self.left_out = True
            return
        media = _of_some_programs.sub("", condition.lower())
        inside = _Reader(min(Holds.SOMEWHERE, media_hold(media)), imports=False)
        inside.read(text)
        self.rules += inside.rules
        self.left_out |= inside.left_out

    def _add(self, block: _Block) -> None:
        """Note rules for the declarations in the block so far."""
        body, block.said = block.said, ""
        if not block.in_a_rule:
            self._add_letters(block, body)
            return
        self.left_out |= len(body) > LONGEST_STYLE
        look = read_style(body) if block.holds else NOTHING
        if look is NOTHING or look == NOTHING:
            return
        if len(self.rules) >= _MAX_RULES:
            self.left_out = True
            return
        selectors = self._selectors(block)
        holds = block.holds if _are_known(block, selectors) else min(block.holds, Holds.SOMEWHERE)
        self.rules += [rule for one in selectors if (rule := _rule(one, look, holds))]

    def _add_letters(self, block: _Block, body: str) -> None:
        """Note what lists may begin with, and that the letters of a font in the sheet are not read."""
        prelude = block.prelude[:20].lower()
        if prelude.startswith("@font-face"):
            self.left_out |= "data:" in body
        holds = block.outer.holds if block.outer else block.holds
        if not holds or not (counter := _counter.match(block.prelude)):
            return
        self.left_out |= counter[1].lower() in LIST_WORDS or len(body) > LONGEST_STYLE
        marks = tuple((f"@{counter[1].lower()}", mark) for mark in marks_of(declarations(body)))
        if not any(map(_word.search, (mark for _, mark in marks))):
            return
        self.left_out |= len(self.rules) >= _MAX_RULES
        self.rules += [Rule("*", Look(said=marks), holds)] if len(self.rules) < _MAX_RULES else []

    def _selectors(self, block: _Block) -> list[str]:
        """The selectors of the elements that the declarations in the block are for."""
        if block.selectors is not None:
            return block.selectors
        outer = self._selectors(block.outer) if block.outer and block.outer.in_a_rule else []
        own = [" ".join(one.split()) for one in parted(block.prelude)]
        if block.prelude[:1] == "@":
            own = outer
        elif outer:
            own = list(islice((nested(one, other) for one in own for other in outer), _MAX_SELECTORS + 1))
        elif scope := _scope_of(block):
            own = [scoped(one, scope[1]) for one in own[: _MAX_SELECTORS + 1]]
            self.left_out |= bool(scope[2])
        block.selectors = [one for one in own[:_MAX_SELECTORS] if len(one) <= _MAX_SELECTOR]
        self.left_out |= len(block.selectors) < len(own)
        return block.selectors


def _scope_of(block: _Block) -> re.Match[str] | None:
    """The scope that the block stands in."""
    outer = block.outer
    while outer is not None and outer.prelude:
        if outer.prelude[0] == "@" and (found := _scope.match(outer.prelude)):
            return found
        outer = outer.outer
    return None


def _are_known(block: _Block, selectors: list[str]) -> bool:
    """True where every program knows all of the selectors: for one that it does not it drops the rule."""
    if len(selectors) == 1:
        # One that is no selector meets nothing here, either.
        return not is_odd(selectors[0])
    if are_plain(block.prelude):
        return True
    return all(not is_odd(one) and is_selector(without_pseudo_element(one)) for one in selectors)


def _rule(selector: str, look: Look, holds: Holds) -> Rule | None:
    """The rule, if it shows without the mouse, and has what it is made for: only there content is made."""
    generated = _generated.search(selector) if ":" in selector else None
    if look.content and not generated:
        look = look._replace(content="")
        if not look.said:
            return None
    if ":" not in selector:
        return Rule(selector, look, holds) if selector else None
    if _acting.search(selector) or (generated and not look.content):
        return None
    place = Place.BEFORE if generated is None else Place(generated[0].lstrip(":"))
    return Rule(_generated.sub("", selector) or "*", look, holds, place)
