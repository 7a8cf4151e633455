"""Whose voice does the text say it is: the sender's own, a person's, or nobody's but the brand's?

Pure. A name is a word that means nothing else (`Grandlarge`, not `Gestion`), and that the text writes as one,
with a capital. The sender's own host in a link is no name said: every fraud links to a host of its own.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from enum import Enum, auto

from milter.claim.claim import Evidence
from milter.claim.lines import above_signature
from milter.claim.names.author import MAX_MAILBOXES
from milter.claim.names.comparer import Comparer
from milter.claim.names.labels import Degree
from milter.claim.names.matter import Matter
from milter.claim.names.names_in_text import NamesInText
from milter.claim.names.namesake import is_called_so_too, is_of_a_firm
from milter.mail.reading import Mailbox, Reading
from milter.mail.text.folding import fold, in_one_word, phrase, singular, words

_MAX_LINE = 1000
_MAX_NAME = 400
_TELLING = 4  # letters of a word that can be a name
_ABBREVIATED = 5  # letters of a word that a domain cuts short: `infoconso` of the consommateurs
_ACRONYM, _LONG_ACRONYM = 3, 5  # letters of one in capitals
# A delegate says in whose place: `Tiers Payant Service, délégataire de gestion de la Mutuelle des Forges`.
_FOOT, _FOOT_LINES, _MAX_SIGNATURE, _MAX_DELEGATE = 2000, 8, 70, 160
_INITIALS = 2  # letters of one: `ph.durand`
_YOURS = frozenset({"votre", "vo"})
_GLUED = 5  # letters of a whole domain label that can be one
_WORD = re.compile(r"[^\W\d_]+")
_LETTERS = re.compile(r"[a-z]+")
# Between the parts of a name.
_PARTS = re.compile(r"\s[–—|-]\s")


class Speaker(Enum):
    """Who is named in the mail, beside the brand."""

    SENDER = auto()  # a body that says its own name
    PERSON = auto()  # a person, who may speak for himself or for the organisation
    NOBODY = auto()  # nowhere does the sender say his own name


def speaker(reading: Reading, comparer: Comparer) -> Speaker:
    """Who speaks, by the telling words of the author fields and by what the text says of them."""
    said = NamesInText(reading.text, comparer, reading.subject)
    found = Speaker.NOBODY
    authors = [_shortened(box) for box in reading.authors[:MAX_MAILBOXES]]
    for box in authors:
        who = _of_mailbox(box, said, comparer)
        if who is Speaker.SENDER:
            return who
        found = who if found is Speaker.NOBODY else found
    shown = tuple(phrase(box.display_name) for box in authors if not comparer.words.borrows_a_name(box))
    return Speaker.SENDER if _signs_as_a_body(reading.text, shown, comparer) else found


def says_own_name(reading: Reading, comparer: Comparer) -> bool:
    """True where the text says a telling word of an author's name, or ends with the name of a body."""
    said = NamesInText(reading.text, comparer)
    shown = [phrase(_shortened(box).display_name) for box in reading.authors[:MAX_MAILBOXES]]
    own = (word for name in shown for word in _telling(name.split(), comparer))
    return any(map(said.names, own)) or _signs_as_a_body(reading.text, tuple(shown), comparer)


def says_own_domain(reading: Reading, comparer: Comparer) -> bool:
    """True where the one author's name, or the text, says in words what his domain is called; not of one who
    is nobody's namesake but for that domain.
    """
    box = reading.author
    if box is None or is_of_a_firm(box, comparer):
        return False
    box = _shortened(box)
    own = list(_telling(phrase(box.display_name).split(), comparer))
    return _says_its_domain(box, own, NamesInText(reading.text, comparer), comparer)


def is_called_by_words(reading: Reading, comparer: Comparer) -> bool:
    """True where the one author's name and domain are words of the language and no body's, so that they say
    what is sent rather than by whom: `Archivage probant` of archivage-probant.example.
    """
    box = reading.author
    if box is None or box.domain is None:
        return False
    said = phrase(f"{_shortened(box).display_name} {box.domain.label}").split()
    return all(map(comparer.words.is_word, said)) and not comparer.words.names_a_body(" ".join(said))


