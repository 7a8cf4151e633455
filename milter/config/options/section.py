"""What have all sections in common? Pure."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from milter.config.address import check_domain

HostName = Annotated[str, AfterValidator(check_domain)]


def written(pattern: str, wanted: str) -> AfterValidator:
    """Text that the pattern describes; what does not is a problem in these words, not in those of a regex."""
    form = re.compile(pattern)

    def check(text: str) -> str:
        if not form.fullmatch(text):
            raise ValueError(f"{wanted}, not {text!r}")
        return text

    return AfterValidator(check)


class Section(BaseModel):
    """Frozen; an option that is not known is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
