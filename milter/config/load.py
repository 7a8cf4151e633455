"""What did the operator write? Reads the file and reports every problem at once, with its line.

Raises ConfigError.
"""

import difflib
import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from milter.config.agreement import disagreements
from milter.config.lines import line_of
from milter.config.options import Config
from milter.config.paths import resolve, shipped
from milter.config.places import place_problems
from milter.config.problem import Problem, user
from milter.errors import ConfigError

__all__ = ["find", "load", "shipped"]

_SYSTEM = Path("/etc/vigimel/vigimel.toml")

Table: TypeAlias = dict[str, Any]


def find() -> Path:
    """The file that is read when none is named: the system's, else the shipped one."""
    try:
        return _SYSTEM if _SYSTEM.exists() else shipped()
    except PermissionError:
        # Its directory is closed to who asks; to read it says so.
        return _SYSTEM


def load(path: Path, *, to_serve: bool = True, examine: Callable[[Config], object] | None = None) -> Config:
    """The configuration in a file, paths absolute.

    Raises ConfigError with every problem, each as `file:line: key: sentence`. With `to_serve=False` the
    places where mail is written or listened for are not looked at, only what judging a mail needs.
    `examine` is called with the configuration, for what needs it; its ConfigError joins the others.
    """
    text = _read(path)
    table = _parse(path, text)
    config, problems = _validate(table)
    config = resolve(config, path.resolve().parent)
    wrong = {problem.key for problem in problems}
    found = [*(disagreements(config) if to_serve else ()), *place_problems(config, to_serve=to_serve)]
    problems += [problem for problem in found if problem.key not in wrong]
    located = sorted((line_of(text, problem.key) or 0, problem) for problem in problems)
    sentences = [_sentence(path, line, problem) for line, problem in located]
    if examine and not any(problem.key[0] == "judge" for problem in problems):
        sentences += _problems_of(examine, config)
    if sentences:
        raise ConfigError(sentences)
    return config


def _problems_of(examine: Callable[[Config], object], config: Config) -> tuple[str, ...]:
    try:
        examine(config)
    except ConfigError as error:
        return error.problems
    return ()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except PermissionError as error:
        sentence = f"cannot be read by {user()}: {error.strerror}; root may, and the user of the gateway must"
        raise ConfigError([f"{path}: {sentence}"]) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError as error:
        raise ConfigError([f"{path}: is not UTF-8 at byte {error.start}"]) from None


def _parse(path: Path, text: str) -> Table:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # The line is only in the sentence, as in: Invalid value (at line 3, column 12).
        sentence, _, place = str(error).partition(" (at line ")
        line = place.partition(",")[0]
        where = f"{path}:{line}" if line.isdigit() else str(path)
        raise ConfigError([f"{where}: not TOML: {_in_words(sentence)}"]) from None


def _in_words(sentence: str) -> str:
    """What tomllib says, and what there is to be done about slips of every day."""
    if sentence.startswith("Cannot declare"):
        section = ".".join(re.findall(r"'([^']*)'", sentence))
        return f"[{section}] stands here for the second time; put its options below the first"
    if sentence == "Cannot overwrite a value":
        return "this option is set above already"
    if sentence.startswith(("Invalid value", "Expected newline")):
        return f'{sentence}; text needs "quotation marks", yes and no are true and false'
    return sentence


def _validate(table: Table) -> tuple[Config, list[Problem]]:
    """The configuration with defaults in the place of what is wrong, and what is wrong."""
    problems: list[Problem] = []
    while True:
        try:
            # Through JSON, because strict validation of Python values takes no list for a tuple, no
            # text for a path; and not strict would take "yes" for true.
            return Config.model_validate_json(json.dumps(table, default=str)), problems
        except ValidationError as error:
            found = error.errors(include_url=False)
            problems += [Problem(_key(detail), _what_is_wrong(detail)) for detail in _causes(found)]
            table = _without(table, {_key(detail) for detail in found})


def _causes(found: list[ErrorDetails]) -> list[ErrorDetails]:
    """Without the consequences: a list is also too short when all that stands in it is wrong."""
    wrong = {_key(detail) for detail in found if detail["type"] != "too_short"}
    return [detail for detail in found if detail["type"] != "too_short" or _key(detail) not in wrong]


def _without(table: Table, keys: set[tuple[str, ...]]) -> Table:
    """The table without what was wrong in it. Only what stands in it is validated, so rounds end."""
    kept: Table = {}
    for section, options in table.items():
        if (section,) in keys:
            continue
        kept[section] = {k: v for k, v in options.items() if (section, k) not in keys}
    return kept


def _key(detail: ErrorDetails) -> tuple[str, ...]:
    return tuple(str(part) for part in detail["loc"][:2])


def _what_is_wrong(detail: ErrorDetails) -> str:
    key = _key(detail)
    given = json.dumps(detail["input"], ensure_ascii=False, default=str)
    given = given if len(given) <= 80 else given[:80] + "..."
    match detail["type"]:
        case "extra_forbidden":
            return _unknown(key)
        case "value_error":
            return str(detail["ctx"]["error"])
        case "too_short":
            return "must not be empty"
        case "bool_type":
            return f"must be true or false, without quotation marks, not {given}"
        case "tuple_type":
            return f"must be a list in brackets, as in [{given}], not {given}"
        case "model_type" | "dataclass_type":
            return f"is a section: write [{key[0]}] on a line and its options below"
        case _:
            return f"{detail['msg'][0].lower()}{detail['msg'][1:]}, not {given}"


def _unknown(key: tuple[str, ...]) -> str:
    sections = Config.model_fields
    if len(key) == 1:
        return f"unknown section{_did_you_mean(key[0], list(sections))}"
    section = sections[key[0]].annotation
    names = list(getattr(section, "model_fields", {}))
    return f"unknown option{_did_you_mean(key[1], names)}"


def _did_you_mean(word: str, words: list[str]) -> str:
    near = difflib.get_close_matches(word, words, n=1)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(words)}"


def _sentence(path: Path, line: int, problem: Problem) -> str:
    where = f"{path}:{line}" if line else str(path)
    return f"{where}: {'.'.join(problem.key)}: {problem.sentence}"
