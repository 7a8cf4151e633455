"""How do people want something of others, in words that no phrase has? Writes config/asks/learnt/fr.toml.

    python -m tests.asking [--check]

Learns from tests/sentences: texts that want something of their reader (`wants`) and such as only name it
(`names`), with what that is (`?` where nobody wrote it down). `--check` writes nothing, and says for each
file how much of it the lexicon finds, and how much what is learnt from all others.
"""

import argparse
import tempfile
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from milter.ask.lexicon import load_lexicon
from milter.ask.paraphrase import ParaphraseFile, Paraphrases
from milter.ask.text import find_demands
from milter.brand.promise import AskKind
from milter.config.data_file import read_table
from tests.texts import Text, read_texts

_ASKS = Path("config/asks")
_OUT = _ASKS / "learnt/fr.toml"
# A term must stand in so many texts. Chosen by --check, as is _C.
_FEWEST_TEXTS = 3
_C, _C_SPARSE = 30.0, 5.0
# How sure it must be (a logarithm of odds, in thousandths) that something is wanted, and what.
_WANTING, _NAMING = 1800, 1000
# What says less is left out of what a passage names.
_LEAST = 60
_SCALE = 1000
_HEAD = f"""\
# What is wanted in words that no phrase of the lexicon has. Written by `make asking`, which learns it from
# tests/sentences; not by hand.
#
# Logistic regressions. A term is a folded word ("#": one with a digit, "url" and "mail": an address, "?": the
# passage is a question), two that follow each other, four letters of a word ("~": "<" before its first, ">"
# behind its last), or the one or two words the passage begins with ("^"). The score of a passage is the sum
# of the weights of its terms, divided by the root of how many of them stand under [wants.terms], plus the
# bias; all numbers are thousandths.

# From this score on its writer wants something of his reader, and from that on it is about something.
wanting = {_WANTING}
naming = {_NAMING}

"""


def main() -> None:
    """Learn and write, or check."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true")
    texts = list(read_texts())
    if parser.parse_args().check:
        _check(texts)
    else:
        _OUT.parent.mkdir(exist_ok=True)
        _OUT.write_text(_HEAD + _learnt(texts), "utf-8")


def _learnt(texts: Sequence[Text]) -> str:
    """The models, as TOML."""
    vectorizer = CountVectorizer(analyzer=lambda terms: terms, min_df=_FEWEST_TEXTS)
    counted = normalize(vectorizer.fit_transform([text.terms for text in texts]))
    names = vectorizer.get_feature_names_out()
    written = [_written("wants", names, _fitted(counted, [text.wants for text in texts]), least=0)]
    labelled = [number for number, text in enumerate(texts) if text.kinds is not None]
    for kind in AskKind:
        of_kind = [kind.value in (texts[number].kinds or ()) for number in labelled]
        model = _fitted(counted[labelled], of_kind, sparse=True)
        written.append(_written(f"names.{kind.value}", names, model, least=_LEAST))
    return "\n".join(written)


def _fitted(counted: csr_matrix, yes: list[bool], *, sparse: bool = False) -> LogisticRegression:
    """`sparse`: by few terms, of samples that are taken for as many of each side."""
    model = LogisticRegression(
        C=_C_SPARSE if sparse else _C,
        l1_ratio=1.0 if sparse else 0.0,
        solver="liblinear",
        class_weight="balanced" if sparse else None,
        max_iter=1000,
        random_state=0,
    )
    return model.fit(counted, yes)


def _written(table: str, names: Sequence[str], model: LogisticRegression, least: int) -> str:
    weights = (round(float(weight) * _SCALE) for weight in model.coef_[0])
    terms = [
        f'"{name}" = {weight}' for name, weight in zip(names, weights, strict=True) if abs(weight) >= least
    ]
    bias = round(float(model.intercept_[0]) * _SCALE)
    return f"[{table}]\nbias = {bias}\n[{table}.terms]\n" + "\n".join(terms) + "\n"


def _check(texts: Sequence[Text]) -> None:
    lexicon = load_lexicon(_ASKS)
    print(
        "of what is wanted, and of the texts that want nothing: "
        "found by the lexicon, by what is learnt, by both"
    )
    for bank in sorted({text.bank for text in texts}):
        read = _read([text for text in texts if text.bank != bank])
        own = [text for text in texts if text.bank == bank]
        said = [{one.kind.value for one in find_demands(text.text, lexicon)} for text in own]
        learnt = [set(read.kinds(text.text)) for text in own]
        both = [one | other for one, other in zip(said, learnt, strict=True)]
        found, wrong = (
            " ".join(f"{share(own, kinds):5.1%}" for kinds in (said, learnt, both))
            for share in (_found, _wrong)
        )
        print(f"{bank:14} {found}   {wrong}")


def _read(texts: Sequence[Text]) -> Paraphrases:
    """What is learnt from these texts."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        file.write(_HEAD + _learnt(texts))
        file.flush()
        return Paraphrases(read_table(Path(file.name), ParaphraseFile))


def _found(texts: Iterable[Text], kinds: Iterable[Collection[str]]) -> float:
    """Which share of what is wanted is found; none where nothing is."""
    wanted = [
        (text.kinds or frozenset(), found) for text, found in zip(texts, kinds, strict=True) if text.wants
    ]
    most = sum(len(want) for want, _ in wanted)
    return sum(len(want & {*found}) for want, found in wanted) / max(most, 1)


def _wrong(texts: Iterable[Text], kinds: Iterable[Collection[str]]) -> float:
    """Of which share of the texts that want nothing something is found."""
    found = [bool(found) for text, found in zip(texts, kinds, strict=True) if not text.wants]
    return sum(found) / len(found)


if __name__ == "__main__":
    main()
