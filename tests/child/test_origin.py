"""Does the process that children come from go as quietly as it came?"""

import subprocess
import sys

# The ends are closed, and the signal comes a little later each time: while it closes its loop, too.
CLOSE_OFTEN = """
import asyncio, time
from milter.child.origin import Origin

async def close_often():
    for number in range(100):
        origin = Origin()
        origin.start()
        await asyncio.sleep(0.06)
        origin.only_asks()
        origin.only_serves()
        time.sleep(number % 30 * 0.0001)
        origin.close()

asyncio.run(close_often())
"""


def test_it_says_nothing_where_it_is_told_twice_to_go() -> None:
    """Python complains of a signal that comes between the end of a loop and the end of its handlers."""
    done = subprocess.run(
        [sys.executable, "-c", CLOSE_OFTEN], check=False, capture_output=True, text=True, timeout=120
    )

    assert done.returncode == 0
    assert done.stderr == ""
