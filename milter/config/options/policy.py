"""What is done for each finding? Pure."""

from typing import Annotated, Literal

from pydantic import Field

from milter.config.language import Language
from milter.config.options.section import HostName, Section, written

# It goes into a header field: a line break would begin another one.
SubjectTag = Annotated[str, written(r"[^\x00-\x1f\x7f]*", "must stand on one line")]


class PolicyConfig(Section):
    """[policy]: what is done for each finding."""

    observe_only: bool = Field(
        False,
        description="Hold nothing back: what would be quarantined, rejected or deferred is tagged and "
        "delivered. For the first weeks.",
    )
    suspect: Literal["pass", "tag", "quarantine", "reject"] = Field(
        "tag",
        description="For a mail that says it is the organisation, cannot prove it, and asks for nothing, or "
        "that only tells what it does and wants something: it may be honest, so the reader is warned.",
    )
    impersonation: Literal["tag", "quarantine", "reject"] = Field(
        "quarantine",
        description="For a mail that says it is the organisation, cannot prove it, and wants something. "
        "Quarantine, because a reject tells the fraudster and cannot be taken back.",
    )
    undecided: Literal["tag", "quarantine", "defer"] = Field(
        "defer",
        description="For a mail whose proof could not be looked up. Defer: the sender keeps it and comes "
        "again when DNS answers.",
    )
    subject_tag: SubjectTag = Field(
        "[Hameçonnage ?]",
        max_length=60,
        description="Put before the subject of a tagged mail. Empty: the subject is left alone.",
    )
    language: Language = Field(
        "fr",
        description="The language of the sentence in X-Vigimel-Reason, of the quarantine and of the "
        "command line: fr or en.",
    )
    authserv_id: HostName = Field(
        "",
        description="The name under which results are written in Authentication-Results (RFC 8601 section "
        "2.5). Fields that already carry it are forged and removed. Empty: [smtp] hostname.",
    )
