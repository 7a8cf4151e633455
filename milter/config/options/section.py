"""What have all sections in common? Pure."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from milter.config.address import check_domain

HostName = Annotated[str, AfterValidator(check_domain)]


class Section(BaseModel):
    """Frozen; an option that is not known is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
