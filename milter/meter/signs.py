"""What does each process show of itself? That it lives, takes mail, and was answered by the next hop.

Times are of the clock that all processes of a machine share (CLOCK_MONOTONIC), and are not exposed.
"""

import time
from enum import StrEnum

from milter.meter.figure import Gauge, Timer


class Stamp(Gauge):
    """When something was last; 0 where it never was."""

    kind = "untold"

    def now(self) -> None:
        """It is so now."""
        self.set(time.monotonic())


class Stage(StrEnum):
    """What a mail passes through. A mail without a claim ends after the first look."""

    READ = "read"  # from our 354 to the end of its text: the client's pace
    CLAIM = "claim"  # reading it, and who it says it is
    ASK = "ask"  # what it wants
    LOOK = "look"  # both, with the wait for the child that opens its files
    PROOF = "proof"  # signatures, with the DNS
    WHOLE = "whole"  # the three questions together
    HOLD = "hold"  # until it is on the disk of the quarantine
    RELAY = "relay"  # from DATA to the next hop's answer to the final dot


READY = Gauge("vigimel_workers_ready", "Worker processes that take mail.")
DRAINING = Gauge("vigimel_workers_draining", "Worker processes that only end what they have begun.")
BEAT = Stamp("beat", "When the process last said that it is well.")
HOP_ANSWERED = Stamp("hop_answered", "When a next hop last answered.")
HOP_FAILED = Stamp("hop_failed", "When no next hop could be reached.")
STAGES = Timer("vigimel_stage_seconds", "Seconds that a mail spends in a stage.", stage=Stage)
WAITING = Gauge("vigimel_looks_waiting", "Mails that wait for a child process to open their files.")
AT_WORK = Gauge("vigimel_looks_at_work", "Mails that a child process is reading.")
