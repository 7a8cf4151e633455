"""What is remembered of every mail, also of those that went on? Pure."""

from typing import Literal

from pydantic import Field

from milter.config.options.section import Section


class TraceConfig(Section):
    """[trace]: what is remembered of every mail, so that "what became of this message?" has an answer."""

    keep_days: int = Field(
        7,
        ge=0,
        le=90,
        description="Days for which it is known of every mail, also of those that went on, when it came, "
        "from whom, for whom, what was believed of it, and what its sender heard; never its subject or text. "
        "As long as people ask. Counts without addresses are kept 400 days, for the report. 0: neither.",
    )
    recipients: Literal["full", "domain", "none"] = Field(
        "full",
        description="How much is kept of who a mail was for: the addresses, which an admin is asked about; "
        "only their domains; or none.",
    )
