"""The command `vigimel`, with fail points: python -m tests.crash.armed DIRECTORY COMMAND...

A file in the directory, named as a fail point, says how the next process that comes there fails.
"""

import sys
from pathlib import Path

import milter.workers.crew
from milter.cli.app import main
from tests.crash.points import install

if __name__ == "__main__":
    install(Path(sys.argv.pop(1)))
    # A worker that dies young is started again later and later: not here, where it is meant to die.
    milter.workers.crew._STEADY_SECONDS = 0.0
    main()
