"""What stands in a file of facts or words beside the configuration? Brands, asks, claim.toml, wording.

Raises ConfigError, with every problem of the file at once.
"""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from milter.errors import ConfigError


class FileTable(BaseModel):
    """A table of such a file, frozen; a key that is not known is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_T = TypeVar("_T", bound=FileTable)
# What an update brings to who has a copy of such a file, in words that say what to do about it.
_SAID = {
    "missing": "missing; take it over from the shipped files, which say what it is",
    "extra_forbidden": "unknown; the shipped files have it no more, or never had",
}


def read_table(path: Path, form: type[_T], parse: Callable[[str], dict[str, Any]] = tomllib.loads) -> _T:
    """The TOML file at `path` as a table of this form; `parse` reads TOML.

    Raises ConfigError, a sentence for each problem: the file, the key (entries of a list are counted from
    1), what is wrong.
    """
    try:
        return form.model_validate(parse(path.read_text("utf-8")))
    except ValidationError as error:
        raise ConfigError([_sentence(path, problem) for problem in error.errors()]) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError([f"{path}: {error}"]) from None


def _sentence(path: Path, problem: ErrorDetails) -> str:
    key = ".".join(str(step + 1 if isinstance(step, int) else step) for step in problem["loc"])
    return f"{path}: {key}: {_SAID.get(problem['type'], problem['msg'])}"
