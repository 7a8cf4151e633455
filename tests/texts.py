"""The texts of tests/sentences, from which `make asking` learns."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from milter.ask.paraphrase import passage_terms, words_said

_SENTENCES = Path(__file__).parent / "sentences"


@dataclass(frozen=True, slots=True)
class Text:
    """A text, whether it wants something, and what it wants or names; None where that is not known."""

    text: str
    wants: bool
    kinds: frozenset[str] | None
    bank: str

    @property
    def terms(self) -> list[str]:
        """Its terms."""
        (said,) = words_said([self.text])
        return sorted(passage_terms(said, self.text))


def read_texts() -> Iterator[Text]:
    """The texts of tests/sentences."""
    for path in sorted(_SENTENCES.glob("*.tsv")):
        for line in path.read_text("utf-8").splitlines():
            how, kinds, text = line.split("\t")
            known = None if kinds == "?" else frozenset(kinds.split(",")) - {"none"}
            yield Text(text.replace("\\n", "\n"), how == "wants", known, path.stem)
