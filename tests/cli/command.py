"""Run the command as an admin does: in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

VIGIMEL = (sys.executable, "-m", "milter")

FRAUD = b"""\
From: "Votre Assurance Maladie" <service@remboursement.example>\r
To: someone@town-hall.example\r
Subject: Votre remboursement\r
Date: Tue, 3 Feb 2026 10:00:00 +0100\r
Message-ID: <1@remboursement.example>\r
Content-Type: text/plain; charset=utf-8\r
Content-Transfer-Encoding: 8bit\r
\r
Bonjour,\r
\r
Votre Assurance Maladie vous informe qu'un remboursement de 214,70 euros vous attend.\r
Veuillez renseigner votre RIB et votre num\xc3\xa9ro de carte bancaire pour le recevoir.\r
\r
L'Assurance Maladie\r
"""
ORDINARY = b"""\
From: Lucie <lucie@firm.example>\r
To: someone@town-hall.example\r
Subject: Lunch\r
Date: Tue, 3 Feb 2026 10:00:00 +0100\r
Message-ID: <2@firm.example>\r
\r
See you at noon.\r
"""


def run(
    *arguments: str | Path, standard_input: bytes = b"", environment: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """The ended process; its output is UTF-8."""
    done = subprocess.run(
        [*VIGIMEL, *map(str, arguments)],
        input=standard_input,
        capture_output=True,
        timeout=120,
        env={**os.environ, **(environment or {})},
        check=False,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def reports(lines: str) -> Sequence[dict[str, Any]]:
    """What `--json` wrote."""
    return [json.loads(line) for line in lines.splitlines()]
