"""Which words does everybody use, and what does each trace of a claim weigh? Reads config/claim.toml.

Raises ConfigError.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from milter.config.data_file import FileTable, read_table
from milter.mail.text.folding import fold, phrase

_ENDING = "[a-z]{0,9}"


def forms(text: str) -> str:
    """A pattern over folded phrases: a word that ends in a hyphen is a stem, and takes any ending.

    `forms("renouvel-")` finds `renouvelez`, `renouvellement`, `renouvelee`; inflection by rule, not by list.
    """
    return " ".join(
        fold(word[:-1]) + _ENDING if word.endswith("-") else phrase(word) for word in text.split()
    )


def _longest_first(phrases: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(phrases), key=lambda p: (-len(p), p)))


def _phrases(texts: tuple[str, ...]) -> tuple[str, ...]:
    return _longest_first(map(forms, texts))


def _word_set(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for text in words for word in phrase(text).split())


# As lists of the file are read: patterns over what `milter.mail.text.folding.phrase` writes (see `forms`),
# the longest first; and single words.
_Phrases = Annotated[tuple[str, ...], AfterValidator(_phrases)]
_WordSet = Annotated[frozenset[str], AfterValidator(_word_set)]


class Weights(FileTable):
    """What each trace of a claim weighs, in points; the file says what each one is."""

    official_address: int
    owned_domain: int
    lookalike_domain: int
    name_in_domain: int
    hint_in_domain: int
    display_name: int
    short_display_name: int
    distinct_in_display: int
    name_in_display: int
    body_in_display: int
    matter_in_display: int
    soft_matter_in_display: int
    matter_in_domain: int
    soft_matter_in_domain: int
    matter_line: int
    local_part: int
    reply_to: int
    letterhead: int
    sign_off: int
    account: int
    creditor: int
    glued: int
    speaks: int
    owns_object: int
    orders_object: int
    second_object: int
    own_deed: int
    deed: int
    deed_by_person: int
    soft_deed: int
    named_alone: int
    soft_line: int
    nobody_else: int
    person: int
    subject_object: int
    subject_name: int
    names_object: int
    logo: int
    title: int
    copyright: int
    picture_only: int
    disguised_link: int
    lookalike_link: int
    lookalike_page: int
    lone_label: int
    soft_name: int
    mention: int


class Thresholds(FileTable):
    """From how many points on the mail claims to be the brand, and does so strongly; and from how many on it
    does where it is surely worded as the brand's impostors write."""

    trace: int
    claim: int
    likely: int
    strong: int


class Shares(FileTable):
    """In percent: what is left of a trace in the light of another."""

    own_name: int
    own_name_spoken: int
    own_name_whole: int
    own_name_yours: int


class Opinion(FileTable):
    """From how many percent on, or up to how many, a letter's wording counts (`claim.writing.wording`)."""

    impostor: int
    sure: int
    impostor_acting: int
    sure_charged: int
    surest: int
    surest_of_body: int
    alone: int
    alone_secrets: int
    spoken_of: int
    alone_click: int
    other: int
    surely_other: int


class Words(FileTable):
    """The words that everybody uses, each list as the file says it."""

    bodies: _Phrases
    no_bodies: _Phrases
    trades: _WordSet
    others: _Phrases
    national: _Phrases
    titles: _WordSet
    filler: _WordSet
    roles: _WordSet
    departments: _WordSet
    endings: tuple[str, ...]
    regions: _WordSet
    place_words: int
    short_letter: int
    speech: _Phrases
    sent_by: _Phrases
    staff: _Phrases
    closings: _WordSet
    retelling: _Phrases
    offered: _Phrases
    we: _WordSet
    you: _WordSet
    yours: _WordSet
    familiar: _WordSet
    formal: _WordSet
    familiar_orders: _Phrases
    places: _Phrases
    acts: _Phrases
    issuer_acts: _Phrases
    own_acts: _Phrases
    deeds: _Phrases
    reporting: _Phrases
    pretexts: _Phrases
    fields: _Phrases
    bare_fields: _Phrases
    issuing: _Phrases
    owed: _Phrases
    addressed: _Phrases
    comments: _Phrases
    own: _Phrases
    pointing: _Phrases
    bare: _Phrases
    legal: _Phrases
    urging: _Phrases
    ordering: _Phrases
    testifying: _Phrases
    showing: _Phrases
    thanking: _Phrases
    doubting: _Phrases
    mandate: _Phrases
    working: _Phrases
    suppliers: _Phrases
    agency: _Phrases
    charges: _Phrases
    agreeing: _Phrases
    demanding: _Phrases
    called_then: _Phrases
    wanted_by: _Phrases
    heard_from: _Phrases
    calling: _Phrases
    supposing: _Phrases
    notifying: _Phrases
    notified_by: _Phrases
    watching: frozenset[str]
    foreign_warnings: tuple[str, ...]
    state_suffixes: tuple[str, ...]
    mailbox_providers: frozenset[str]
    networks: frozenset[str]


class _Points(FileTable):
    weights: Weights
    thresholds: Thresholds
    shares: Shares
    wording: Opinion


class _File(_Points):
    words: Words


class ClaimWords(_Points, Words):
    """The file, its points beside its words."""

    def for_brand(self, names: tuple[str, ...]) -> "ClaimWords":
        """The same for the brand of these names: it is no other body to itself."""
        return self.model_copy(update={"others": tuple(one for one in self.others if one not in names)})


def load_claim_words(path: Path) -> ClaimWords:
    """The words and weights of config/claim.toml. Raises ConfigError, with every problem of it."""
    read = read_table(path, _File)
    points = {name: getattr(read, name) for name in _Points.model_fields}
    acts = _longest_first((*read.words.acts, *read.words.issuer_acts))
    # What is read is valid, and folded: it is only put together.
    return ClaimWords.model_construct(**{**points, **dict(read.words), "acts": acts})
