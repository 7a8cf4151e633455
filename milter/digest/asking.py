"""May a recipient ask for this mail, and does he? Raises TryLater when the database is away.

Never for a fraud that is plain: who was deceived by it would ask for it.
"""

from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from milter import maillog
from milter.brand.names import NO_NAMES, Names
from milter.brand.promise import AskKind
from milter.claim.claim import Likeness, Strength
from milter.config import Config
from milter.digest.token import Token
from milter.quarantine.held import Held, State
from milter.quarantine.requests import Request, Requests
from milter.quarantine.store import Store
from milter.quarantine.told import Outcome, Told, ToldMails
from milter.report.schedule import zone_of
from milter.speech.grounds import grounds_of
from milter.verdict.verdict import Finding

_ADDRESSES = frozenset({Likeness.OFFICIAL_ADDRESS, Likeness.OWNED_DOMAIN, Likeness.LOOKALIKE_DOMAIN})
_SECRETS = frozenset(
    {AskKind.NIR, AskKind.BANK_DETAILS, AskKind.CARD, AskKind.CREDENTIALS, AskKind.ONE_TIME_CODE}
)


def why_never(held: Held) -> str:
    """Why nobody may ask for it, as `words` knows it; empty where its recipient may."""
    if held.finding is not Finding.IMPERSONATION:
        return ""
    grounds = grounds_of(held)
    claim = grounds["claim"]
    if claim["likeness"] in _ADDRESSES:
        return "never, address"
    wants_secrets = any(ask["kind"] in _SECRETS for ask in grounds["asks"])
    is_sure = claim["strength"] == Strength.STRONG.name.lower()
    return "never, secrets" if is_sure and wants_secrets else ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What whoever has a link may see: the mail that it is for, and what was asked of it already."""

    told: Told
    held: Held
    request: Request | None

    def is_open(self, now: datetime) -> bool:
        """True where the mail waits, and can be asked for by this link."""
        waits = self.held.state is State.HELD and self.told.recipient not in self.held.delivered
        return waits and self.request is None and self.told.used is None and now < self.told.until


@dataclass(frozen=True, slots=True)
class Asking:
    """The door for recipients. `key` is the secret of the database, `most` how many open requests one may
    have, `zone` that of the times that they are shown."""

    store: Store
    key: bytes = field(repr=False)
    language: str
    zone: tzinfo | None
    most: int
    names: Names = NO_NAMES

    @classmethod
    def of(cls, config: Config, store: Store, key: bytes, names: Names) -> "Asking | None":
        """The door of this configuration; None where nobody may ask."""
        wanted = config.digest
        if not (wanted.is_on and wanted.requests):
            return None
        return cls(store, key, config.digest_language, zone_of(wanted.time_zone), wanted.max_requests, names)

    async def see(self, token: Token) -> Seen | None:
        """What the token is for; None for a token that is none of ours."""
        told = await ToldMails(self.store.transactions).get(token.id)
        if told is None or not token.opens(told):
            return None
        held = await self.store.get(told.mail_id)
        if held is None:
            return None
        asked = await Requests(self.store.transactions).of_mail(held.id)
        return Seen(told, held, next((one for one in asked if one.recipient == told.recipient), None))

    async def ask(self, seen: Seen, now: datetime) -> Outcome:
        """Ask for the mail, in the name of its recipient."""
        outcome = await ToldMails(self.store.transactions).ask(seen.told, now, self.most)
        if outcome is Outcome.ASKED:
            maillog.requested(seen.held.id)
        return outcome
