"""A process that holds mail after mail and says so, until it is killed."""

import asyncio
import os
import sys
from pathlib import Path

from milter.quarantine.store import Store
from tests.quarantine.mails import mail


async def main() -> None:
    store = await Store.open(Path(sys.argv[1]))
    number = 0
    while True:
        raw = b"%d " % number + os.urandom(30_000)
        mail_id = await store.hold(mail(raw=raw))
        sys.stdout.write(f"{mail_id}\n")
        sys.stdout.flush()
        number += 1


asyncio.run(main())
