"""Does CI=true leave nothing out?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

LEFT_OUT = {
    "in a test": "import pytest\ndef test_x(): pytest.skip('no')\n",
    "by a mark": "import pytest\n@pytest.mark.skip\ndef test_x(): pass\n",
    "for a missing program": "import pytest\n@pytest.mark.needs('no-such-program')\ndef test_x(): pass\n",
    "as a whole module": "import pytest\npytest.skip('no', allow_module_level=True)\n",
}


def ends_with(tmp_path: Path, text: str, ci: str) -> int:
    """The exit status of pytest on a module of this text."""
    module = tmp_path / "test_module.py"
    module.write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", "-p", "tests.conftest", str(module)]
    environment = {**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, capture_output=True, check=False, cwd=tmp_path).returncode


@pytest.mark.parametrize("text", LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_is_left_out_is_a_failure_in_ci_and_none_elsewhere(tmp_path: Path, text: str) -> None:
    assert ends_with(tmp_path, text, "true") in (1, 2)
    # 5: no test was collected, which is what a module that left itself out comes to.
    assert ends_with(tmp_path, text, "") in (0, 5)


def test_an_expected_failure_is_not_left_out(tmp_path: Path) -> None:
    text = "import pytest\n@pytest.mark.xfail(strict=True)\ndef test_x(): assert False\n"

    assert 0 == ends_with(tmp_path, text, "true")
