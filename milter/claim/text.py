"""Of what a mail says, how much is looked at, and as which words? Pure."""

import re

from milter.mail.reading import Reading
from milter.mail.text.folding import whole_phrase

# Characters: some ten pages.
MOST_TEXT = 20_000
# One of France, in figures.
PHONE_NUMBER = re.compile(r"(?<!\w)(?:\+33|0033|0) ?[1-9](?:[ .-]?\d\d){4}(?!\d)")


def words_said(reading: Reading) -> str:
    """The folded words of subject and text, padded with blanks; of the text its first characters."""
    return f" {whole_phrase(reading.subject, reading.text[:MOST_TEXT])} "
