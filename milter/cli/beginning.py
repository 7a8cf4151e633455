"""Where does an admin begin? Writes the shipped configuration, each option explained, to a place of his."""

from pathlib import Path

from milter.cli.terminal import fail, say
from milter.cli.texts import TEXTS
from milter.config import load, shipped

_DIRECTORY = '#directory = "../var"'


def write_config(path: Path, state: Path, language: str) -> None:
    """Make `path`, with `state` as the directory that is written to; what stands there is left alone."""
    text = shipped().read_text("utf-8")
    text = text.replace(_DIRECTORY, f"directory = {_quoted(str(state.absolute()))}", 1)
    text = text.replace('#language = "fr"', f'language = "{language}"', 1)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        fail(1, TEXTS[language]["config_there"].format(path=path))
    except OSError as error:
        fail(1, f"{path}: {error.strerror}")
    load(path, to_serve=False)
    say(TEXTS[language]["config_written"].format(path=path))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
