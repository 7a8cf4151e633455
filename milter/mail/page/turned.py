"""Which text do styles show in another order than it is written in? Never raises."""

import re
from itertools import pairwise

from milter.mail.dom import Document, Element, Node, Text, attribute, select
from milter.mail.style.css import Rule, read_style

_MOST = 2000
_FEW = 3  # letters that are a word
_TURNED = "[style*=row-reverse i],[style*=column-reverse i],[dir=rtl i] tr"
_to_the_right = re.compile(r"\bfloat\s{0,5}:\s{0,5}right", re.IGNORECASE)


def turn_round(document: Document, rules: tuple[Rule, ...]) -> bool:
    """Put text and elements in the order shown, where the last letter or element comes first; False where
    they are too many.
    """
    spelt = select(document, "bdo[dir=rtl i],[style*=override i]")
    for element in spelt[:_MOST]:
        if element.tag == "bdo" or read_style(attribute(element, "style")).backwards:
            element.set_text(element.text[::-1])
    selectors = (rule.selector for rule in rules if rule.look.backwards)
    backwards = [one for selector in selectors for one in select(document, selector)]
    for element in backwards[:_MOST]:
        element.set_text(element.text[::-1])
    turned = select(document, _TURNED)
    for element in turned[:_MOST]:
        _turn_children(element)
    for letters in floating_letters(document):
        for before, letter in pairwise(letters):
            before.insert_before(letter)
    return max(len(spelt), len(backwards), len(turned)) <= _MOST


def floating_letters(document: Document) -> list[list[Element]]:
    """Elements of one letter each that follow each other, and float to the right: the last is shown first."""
    found: list[list[Element]] = []
    for element in select(document, "[style*=float i]"):
        if len(element.text.strip()) != 1 or not _to_the_right.search(attribute(element, "style")):
            continue
        if found and found[-1][-1] == _element_before(element):
            found[-1].append(element)
        else:
            found.append([element])
    return [letters for letters in found if len(letters) >= _FEW]


def _element_before(element: Element) -> Node | None:
    before = element.previous_sibling
    return before.previous_sibling if isinstance(before, Text) and not before.text.strip() else before


def _turn_children(element: Element) -> None:
    """Put the children in the order shown: the last first. Cells of more than a letter are columns of a
    page, which are read as they stand."""
    children = [one for one in element.children if isinstance(one, Element)]
    if element.tag == "tr" and (len(children) < _FEW or any(len(one.text.strip()) > 1 for one in children)):
        return
    for child in reversed(children):
        element.append(child)
