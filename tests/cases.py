"""The mails in tests/mails: what each one shows, and what must be found in it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

MAILS = Path(__file__).parent / "mails"


@dataclass(frozen=True, slots=True)
class Case:
    """One folder: `finding` holds the findings that are right, `asks` the kinds that must be seen.

    `needs`: programs without which it cannot be read as it should.
    `asks_not_seen`: kinds that are in the mail and that we do not see yet.
    `made`: the set it came with.
    """

    name: str
    path: Path
    kind: str
    theme: str
    finding: tuple[str, ...]
    asks: frozenset[str]
    holdout: bool
    known_wrong: str
    needs: frozenset[str] = frozenset()
    asks_not_seen: frozenset[str] = frozenset()
    made: str = ""

    @property
    def raw(self) -> bytes:
        """The mail as it arrives: the path itself, or the message beside the case.toml of a folder."""
        return (self.path / "message.eml" if self.path.is_dir() else self.path).read_bytes()


def read_cases(directory: Path = MAILS) -> tuple[Case, ...]:
    """Every folder below `directory` that holds a case.toml, in order of names."""
    return tuple(_read(path.parent) for path in sorted(directory.glob("**/case.toml")))


def _read(folder: Path) -> Case:
    table = tomllib.loads((folder / "case.toml").read_text("utf-8"))
    finding = table["finding"]
    return Case(
        name=folder.name,
        path=folder,
        kind=table["kind"],
        theme=table.get("theme", "other"),
        finding=(finding,) if isinstance(finding, str) else tuple(finding),
        asks=frozenset(table.get("asks", ())),
        holdout=bool(table.get("holdout", False)),
        known_wrong=table.get("known_wrong", ""),
        needs=frozenset(table.get("needs", ())),
        asks_not_seen=frozenset(table.get("asks_not_seen", ())),
        made=table.get("made", ""),
    )
