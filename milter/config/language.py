"""Which languages do we speak, to admins and to recipients?"""

from typing import Literal, TypeAlias, get_args

Language: TypeAlias = Literal["fr", "en"]
LANGUAGES: tuple[str, ...] = get_args(Language)
