"""How is a mail looked at, so that it can neither stall nor harm us? The small ones here, others by a child.

Raises TryLater where no child can be started; nothing for anything that a sender writes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from milter.brand.brand import Brand
from milter.child.origin import Origin
from milter.child.pool import Pool
from milter.child.process import End
from milter.claim.claim import Claim
from milter.config.options import JudgeConfig
from milter.look.looker import Looker, build_looker
from milter.look.sight import Sight, from_json
from milter.look.worth import has_files_worth_opening, is_large
from milter.mail.message import Message
from milter.mail.read import read, read_header_only
from milter.mail.reading import Reading
from milter.mail.structure.mime import walk
from milter.meter.signs import STAGES, Stage

# For everything a child does: its start, reading, files, OCR, the questions. Then it is killed. Of the five
# seconds in which a verdict stands, what is left is for what we do ourselves with what it told.
SECONDS = 4.5
_TARGET = "milter.look.inside:begin"


@dataclass(frozen=True, slots=True)
class Means:
    """What a child looks with."""

    looker: Looker
    has_vision: bool


class Lookout:
    """Looks at mails; its children are started when the first mail needs one."""

    def __init__(self, looker: Looker, pool: Pool, seconds: float = SECONDS) -> None:
        """`pool` asks children of `milter.look.inside`."""
        self._looker = looker
        self._pool = pool
        self._seconds = seconds

    def claim_of_owner(self, message: Message) -> Claim | None:
        """The claim of a mail whose one author writes from a domain of the brand, by its header alone."""
        return self._looker.claim_of_owner(message)

    async def look(self, message: Message) -> Sight:
        """What the mail claims and wants; what could not be read of it is in `unreadable`."""
        reading: Reading | None = None
        claim, needs_child = None, True
        with STAGES.timing(Stage.CLAIM):
            structure = walk(message)
            if not is_large(message, structure):
                if not self._looker.may_claim(message, structure):
                    return Sight(None)
                reading = self._looker.as_meant(read(message, structure))
                claim = self._looker.claim(reading)
                needs_child = has_files_worth_opening(structure, reading, claim)
            # It holds a copy of each file, which need not wait for the child.
            del structure
        if reading is None or needs_child:
            return await self._far(message, reading)
        with STAGES.timing(Stage.ASK):
            return self._looker.look(reading, claim)

    @property
    def brands(self) -> tuple[Brand, ...]:
        """Who is protected."""
        return tuple(claim.brand for claim in self._looker.claims)

    @property
    def origin(self) -> Origin:
        """Where its children come from."""
        return self._pool.origin

    def close(self) -> None:
        """End the children."""
        self._pool.close()
        self.origin.close()

    async def _far(self, message: Message, reading: Reading | None) -> Sight:
        """What a child sees; where it dies, its last word, else what is known without it."""
        outcome = await self._pool.ask(message.raw, self._seconds, {"large": reading is None})
        sight = self._told(outcome.value)
        if sight is not None and outcome.end is End.DONE:
            return sight
        if sight is None:
            known = read_header_only(message) if reading is None else reading
            sight = self._looker.look(known, self._looker.claim(known))
        why = End.DIED if outcome.end is End.DONE else outcome.end
        return replace(sight, unreadable=sight.unreadable | {why.value})

    def _told(self, value: object) -> Sight | None:
        """The sight, if it is one: a child that was taken over may tell anything."""
        if value is None:
            return None
        try:
            return from_json(value, [claim.brand for claim in self._looker.claims])
        except ValueError:
            return None


def build_lookout(
    config: JudgeConfig, note: Callable[[str], None] = lambda _: None, seconds: float = SECONDS
) -> Lookout:
    """The look that a configuration asks for. Raises ConfigError with every problem of its data files."""
    looker = build_looker(config)
    origin = Origin(Means(looker, config.vision == "auto"), _TARGET)
    return Lookout(looker, Pool(_TARGET, origin, note=note), seconds)