def signed_above(reading: Reading, voice: list[Evidence]) -> Reading | None:
    """The letter above the sender's own signature, where the organisation heads or signs it there."""
    above = above_signature(reading.text)
    return replace(reading, text=above) if above != reading.text and is_headed_or_signed(voice) else None


def _shortened(box: Mailbox) -> Mailbox:
    """The mailbox with as much of its name as is shown: each word of it is looked for in the text."""
    name = box.display_name
    return box if len(name) <= _MAX_NAME else replace(box, display_name=name[:_MAX_NAME])


def is_headed_or_signed(voice: list[Evidence]) -> bool:
    """True where the organisation heads or signs the letter."""
    return any(e.where in {"letterhead", "sign-off"} and e.weight for e in voice)


def _signs_as_a_body(text: str, shown: tuple[str, ...], comparer: Comparer) -> bool:
    """True where another body than the brand has the last word: `Cabinet du docteur Saule`, or `Association`
    before the display name.
    """
    lines = [line for line in text[-_FOOT:].splitlines() if line.strip()]
    for line in lines[-_FOOT_LINES:]:
        if (
            (len(line) > _MAX_SIGNATURE and not _is_a_delegate_s(line, shown))
            # Few lines do, and to compare each with the brand's names takes more.
            or not comparer.words.names_a_body(line)
            or comparer.name(line) >= Degree.HINT
        ):
            continue
        found = phrase(line)
        if _YOURS & set(found.split()[1:]):
            # "Confirmez votre banque" is no signature, "Votre banque" is one.
            continue
        if any(name and name in found for name in shown):
            return True
        if any(map(NamesInText(line, comparer).names, _telling(found.split(), comparer))):
            return True
    return False


def _is_a_delegate_s(line: str, shown: tuple[str, ...]) -> bool:
    """True of a long line that begins with a display name: it is a signature all the same."""
    found = f"{phrase(line[:_MAX_DELEGATE])} "
    return len(line) <= _MAX_DELEGATE and any(name and found.startswith(f"{name} ") for name in shown)


def _of_mailbox(box: Mailbox, said: NamesInText, comparer: Comparer) -> Speaker:
    if comparer.words.borrows_a_name(box):
        return Speaker.NOBODY
    shown = phrase(box.display_name).split()
    # A name made of what the brand is about is nobody's: `Capital décès – Service des prestations`.
    matter = comparer.matter.text(box.display_name) is Matter.OWN
    own = [] if matter else list(_telling(shown, comparer))
    # Whoever has the brand beside his own words in his name speaks for it, unless he is a namesake.
    as_brand = comparer.name(box.display_name) >= Degree.PART and not is_called_so_too(box, comparer)
    if not as_brand and (
        _is_a_body(box, own, comparer)
        or comparer.words.is_of_the_state(box.domain)
        or _says_its_domain(box, own, said, comparer)
    ):
        return Speaker.SENDER
    host = fold(box.domain.label) if box.domain is not None else ""
    short = _acronyms(box.display_name, comparer)
    if not as_brand and any(a in host or (len(a) == _ACRONYM and said.names(a)) for a in short):
        return Speaker.SENDER
    if comparer.words.has_title(shown) or _is_a_person(shown, own, box, said):
        return Speaker.PERSON
    return Speaker.PERSON if not shown and _names_a_person(box.local_part, comparer) else Speaker.NOBODY


def _is_a_body(box: Mailbox, own: list[str], comparer: Comparer) -> bool:
    """`Pharmacie du Pont`, `Syndicat CPAM`; not a department: `Assurance Maladie - Pharmacie`."""
    if not comparer.words.names_a_body(box.display_name):
        return False
    if own or comparer.words.begins_as_a_body(box.display_name):
        return True
    return box.domain is not None and comparer.domain(box.domain) in (Degree.BODY, Degree.PART)


