"""Is every post filled? The processes of one configuration, each started again when it ends.

One that dies at once is started again later and later: what ails it (a full disk, a broken file) would
else take the machine with it.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from milter import maillog
from milter.workers.forked import Forked, Role

# Who lived as long did not die of its start.
_STEADY_SECONDS = 10.0
_FIRST_DELAY, _LONGEST_DELAY = 0.1, 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What a configuration comes to. The first role is started alone, the others once it is ready."""

    roles: tuple[Role, ...]
    drain_seconds: float


@dataclass(slots=True)
class _Post:
    role: Role
    process: Forked | None = None
    not_before: float = 0.0
    delay: float = 0.0


@dataclass(slots=True)
class Crew:
    """The posts of a plan."""

    plan: Plan
    problems: list[str] = field(default_factory=list)
    has_failed: bool = False
    has_taken_over: bool = False
    _posts: list[_Post] = field(init=False)

    def __post_init__(self) -> None:
        self._posts = [_Post(role) for role in self.plan.roles]

    @property
    def processes(self) -> Iterator[Forked]:
        """Those that live."""
        return (post.process for post in self._posts if post.process is not None)

    @property
    def is_ready(self) -> bool:
        """True where every post is filled by one that has said so."""
        return all(post.process is not None and post.process.is_ready for post in self._posts)

    @property
    def is_at_length(self) -> bool:
        """True where the start of one takes as long as it takes."""
        return any(process.is_at_length for process in self.processes)

    def fill(self, fork: Callable[[Role], Forked]) -> None:
        """Start whoever is missing and may be started now."""
        now = time.monotonic()
        for post in self._posts:
            if post.process is None and post.not_before <= now:
                try:
                    post.process = fork(post.role)
                except OSError as error:
                    maillog.not_started(post.role.name, error.strerror or str(error))
                    self._wait(post, now)
            is_ready = post.process is not None and post.process.is_ready
            if post is self._posts[0] and not (is_ready or self.has_taken_over):
                return

    def next_start(self) -> float | None:
        """When somebody is to be started again (monotonic); None where nobody waits."""
        return min((post.not_before for post in self._posts if post.process is None), default=None)

    def lost(self, process: Forked) -> bool:
        """Note that a process has ended; False where it was none of ours."""
        for post in self._posts:
            if post.process is process:
                post.process = None
                self.problems += process.problems
                self.has_failed |= not process.is_ready
                now = time.monotonic()
                if now - process.started > _STEADY_SECONDS:
                    post.delay = 0.0
                self._wait(post, now)
                return True
        return False

    def _wait(self, post: _Post, now: float) -> None:
        post.not_before = now + post.delay
        post.delay = min(max(_FIRST_DELAY, post.delay * 2), _LONGEST_DELAY)
