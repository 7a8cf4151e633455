"""What is worth remembering from mail to mail? Answers to short questions, so many and no more.

Pure. `functools.lru_cache` counts questions and not their length: some thousand mails, each with a style or a
host of 60 KB, would fill hundreds of megabytes and leave nothing of use there.
"""

from collections.abc import Callable, Sized
from functools import lru_cache, wraps
from typing import TypeVar

Asked = TypeVar("Asked", bound=Sized)
Answer = TypeVar("Answer")


def remembered(count: int, longest: int) -> Callable[[Callable[[Asked], Answer]], Callable[[Asked], Answer]]:
    """Keep the last `count` answers of a function; a longer question is answered anew each time."""

    def keeping(function: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
        known = lru_cache(maxsize=count)(function)

        @wraps(function)
        def answer(asked: Asked) -> Answer:
            # mypy takes the arguments of what lru_cache returns for any hashable.
            return known(asked) if len(asked) <= longest else function(asked)  # type: ignore[arg-type]

        return answer

    return keeping
