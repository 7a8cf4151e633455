"""What is a recipient told of his mail? Words of ours, and masked and disarmed ones of the sender. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from babel.dates import format_datetime

from milter.brand.names import NO_NAMES, Names
from milter.claim.claim import Likeness
from milter.digest.asking import why_never
from milter.digest.words import say
from milter.mail.masking import mask
from milter.quarantine.held import Held
from milter.quarantine.requests import Request
from milter.quarantine.told import Waiting
from milter.speech.grounds import grounds_of
from milter.speech.show import in_short, sender, unlinked
from milter.speech.words import LOCALES

# Kinds of ask that a sentence bears.
_ASKS = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One mail. `link` leads to where it can be asked for; where it is empty, `never` may say why."""

    received: str
    sender: str
    subject: str
    why: str
    link: str = ""
    never: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """What is mailed to one recipient: a digest, or the answer to a request."""

    language: str
    title: str
    lead: str
    entries: tuple[Entry, ...]
    foot: str = ""
    more: str = ""


def entry(
    held: Held, language: str, zone: tzinfo | None, names: Names = NO_NAMES, link: str = "", never: str = ""
) -> Entry:
    """A mail as its recipient is told of it. What a cut leaves of a number the store has masked already."""
    return Entry(
        received=_when(held.received, language, zone),
        sender=unlinked(mask(sender(held))),
        subject=unlinked(mask(held.subject)) or say(language, "(no subject)"),
        why=_why(held, language, names),
        link=link,
        never=never and say(language, never),
    )


def digest(
    waits: Waiting,
    mails: Sequence[tuple[Held, str]],
    language: str,
    zone: tzinfo | None,
    until: datetime | None,
    names: Names = NO_NAMES,
) -> Digest:
    """Of these mails, each with the link by which it can be asked for, as far as it may; `until` is when the
    links end (None: nothing can be asked for at all)."""
    entries = tuple(
        entry(held, language, zone, names, link, why_never(held) if until and not link else "")
        # What is nobody's choice comes last: of ten, the one that may be missed is seen.
        for held, link in sorted(mails, key=lambda one: not one[1])
    )
    foot = say(language, "foot, no requests")
    if any(one.link for one in entries) and until:
        foot = say(language, "foot", until=_when(until, language, zone))
    return Digest(
        language,
        f"{say(language, 'Mail held for you')} ({len(entries) + waits.more})",
        # Who has never heard of a filter shall not take it for one of the frauds.
        say(language, "lead", domain=waits.recipient.rpartition("@")[2].lower()),
        entries,
        foot,
        say(language, "more", more=waits.more) if waits.more else "",
    )


def answer(
    request: Request, held: Held, language: str, zone: tzinfo | None, names: Names = NO_NAMES
) -> Digest:
    """What became of a request."""
    decision = request.state.value
    # Of a mail that retention has emptied nothing is left but that it came.
    word = say(language, "word", word=unlinked(mask(request.word))) if request.word else ""
    title = say(language, decision)
    return Digest(
        language, title, say(language, f"{decision}, lead"), (entry(held, language, zone, names),), word
    )


def _why(held: Held, language: str, names: Names) -> str:
    short = in_short(grounds_of(held))
    if short is None:
        return say(language, "why not known")
    name = names.of(held.brand, language)
    # A text may speak as the organisation, or only of it: what is said is true of both.
    why = "why, by its text" if short.likeness == Likeness.VOICE else "why"
    said = say(language, why, name=name, likeness=say(language, short.likeness))
    if short.asks:
        said += say(language, "wants", asks=", ".join(say(language, kind) for kind in short.asks[:_ASKS]))
    return said


def _when(moment: datetime, language: str, zone: tzinfo | None) -> str:
    return format_datetime(moment.astimezone(zone), "short", locale=LOCALES[language])
