"""What do tests see of the processes of a gateway?"""

import os
import subprocess

from tests.serving import children, eventually, lives


def test_a_process_that_has_ended_is_no_child_though_nobody_has_asked_how() -> None:
    """Else a test that has waited for the end of one would now and then find it still there."""
    with subprocess.Popen(["true"]) as ended:
        eventually(lambda: not lives(ended.pid))

        assert ended.pid not in children(os.getpid())
