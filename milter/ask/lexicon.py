"""Which words ask, and which only speak of it? Reads config/asks/*.toml, and what is learnt beside them.

Raises ConfigError, with every problem of every file at once.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field

from milter.ask.canonical import Spelled, looks
from milter.ask.finder import Table, finder
from milter.ask.known import Known
from milter.ask.language import Language
from milter.ask.language_file import Compiled, LanguageFile
from milter.ask.links import LinkWords
from milter.ask.numbers import Tariff, TariffClass
from milter.ask.paraphrase import ParaphraseFile, Paraphrases
from milter.ask.parser import Parser
from milter.ask.phrase import PhraseError, compile_phrase
from milter.ask.stems import Stems, StemsFile
from milter.ask.triggers import Triggers, WordSearch
from milter.config.data_file import FileTable, read_table
from milter.errors import ConfigError
from milter.mail.domain import Domain

_T = TypeVar("_T")
_F = TypeVar("_F", bound=FileTable)
_LONG_ENOUGH_TO_MISSPELL = 7


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All that is known of asking. `triggers` finds the words in the looks of a text without which no
    line of it asks; `quoting` the phrases of all languages beside which a quotation is another's words,
    `verdicts` those of a sentence that says so of the one before it, `refusals` after a question;
    `spellings` gives for a word the one that is meant; `paraphrases` read what no phrase has, if anything
    was learnt; `stems` what is named in a language that no file is of."""

    languages: tuple[Language, ...]
    links: LinkWords
    tariffs: tuple[Tariff, ...]
    triggers: Triggers
    quoting: Table[None]
    verdicts: Table[None]
    refusals: Table[None]
    dangling: frozenset[str]
    spellings: Spelled
    parser: Parser
    paraphrases: tuple[Paraphrases, ...] = ()
    stems: Stems = field(default_factory=lambda: Stems(StemsFile()))


def _domain(text: str) -> str:
    domain = Domain.parse(text)
    if domain is None:
        raise ValueError(f"{text!r} is not a domain")
    return domain.name


_DomainText = Annotated[str, AfterValidator(_domain)]


class _Wrapper(FileTable):
    host: _DomainText
    parameter: str


class _LinksFile(FileTable):
    furniture: tuple[str, ...] = Field(min_length=1)
    action: tuple[str, ...] = Field(min_length=1)
    few: int = Field(ge=0, le=100)
    public: tuple[_DomainText, ...] = ()
    social: tuple[_DomainText, ...] = ()
    wrapper: tuple[_Wrapper, ...] = ()

    def compiled(self) -> LinkWords:
        furniture, action = finder(self.furniture), finder(self.action)
        return LinkWords(
            furniture=furniture,
            action=action,
            hints=WordSearch([action, furniture]),
            few=self.few,
            public=frozenset(self.public),
            social=frozenset(self.social),
            wrappers=_by_host(self.wrapper),
        )


def _by_host(wrappers: Iterable[_Wrapper]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for wrapper in wrappers:
        found[wrapper.host] = (*found.get(wrapper.host, ()), wrapper.parameter)
    return MappingProxyType(found)


class _Tariff(FileTable):
    prefixes: tuple[Annotated[str, Field(pattern=r"^(\+[0-9]{0,6}|[0-9]{1,6})$")], ...] = Field(min_length=1)
    tariff_class: TariffClass = Field(alias="class")


class _TariffsFile(FileTable):
    source: str = Field(min_length=1)
    tariff: tuple[_Tariff, ...] = Field(min_length=1)

    def compiled(self) -> tuple[Tariff, ...]:
        return tuple(Tariff(prefix, t.tariff_class) for t in self.tariff for prefix in t.prefixes)


def load_lexicon(path: Path) -> Lexicon:
    """The lexicon of a directory: links.toml, tariffs.toml, stems.toml where there is one, and one file a
    language beside them; files of `make asking` below, in learnt.
    """
    problems: list[str] = []
    links = _read(path / "links.toml", _LinksFile, _LinksFile.compiled, problems)
    tariffs = _read(path / "tariffs.toml", _TariffsFile, _TariffsFile.compiled, problems)
    stems = StemsFile()
    if (path / "stems.toml").exists():
        stems = _read(path / "stems.toml", StemsFile, lambda file: file, problems) or stems
    apart = {path / name for name in ("links.toml", "tariffs.toml", "stems.toml")}
    files = sorted(set(path.glob("*.toml")) - apart)
    found = [_read(file, LanguageFile, LanguageFile.compiled, problems) for file in files]
    compiled = tuple(one for one in found if one is not None)
    compile_phrase.cache_clear()
    paraphrases = [
        _read(file, ParaphraseFile, Paraphrases, problems) for file in sorted(path.glob("learnt/*.toml"))
    ]
    if not files:
        problems.append(f"{path}: no language file (fr.toml) here")
    if problems or links is None or tariffs is None:
        raise ConfigError(problems)
    return _lexicon(compiled, links, tariffs, tuple(filter(None, paraphrases)), Stems(stems))


def _lexicon(
    compiled: tuple[Compiled, ...],
    links: LinkWords,
    tariffs: tuple[Tariff, ...],
    paraphrases: tuple[Paraphrases, ...],
    stems: Stems,
) -> Lexicon:
    """What was read, put together for all languages."""
    languages = tuple(one.language for one in compiled)
    dangling = frozenset().union(*(language.dangling for language in languages))
    triggers = Triggers(frozenset().union(*(one.triggers for one in compiled)))
    spellings = _spellings(frozenset().union(*(one.vocabulary for one in compiled)))
    known = Known(frozenset().union(*(one.known for one in compiled)), spellings)
    verdicts = tuple(text for one in compiled for text in one.verdicts)
    return Lexicon(
        languages=languages,
        links=links,
        tariffs=tariffs,
        triggers=triggers,
        quoting=finder(text for one in compiled for text in one.quoting),
        verdicts=finder(verdicts),
        refusals=finder((*verdicts, *(text for one in compiled for text in one.refusals))),
        dangling=dangling,
        spellings=Spelled(spellings),
        parser=Parser(languages, known),
        paraphrases=paraphrases,
        stems=stems,
    )


def _read(file: Path, form: type[_F], compiled: Callable[[_F], _T], problems: list[str]) -> _T | None:
    try:
        return compiled(read_table(file, form))
    except ConfigError as error:
        problems += error.problems
    except PhraseError as error:
        problems.append(f"{file}: {error}")
    return None


def _spellings(vocabulary: Iterable[str]) -> Mapping[str, str]:
    words = sorted(word for word in vocabulary if len(word) > 2)
    # Doubled letters are what people spell wrong: `transmetre`, `comuniquer`. A word of its own stays itself.
    single = {_single(looks(word)): word for word in words if len(word) >= _LONG_ENOUGH_TO_MISSPELL}
    # Of two words that look alike (`ils`, `lis`) each stays what it is.
    alike = Counter(map(looks, words))
    meant = single | {looks(word): word for word in words}
    return MappingProxyType({seen: word for seen, word in meant.items() if alike[seen] < 2})


def _single(word: str) -> str:
    return "".join(letter for letter, _ in itertools.groupby(word))
