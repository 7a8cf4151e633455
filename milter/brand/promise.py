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
    """One published promise: the asks it rules out, its words in French and English, its source."""

    kinds: frozenset[AskKind]
    text: str
    text_en: str
    source: str
    date: datetime.date