def _says_its_domain(box: Mailbox, own: list[str], said: NamesInText, comparer: Comparer) -> bool:
    """True where display name or text say in words what the sender's domain is called."""
    domain = box.domain
    label = fold(domain.label) if domain is not None else ""
    glued = "".join(words(label))
    if domain is None or len(glued) < _ACRONYM or comparer.domain(domain) >= Degree.PART:
        return False
    if comparer.matter.domain(domain) is Matter.OWN:
        return False
    # `Courriers retournés` of courrier-retourne.example is what the letter is about, unless it signs so.
    if not said.signs(box.display_name):
        own = [word for word in own if not said.is_spoken_of(word)]
    if any(_is_in_label(word, glued, comparer) for word in own) or _is_spelled(box, glued, comparer):
        return True
    in_label = [word for word in _telling(phrase(label).split(), comparer) if not said.is_spoken_of(word)]
    if in_label and len(glued) >= _GLUED and said.spells(glued):
        return True
    if len(glued) >= _GLUED and _has_initials(label, comparer) and said.spells(glued):
        return True
    short = [w for w in words(label) if len(w) == _ACRONYM and w.isalpha() and not _says_nothing(w, comparer)]
    return any(map(said.names, (*in_label, *short)))


def _has_initials(label: str, comparer: Comparer) -> bool:
    """`tp-optique`: two letters that are no word, nor the brand's, make a name of the words beside them."""
    found = words(label)
    if len(found) == 1 or comparer.matter.text(" ".join(found)) is not Matter.NONE:
        return False
    short = [word for word in found if len(word) == _INITIALS and word.isalpha()]
    own = (word for word in short if not comparer.are_its_initials(word))
    return any(not (comparer.words.is_filler(word) or comparer.matter.is_sector(word)) for word in own)


def _is_in_label(word: str, glued: str, comparer: Comparer) -> bool:
    """True where the domain is called by this word, cut short if it is no word of the language."""
    return (word if comparer.words.is_word(word) else word[:_ABBREVIATED]) in glued


def _is_spelled(box: Mailbox, glued: str, comparer: Comparer) -> bool:
    """The display name is the domain, or a part of it is: `Eau Vitale` of eau-vitale.example, `Prado –
    Sages-femmes 35` of sagesfemmes35.example.
    """
    shown = phrase(box.display_name).split()
    if in_one_word(box.display_name) == glued:
        return not all(comparer.is_common(word) and (word.isalpha() or word.isdigit()) for word in shown)
    # What is sent has a number, too: `Unité régionale – Contrôle T2A` of controle-t2a.example.
    part = next((part for part in _PARTS.split(box.display_name) if in_one_word(part) == glued), "")
    return any(word.isalpha() and not comparer.is_common(word) for word in phrase(part).split())


def _telling(found: list[str], comparer: Comparer) -> Iterator[str]:
    for word in found:
        if len(word) < _TELLING or not word.isalpha():
            continue
        if not (_says_nothing(word, comparer) or comparer.words.names_a_body(word)):
            yield word


def _says_nothing(word: str, comparer: Comparer) -> bool:
    """True for a word that is nobody's name: `Pôle facturation SESAM` is called by what it is about."""
    return comparer.is_common(word) or comparer.matter.is_sector(word)


def _acronyms(display_name: str, comparer: Comparer) -> Iterator[str]:
    """The short names in capitals: `CFE`."""
    for token in _WORD.findall(display_name[:_MAX_LINE]):
        if (
            token.isupper()
            and _ACRONYM <= len(token) <= _LONG_ACRONYM
            and not _says_nothing(fold(token), comparer)
        ):
            yield singular(fold(token))


def _is_a_person(shown: list[str], own: list[str], box: Mailbox, said: NamesInText) -> bool:
    """Nothing but telling words, or one of them in the address or in the text: `Lucie Faure`, `lucie@...`."""
    if own and len(own) == len(shown):
        return True
    capitals = {fold(token) for token in _WORD.findall(box.display_name[:_MAX_LINE]) if token.isupper()}
    local_part = fold(box.local_part)
    return any(word in local_part or said.names(word) for word in own if word not in capitals)


def _names_a_person(local_part: str, comparer: Comparer) -> bool:
    """`jp.durand77` says a name, `contact` and `x7k2` do not."""
    found = [word for word in _LETTERS.findall(fold(local_part[:64])) if len(word) > _INITIALS]
    return bool(found) and len(list(_telling(found, comparer))) == len(found)
