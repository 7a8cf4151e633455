"""The shipped words and the shipped brand, read once, and short ways to write a reading."""

from functools import lru_cache
from pathlib import Path

from milter.ask.find import find_asks
from milter.ask.lexicon import Lexicon, load_lexicon
from milter.brand.brand import Brand
from milter.brand.load import load_brands
from milter.mail.reading import Attachment, Form, Link, Reading

CONFIG = Path(__file__).resolve().parents[2] / "config"


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon that is shipped."""
    return load_lexicon(CONFIG / "asks")


@lru_cache(maxsize=1)
def brand() -> Brand:
    """The Assurance Maladie as shipped."""
    return next(b for b in load_brands(CONFIG / "brands") if b.key == "assurance-maladie")


def reading(
    text: str = "",
    *,
    subject: str = "",
    quoted: str = "",
    attached: str = "",
    links: tuple[Link, ...] = (),
    forms: tuple[Form, ...] = (),
    attachments: tuple[Attachment, ...] = (),
) -> Reading:
    """A reading with the parts that the question `ask` looks at."""
    return Reading(
        subject=subject,
        authors=(),
        reply_to=(),
        text=text,
        quoted=quoted,
        attached=attached,
        links=links,
        forms=forms,
        attachments=attachments,
    )


def kinds(of: Reading, *, include_quoted: bool = False) -> list[str]:
    """The kinds asked for in words of the lexicon, in their order."""
    asks = find_asks(of, lexicon(), brand(), include_quoted=include_quoted, paraphrased=False)
    return [ask.kind.value for ask in asks]
