"""Where does the gateway write, how many processes work, what is logged? Pure."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from milter.config.options.section import Section


class StateConfig(Section):
    """[state]: where Vigimel writes."""

    directory: Path = Field(
        Path("../var"),
        description="Everything Vigimel writes is below this directory, which it makes when it is missing. "
        "A relative path starts at the directory of this file.",
    )


class ServiceConfig(Section):
    """[service]: the processes that do the work."""

    workers: int = Field(
        0,
        ge=0,
        le=64,
        description="Processes that take mail, each on a core of its own. 0: one for each core. Beside them "
        "run a supervisor, the keeper (quarantine, review page, reports) and the reader, each about as "
        "large as an idle worker. The reader forks children, as needed, that read files, long texts and the "
        "mails shown on the review page: two for each worker and two for the keeper at most.",
    )


class LogConfig(Section):
    """[log]: what is written, on standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info",
        description="The least level written. At info there is one line for each thing that happens to a "
        "mail, and never a word of its content.",
    )
    format: Literal["text", "json"] = Field(
        "text",
        description="How a line is written. text: key=value, for people and grep. json: one object a line, "
        "for programs that collect logs. The events are the same; deploy/monitoring/log-events.md lists "
        "them.",
    )
