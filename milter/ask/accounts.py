"""Which lines of a text name an account to which money is to go?

Pure. Never raises; linear in the text.
"""

from collections.abc import Iterator
from itertools import islice

from milter.ask.lexicon import Lexicon
from milter.ask.text import named_kinds
from milter.brand.promise import AskKind
from milter.mail.masking import lines_with_an_iban

_LONGEST_LINE = 1000
# What is to be paid is said above the number, or a line below.
_LINES_ABOVE, _LINES_BELOW = 6, 2
_MOST = 50


def accounts_to_pay(text: str, lexicon: Lexicon) -> Iterator[str]:
    """The lines that name an account by its IBAN, beside words of a payment: nobody else gives one."""
    lines = [line[:_LONGEST_LINE] for line in text.split("\n")]
    for at in islice(lines_with_an_iban(lines), _MOST):
        beside = "\n".join(lines[max(0, at - _LINES_ABOVE) : at + 1 + _LINES_BELOW])
        if AskKind.PAYMENT in named_kinds(beside, lexicon):
            yield lines[at]
