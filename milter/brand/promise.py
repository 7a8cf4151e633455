"""What has the organisation published that it never asks for?"""

import datetime
from dataclasses import dataclass
from enum import StrEnum


class AskKind(StrEnum):
    """A thing that a reader can be asked for. The value is the word in JSON, log and case.toml."""

    NIR = "nir"
    BANK_DETAILS = "bank_details"
    CARD = "card"
    CREDENTIALS = "credentials"
    ONE_TIME_CODE = "one_time_code"
    FISCAL_NUMBER = "fiscal_number"
    MEDICAL = "medical"
    IDENTITY_PAPERS = "identity_papers"
    PAYMENT = "payment"
    CALL_BACK = "call_back"
    LINK = "link"
    ATTACHMENT = "attachment"
    FORM = "form"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Promise:
    """One published promise: the asks it rules out, its words and its source in French and English.

    `about`: beginnings of folded words; where there are some, the promise is only about asks that say one.
    """

    kinds: frozenset[AskKind]
    text: str
    text_en: str
    source: str
    source_en: str
    date: datetime.date
    about: tuple[str, ...] = ()

    def rules_out(self, kind: AskKind, words: str) -> bool:
        """Whether it is about such an ask by who says these folded words, each with a blank before it."""
        if kind not in self.kinds:
            return False
        return not self.about or any(f" {beginning}" in words for beginning in self.about)

    def said(self, language: str) -> tuple[str, str]:
        """Its words and its source in this language."""
        return (self.text, self.source) if language == "fr" else (self.text_en, self.source_en)
