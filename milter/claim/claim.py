"""Who does the mail say it is? The values."""

from dataclasses import KW_ONLY, dataclass
from enum import IntEnum, StrEnum

from milter.brand.brand import Brand


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


class Relay(StrEnum):
    """What a third party says of the organisation to his reader, the gravest first."""

    CHARGED = "charged by it"
    DEMANDED = "wanted by it"  # what he asks for
    ACTING_FOR = "acting for"  # it, or with it
    HEARD_FROM = "heard from it"
    TOLD = "told"  # anything else, and leads to a host that is nobody's here


@dataclass(frozen=True, slots=True)
class Evidence:
    """One trace of a claim: where it stands, what it shows, what it folds to, and how it was seen."""

    where: str
    shows: str
    folded: str
    likeness: Likeness
    weight: int


SURE_IMPOSTORS = frozenset({Manner.SUREST_IMPOSTOR, Manner.SURE_IMPOSTOR})
IMPOSTORS = SURE_IMPOSTORS | {Manner.IMPOSTOR}
OTHERS = frozenset({Manner.OTHER, Manner.SURE_OTHER})

# Where a link leads to a host that is the organisation's to the eye.
LOOKALIKE_LINK = "lookalike link"
# What stands for how the letter is worded.
WORDING = "wording"


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail presents itself as `brand`. `likeness` is the plainest one among the evidence;
    `strength` says how much the evidence carries together; `enclosed` that it stands in the files; `own_name`
    that beside it the sender says the name of his own domain; `told` that the text tells of the organisation,
    and nowhere shows itself as its letter; `forwarded` that it stands in a letter to which the sender sends
    his reader; `forged` that nobody can have sent that on in good faith; `passed_on` that he says nothing of
    it; `relay` what a third party says of it; `worded` that nothing but its manner is that of the
    organisation's impostors; `spoken` that beside its manner it speaks of the organisation, in nobody's name
    who would have to explain it; `manner` in which manner it is written."""

    brand: Brand
    likeness: Likeness
    strength: Strength
    evidence: tuple[Evidence, ...]
    _: KW_ONLY
    enclosed: bool = False
    own_name: bool = False
    told: bool = False
    forwarded: bool = False
    forged: bool = False
    passed_on: bool = False
    relay: Relay | None = None
    worded: bool = False
    spoken: bool = False
    manner: Manner = Manner.NEITHER

    @property
    def acting(self) -> bool:
        """True where a third party says that the organisation charged him to, or wants it."""
        return self.relay in (Relay.CHARGED, Relay.DEMANDED)
