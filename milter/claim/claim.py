"""Who does the mail say it is? The values."""

from dataclasses import KW_ONLY, dataclass
from enum import IntEnum, StrEnum

from milter.brand.brand import Brand
from milter.mail.text.folding import phrase


class Likeness(StrEnum):
    """How a mail presents itself as the brand, the plainest first."""

    OFFICIAL_ADDRESS = "official_address"
    OWNED_DOMAIN = "owned_domain"
    LOOKALIKE_DOMAIN = "lookalike_domain"
    DISPLAY_NAME = "display_name"
    LOCAL_PART = "local_part"
    MATTER = "matter"
    VOICE = "voice"


class Strength(IntEnum):
    """How sure it is that the mail presents itself as the brand."""

    WEAK = 1
    LIKELY = 2
    STRONG = 3


class Manner(StrEnum):
    """How a mail is worded: as the brand's impostors write (beyond doubt, surely, likely), or as others do
    (likely, surely), or who knows."""

    SUREST_IMPOSTOR = "surest_impostor"
    SURE_IMPOSTOR = "sure_impostor"
    IMPOSTOR = "impostor"
    NEITHER = "neither"
    OTHER = "other"
    SURE_OTHER = "sure_other"


class Basis(StrEnum):
    """What a claim rests on: who shows himself as the brand, or speaks of it, and where."""

    SHOWN = "shown"  # the mail shows itself as the brand's, by its author or as its letter
    TOLD = "told of"  # its text tells of the brand, and nowhere shows itself as its letter
    # A third party speaks of the brand to his reader, the gravest first; the evidence has the same `where`.
    CHARGED = "charged by it"
    DEMANDED = "wanted by it"  # what he asks for
    ACTING_FOR = "acting for"  # it, or with it
    HEARD_FROM = "heard from it"
    RELAYED = "told"  # anything else, and leads to a host that is nobody's here
    # How it is worded, as the brand's impostors write, and no other trace.
    WORDED = "worded"  # alone
    SPOKEN_OF = "spoken of"  # and it speaks of the brand, in nobody's name who would have to explain it
    # What somebody filled in, whose mail it is not (a name, a message), shows itself as the brand's.
    FILLED_IN = "filled in"
    # The files, where nobody stands between them and the reader.
    ENCLOSED = "enclosed"  # they show themselves as the brand's
    ENCLOSED_SPOKEN_OF = "enclosed, spoken of"  # they only speak of it, but surely as its impostors write
    # A letter that is forwarded, and shows itself as the brand's.
    FORWARDED = "forwarded"  # to it the sender sends his reader
    FORGED = "forged"  # and nobody can have sent it on in good faith
    PASSED_ON = "passed on"  # he says nothing of it
    # The same of a letter that is enclosed, under a note.
    FORGED_FILE = "forged file"
    PASSED_ON_FILE = "passed on file"


THIRD_PARTY = frozenset({Basis.CHARGED, Basis.DEMANDED, Basis.ACTING_FOR, Basis.HEARD_FROM, Basis.RELAYED})
# He says that the organisation charged him to, or wants it.
ACTING = frozenset({Basis.CHARGED, Basis.DEMANDED})
# Nothing but the wording, or a word of the brand beside it.
BY_WORDING = frozenset({Basis.WORDED, Basis.SPOKEN_OF})
ENCLOSED = frozenset({Basis.ENCLOSED, Basis.ENCLOSED_SPOKEN_OF})
# As a letter of somebody else's, with the mail or in a file.
SENT_ON = frozenset({
    Basis.FORWARDED, Basis.FORGED, Basis.PASSED_ON, Basis.FORGED_FILE, Basis.PASSED_ON_FILE,
})  # fmt: skip
IN_A_FILE = frozenset({Basis.FORGED_FILE, Basis.PASSED_ON_FILE})


class Grade(IntEnum):
    """How much one trace shows by itself (`weighing.Scales`)."""

    TRIFLE = 0
    PLAIN = 1  # that the text speaks as the brand, or where it leads; of a name or domain, a good part of it
    WHOLE = 2  # that name or domain is the brand's, and nothing else


@dataclass(frozen=True, slots=True)
class Evidence:
    """One trace of a claim: where it stands, what it shows, what it folds to, how it was seen, what it weighs
    in points, and how much that is.
    """

    where: str
    shows: str
    folded: str
    likeness: Likeness
    weight: int
    grade: Grade = Grade.TRIFLE


def trace(where: str, shows: str, weight: int) -> Evidence:
    """A trace of the voice, cut to what a person reads."""
    return Evidence(where, " ".join(shows.split())[:200], phrase(shows[:200]), Likeness.VOICE, weight)


SURE_IMPOSTORS = frozenset({Manner.SUREST_IMPOSTOR, Manner.SURE_IMPOSTOR})
IMPOSTORS = SURE_IMPOSTORS | {Manner.IMPOSTOR}
OTHERS = frozenset({Manner.OTHER, Manner.SURE_OTHER})

# Where a link leads to a host that is the organisation's to the eye.
LOOKALIKE_LINK = "lookalike link"
# The number of a bank account, beside the organisation's name.
ACCOUNT = "account"
# Where such a link shows an address of the organisation's own: no other sender has a reason to.
FALSE_ADDRESS = "false address"
# Where a body that says its own name tells what the organisation offers and it does: examinations, courses.
OFFER = "offer"
# What stands for how the letter is worded.
WORDING = "wording"


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail presents itself as `brand`, or makes its reader believe that the brand is behind it.

    `likeness` is the plainest one among the evidence; `strength` says how much the evidence carries together;
    `basis` what it rests on; `own_name` that beside it the sender says the name of his own domain; `manner`
    how it is worded; `foreign` that its letter is in a language of which hardly a word is known.
    """

    brand: Brand
    likeness: Likeness
    strength: Strength
    evidence: tuple[Evidence, ...]
    _: KW_ONLY
    basis: Basis = Basis.SHOWN
    own_name: bool = False
    manner: Manner = Manner.NEITHER
    foreign: bool = False
