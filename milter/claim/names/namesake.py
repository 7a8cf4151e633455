"""Is this sender only called like the brand? A person, one who writes for a firm, or a body abroad.

Pure. Whoever has such a name says beside it who he is: `Ameli Dubois`, `Ameli from Figma`.
"""

import re

from milter.claim.names.comparer import Comparer
from milter.claim.names.labels import Degree
from milter.claim.names.matter import Matter
from milter.mail.reading import Mailbox
from milter.mail.text.folding import fold, in_one_word, phrase, words

_MOST_OF_A_PERSON = 4  # words in the name of a person
_MOST_OF_A_FIRM = 8  # in that of somebody and of the firm for which he writes
_LONGEST = 400  # characters of a display name
_TINY = 2  # letters of a word, or digits, that say nothing
# By which platform, list or firm a person writes: the end of his display name.
# Comments stand behind a name (RFC 5322 section 3.4): `Ana Roy (CPAM 38) via kine38` is read `Ana Roy via
# kine38 (CPAM 38)`, if it is not quoted.
_BY = re.compile(r"\bvia\s+([^()]{2,80})\)?(?:\s*\([^()]{0,80}\))?\W*$", re.IGNORECASE)
_CALLED = 4  # letters of the name of a list
_NAMES = 2  # names of a person
_WAY = re.compile(r"\bvia\b.*|\([^()]*\)\W*$", re.IGNORECASE | re.DOTALL)


def is_called_so_too(box: Mailbox, comparer: Comparer) -> bool:
    """True of a name that bodies abroad carry, too, beside a telling word that is the domain's: rosa.ch."""
    return comparer.is_shared(box.display_name) and any(comparer.telling_of_domain(box))


def is_namesake(box: Mailbox, comparer: Comparer) -> bool:
    """True of somebody with such a first name: a person, also by way of another (`Ameli Dubois (via Drive)`),
    or whoever writes for the firm that his domain names.
    """
    return _is_a_person(box.display_name[:_LONGEST], comparer) or is_of_a_firm(box, comparer)


def is_named_by_another(box: Mailbox, comparer: Comparer) -> bool:
    """True of him where a platform, a list or a firm says who he is, and its domain is not called so, too."""
    if box.domain is not None and comparer.domain(box.domain) >= Degree.PART:
        return False
    name = box.display_name[:_LONGEST]
    person = _person(name, comparer)
    return (person != name and comparer.name(person) is Degree.BODY) or is_of_a_firm(box, comparer)


def is_on_a_list(box: Mailbox, comparer: Comparer) -> bool:
    """True of a person whom a list names, since it writes from its own address: `Ana Roy (CPAM 38) via
    kine38` of kine38@lists.example. Whatever of the brand stands beside her name, the list has not said it.
    """
    name = box.display_name[:_LONGEST]
    by = _BY.search(name)
    called = "" if by is None else in_one_word(by[1])
    address = in_one_word(box.local_part)
    if by is None or len(called) < _CALLED or len(address) < _CALLED:
        return False
    if not (called in address or address in called) or comparer.name(called):
        return False
    before = words(fold(name[: by.start()]))
    return sum(len(one) > _TINY and not comparer.is_common(one) for one in before) >= _NAMES


def is_of_a_firm(box: Mailbox, comparer: Comparer) -> bool:
    """True of such a first name beside words that no office has, one of them the name of his domain and no
    word of the language: `Ameli from Figma`, `Ameli (Vinted)`. Anybody can buy a domain for that.
    """
    tokens = phrase(box.display_name[:_LONGEST]).split()
    rest = _without_first_names(tokens, comparer)
    if not 0 < len(rest) < len(tokens) <= _MOST_OF_A_FIRM:
        return False
    said = (one for one in rest if len(one) > _TINY and not comparer.words.is_filler(one))
    if any(map(comparer.is_common, said)):
        return False
    return any(not comparer.words.is_word(word) for word in comparer.telling_of_domain(box))


def _is_a_person(name: str, comparer: Comparer) -> bool:
    tokens = phrase(_person(name, comparer)).split()
    rest = _without_first_names(tokens, comparer)
    return 0 < len(rest) < len(tokens) <= _MOST_OF_A_PERSON and not any(map(comparer.is_common, rest))


def _person(name: str, comparer: Comparer) -> str:
    """The display name without what says by which way he writes, unless that is about the brand, or an office
    in brackets.
    """
    way = _WAY.search(name)
    if way is None or comparer.name(way[0]) or comparer.matter.text(way[0]) >= Matter.SOFT:
        return name
    is_office = way[0].startswith("(") and all(map(comparer.is_common, phrase(way[0]).split()))
    return name if is_office else name[: way.start()]


def _without_first_names(tokens: list[str], comparer: Comparer) -> list[str]:
    return [token for token in tokens if token not in comparer.first_names]
