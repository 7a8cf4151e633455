"""What do the style sheets of this document say, as far as that can be followed in a short time?

Never raises. Each rule is asked of each element, and some selectors look at all neighbours of each: what they
may cost together has a limit, beyond which `style` is noted.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from milter.mail.coding.data_address import data_text
from milter.mail.dom import Document, Element, attribute, attributes, select
from milter.mail.style.boxes import MOVES, Hiding
from milter.mail.style.css import LONGEST_STYLE, Look, Rule, read_style
from milter.mail.style.media import Holds, media_hold
from milter.mail.style.stylesheet import Sheet, read_sheet

# Where browsers take them for such: what stands in a template is for nobody, and MathML has none.
_SHEETS = "style:not(template style,math style),link[rel~=stylesheet i][href*='data:' i]:not(template link)"
_CSS = ("css",)
_MAX_SHEETS = 100
# Elements that a rule meets, each of which is looked at. Newsletters have a tenth of it.
_MOST_WORK = 1_000_000
_QUICK = 20  # elements that are asked in the time that one takes which is met
_PSEUDO = 30  # times as much with a word after a colon, and other words round it
_FAR = 16  # neighbours that can be looked at for it
_MAX_NESTING = 2  # of parentheses; what stands in more is asked again and again

# What counts the neighbours of an element, or looks at all that it stands in.
_counting = re.compile(r":(?:nth-|first-of|last-of|only-of|lang|dir|has)")
_combined = re.compile(r":.*:|[\s>+~]")


class Sheets(NamedTuple):
    """The rules that matter to what is seen, in order; `unreadable` holds `style` where some are left out."""

    rules: tuple[Rule, ...]
    unreadable: frozenset[str]


def sheets_of(document: Document) -> Sheets:
    """What all style sheets of the document say together."""
    styles = select(document, _SHEETS)
    sheets = [_sheet_of(style) for style in styles[:_MAX_SHEETS]]
    own = attributes(document, "style")
    looks = [*map(read_style, own)]
    rules = [rule for sheet in sheets for rule in sheet.rules]
    left_out = len(styles) > _MAX_SHEETS or any(sheet.left_out for sheet in sheets)
    left_out = left_out or any(len(style) > LONGEST_STYLE for style in own)
    rules = _needed(rules, looks)
    followed = _affordable(document, rules) if rules else []
    left_out = left_out or len(followed) < len(rules)
    return Sheets(tuple(followed), frozenset({"style"} if left_out else ()))


def _sheet_of(element: Element) -> Sheet:
    """The sheet of a <style>, or of a <link> that carries one in its address, for whom it is one."""
    of_link = element.tag == "link"
    sheet = read_sheet(data_text(attribute(element, "href"), _CSS) if of_link else element.text)
    media, kind = attribute(element, "media"), attribute(element, "type").strip().lower()
    holds = media_hold(media.lower())
    if of_link or element.attrs.get("title") or kind not in ("", "text/css"):
        # Of sheets with titles a browser takes those of the first; of other types, none.
        holds = min(holds, Holds.SOMEWHERE)
    if holds is Holds.ALWAYS:
        return sheet
    return sheet._replace(
        rules=tuple(rule._replace(holds=min(rule.holds, holds)) for rule in sheet.rules if holds)
    )


def _needed(rules: list[Rule], own: list[Look]) -> list[Rule]:
    """The rules that hide, show or add anything themselves, or may undo what hides an element here: its own
    style is undone by what is important, or further in.
    """
    by_sheet, by_itself = _hides_by(rule.look for rule in rules), _hides_by(own)
    if any(look.box is Hiding.AWAY for look in (*own, *(rule.look for rule in rules))):
        by_sheet |= MOVES
    return [
        rule
        for rule in rules
        if rule.look.says_more
        or not rule.look.about.isdisjoint(by_sheet)
        or (rule.look.firm and not rule.look.about.isdisjoint(by_itself))
    ]


def _hides_by(looks: Iterable[Look]) -> frozenset[str]:
    """The properties by which they hide."""
    ways = (look.way for look in looks)
    return frozenset[str]().union(*(way.names for way in ways if way and way.hiding is not Hiding.DOUBTFUL))


def _affordable(document: Document, rules: list[Rule]) -> list[Rule]:
    """All of the rules, or those that can be followed within the limit."""
    elements = len(select(document, "*"))
    if sum(_cost(rule.selector, elements) for rule in rules) <= _MOST_WORK:
        return rules
    work, followed = 0, []
    for rule in rules:
        cost = _cost(rule.selector, elements)
        if ":" not in rule.selector:
            # Dear are the elements that it meets: rules that meet none do not hide those behind them.
            cost = elements // _QUICK + len(select(document, rule.selector))
        if work + cost <= _MOST_WORK:
            work += cost
            followed.append(rule)
    return followed


def _cost(selector: str, elements: int) -> int:
    """What it may cost to find the elements that the selector meets."""
    if ":" not in selector:
        return elements
    depth = _depth(selector)
    if depth > _MAX_NESTING:
        return _MOST_WORK + 1
    if depth == _MAX_NESTING:
        return elements * max(_PSEUDO, elements)
    if not _combined.search(selector):
        return elements
    return elements * (_PSEUDO + (elements // _FAR if _counting.search(selector) else 0))


def _depth(selector: str) -> int:
    depth = deepest = 0
    for sign in selector:
        depth += (sign == "(") - (sign == ")")
        deepest = max(deepest, depth)
    return deepest
