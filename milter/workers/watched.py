"""What is watched, and how long may it take? What the watcher asks of the gateway, and the times it keeps."""

from dataclasses import dataclass
from typing import Protocol

from milter.workers.crew import Plan
from milter.workers.forked import Role


class StartError(Exception):
    """The processes did not come up; the log says what they died of."""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds: a process is not well after `late`, is killed after `hung`; `margin` for the last goodbye."""

    late: float = 10.0
    hung: float = 30.0
    margin: float = 5.0
    start: float = 60.0


USUAL = Times()


class Watched(Protocol):
    """What is watched: where the processes come from, and who hears of them."""

    def plan(self) -> Plan:
        """What the configuration of now comes to; ConfigError where it is wrong."""

    def took_over(self, plan: Plan) -> None:
        """The processes of this plan are all at work."""

    def gave_up(self, plan: Plan) -> None:
        """The processes of this plan did not come up; those before go on."""

    def in_child(self, role: Role) -> None:
        """Put away what belongs to the watcher; called in each new process."""

    def ended(self, number: int) -> None:
        """The process of this number is no more."""

    def closing(self) -> None:
        """The service ends: nothing new comes in by the watcher's hand."""
