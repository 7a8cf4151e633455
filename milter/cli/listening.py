"""Is it free where the gateway wants to listen? One more check of `vigimel doctor`, which changes nothing."""

import errno
import os

from milter.cli.running import open_files_of_service
from milter.cli.surroundings import Check, Checked, State, Texts
from milter.config import Config
from milter.config.address import HostPort
from milter.errors import ConfigError
from milter.intake.listen import Listeners, Wanted, wanted_by

TEXTS = {
    "fr": {
        "listening": "adresses d'écoute",
        "listening_runs": "une passerelle tourne",
        "listening_free": "libres : {places}",
        "listening_none": "aucune adresse TCP",
        "listening_taken": "{places} ; rien à faire si c'est cette passerelle, sous un autre compte",
    },
    "en": {
        "listening": "addresses listened on",
        "listening_runs": "a gateway is running",
        "listening_free": "free: {places}",
        "listening_none": "no TCP address",
        "listening_taken": "{places}; nothing to do where that is this gateway, as another user",
    },
}


async def listening(config: Config, text: Texts) -> Checked:
    """Could it listen there now? Asked while none of this user runs; a port of root's is not tried."""
    if open_files_of_service() is not None:
        return State.OK, text["listening_runs"]
    # A Unix socket is made anew at each start, and would belong to who asks.
    wanted = [one for one in wanted_by(config) if isinstance(one.address, HostPort)]
    taken = [problem for one in wanted for problem in _problems(one)]
    if taken:
        return State.NOTE, text["listening_taken"].format(places="; ".join(taken))
    if not wanted:
        return State.OK, text["listening_none"]
    return State.OK, text["listening_free"].format(places=", ".join(one.text for one in wanted))


def _problems(wanted: Wanted) -> list[str]:
    listeners = Listeners()
    try:
        listeners.open([wanted])
    except ConfigError as error:
        # The unit of systemd gives the right to what root alone may open.
        return [one for one in error.problems if not one.endswith(os.strerror(errno.EACCES))]
    listeners.keep(())
    return []


CHECKS: dict[str, Check] = {"listening": listening}
