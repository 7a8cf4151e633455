"""Which words does everybody use, and what does each trace of a claim weigh? Reads config/claim.toml.

Raises ConfigError.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from milter.config.data_file import FileTable, read_table
from milter.mail.folding import fold, phrase

_ENDING = "[a-z]{0,9}"


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
    """From how many percent on, or up to how many, the wording of a letter counts (`claim.wording`)."""

    impostor: int
    sure: int
    impostor_acting: int
    sure_acting: int
    surest: int
    surest_of_body: int
    alone: int
    alone_secrets: int
    spoken_of: int
    alone_click: int
    other: int
    surely_other: int


class _Words(FileTable):
    bodies: tuple[str, ...]
    no_bodies: tuple[str, ...]
    trades: tuple[str, ...]
    others: tuple[str, ...]
    national: tuple[str, ...]
    titles: tuple[str, ...]
    filler: tuple[str, ...]
    roles: tuple[str, ...]
    departments: tuple[str, ...]
    endings: tuple[str, ...]
    regions: tuple[str, ...]
    place_words: int
    short_letter: int
    speech: tuple[str, ...]
    sent_by: tuple[str, ...]
    staff: tuple[str, ...]
    we: tuple[str, ...]
    you: tuple[str, ...]
    yours: tuple[str, ...]
    places: tuple[str, ...]
    acts: tuple[str, ...]
    issuer_acts: tuple[str, ...]
    own_acts: tuple[str, ...]
    deeds: tuple[str, ...]
    reporting: tuple[str, ...]
    own: tuple[str, ...]
    pointing: tuple[str, ...]
    urging: tuple[str, ...]
    ordering: tuple[str, ...]
    testifying: tuple[str, ...]
    showing: tuple[str, ...]
    thanking: tuple[str, ...]
    doubting: tuple[str, ...]
    mandate: tuple[str, ...]
    suppliers: tuple[str, ...]
    agency: tuple[str, ...]
    charges: tuple[str, ...]
    agreeing: tuple[str, ...]
    demanding: tuple[str, ...]
    called_then: tuple[str, ...]
    wanted_by: tuple[str, ...]
    heard_from: tuple[str, ...]
    calling: tuple[str, ...]
    supposing: tuple[str, ...]
    state_suffixes: tuple[str, ...]
    mailbox_providers: tuple[str, ...]


class _File(FileTable):
    weights: Weights
    thresholds: Thresholds
    shares: Shares
    wording: Opinion
    words: _Words


@dataclass(frozen=True, slots=True)
class ClaimWords:
    """The file, folded: single words as sets, phrases as patterns over what `milter.mail.folding.phrase`
    writes (see `forms`), the longest first."""

    weights: Weights
    thresholds: Thresholds
    shares: Shares
    wording: Opinion
    bodies: tuple[str, ...]
    no_bodies: tuple[str, ...]
    trades: frozenset[str]
    others: tuple[str, ...]
    national: tuple[str, ...]
    titles: frozenset[str]
    filler: frozenset[str]
    roles: frozenset[str]
    departments: frozenset[str]
    endings: tuple[str, ...]
    regions: frozenset[str]
    place_words: int
    short_letter: int
    speech: tuple[str, ...]
    sent_by: tuple[str, ...]
    staff: tuple[str, ...]
    we: frozenset[str]
    you: frozenset[str]
    yours: frozenset[str]
    places: tuple[str, ...]
    acts: tuple[str, ...]
    issuer_acts: tuple[str, ...]
    own_acts: tuple[str, ...]
    deeds: tuple[str, ...]
    reporting: tuple[str, ...]
    own: tuple[str, ...]
    pointing: tuple[str, ...]
    urging: tuple[str, ...]
    ordering: tuple[str, ...]
    testifying: tuple[str, ...]
    showing: tuple[str, ...]
    thanking: tuple[str, ...]
    doubting: tuple[str, ...]
    mandate: tuple[str, ...]
    suppliers: tuple[str, ...]
    agency: tuple[str, ...]
    charges: tuple[str, ...]
    agreeing: tuple[str, ...]
    demanding: tuple[str, ...]
    called_then: tuple[str, ...]
    wanted_by: tuple[str, ...]
    heard_from: tuple[str, ...]
    calling: tuple[str, ...]
    supposing: tuple[str, ...]
    state_suffixes: tuple[str, ...]
    mailbox_providers: frozenset[str]

    def for_brand(self, names: tuple[str, ...]) -> "ClaimWords":
        """The same for the brand of these names: it is no other body to itself."""
        return replace(self, others=tuple(other for other in self.others if other not in names))


def load_claim_words(path: Path) -> ClaimWords:
    """The words and weights of config/claim.toml. Raises ConfigError, with every problem of it."""
    read = read_table(path, _File)
    return ClaimWords(
        weights=read.weights,
        thresholds=read.thresholds,
        shares=read.shares,
        wording=read.wording,
        bodies=_phrases(read.words.bodies),
        no_bodies=_phrases(read.words.no_bodies),
        trades=_set(read.words.trades),
        others=_phrases(read.words.others),
        national=_phrases(read.words.national),
        titles=_set(read.words.titles),
        filler=_set(read.words.filler),
        roles=_set(read.words.roles),
        departments=_set(read.words.departments),
        endings=read.words.endings,
        regions=_set(read.words.regions),
        place_words=read.words.place_words,
        short_letter=read.words.short_letter,
        speech=_phrases(read.words.speech),
        sent_by=_phrases(read.words.sent_by),
        staff=_phrases(read.words.staff),
        we=_set(read.words.we),
        you=_set(read.words.you),
        yours=_set(read.words.yours),
        places=_phrases(read.words.places),
        acts=_phrases((*read.words.acts, *read.words.issuer_acts)),
        issuer_acts=_phrases(read.words.issuer_acts),
        own_acts=_phrases(read.words.own_acts),
        deeds=_phrases(read.words.deeds),
        reporting=_phrases(read.words.reporting),
        own=_phrases(read.words.own),
        pointing=_phrases(read.words.pointing),
        urging=_phrases(read.words.urging),
        ordering=_phrases(read.words.ordering),
        testifying=_phrases(read.words.testifying),
        showing=_phrases(read.words.showing),
        thanking=_phrases(read.words.thanking),
        doubting=_phrases(read.words.doubting),
        mandate=_phrases(read.words.mandate),
        suppliers=_phrases(read.words.suppliers),
        agency=_phrases(read.words.agency),
        charges=_phrases(read.words.charges),
        agreeing=_phrases(read.words.agreeing),
        demanding=_phrases(read.words.demanding),
        called_then=_phrases(read.words.called_then),
        wanted_by=_phrases(read.words.wanted_by),
        heard_from=_phrases(read.words.heard_from),
        calling=_phrases(read.words.calling),
        supposing=_phrases(read.words.supposing),
        state_suffixes=read.words.state_suffixes,
        mailbox_providers=frozenset(read.words.mailbox_providers),
    )


def _set(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for text in texts for word in phrase(text).split())


def _phrases(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(map(forms, texts)), key=lambda p: (-len(p), p)))


def forms(text: str) -> str:
    """A pattern over folded phrases: a word that ends in a hyphen is a stem, and takes any ending.

    `forms("renouvel-")` finds `renouvelez`, `renouvellement`, `renouvelee`; inflection by rule, not by list.
    """
    return " ".join(
        fold(word[:-1]) + _ENDING if word.endswith("-") else phrase(word) for word in text.split()
    )
