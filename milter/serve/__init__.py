"""How is it all put together, started and stopped? The only composer.

Four kinds of processes: the supervisor starts and watches the others (`milter.workers.watch`), the workers
take mail, the keeper does what must be done once, however many workers there are, and the reader forks the
children that read files, where they can be killed. They share listening sockets, the counts of connections
and the quarantine, nothing else. Raises ConfigError before mail comes in, with every problem; nothing after
that.
"""

from milter.serve.gateway import Announce, serve
from milter.serve.parts import build_next_hop, prepare, prepare_judge

__all__ = ["Announce", "build_next_hop", "prepare", "prepare_judge", "serve"]
