"""How do impostors word their letters, and how do others? Writes config/wording/assurance-maladie.toml.

    python -m tests.wording [--check]

Learns from the mails of tests/mails that are for tuning, and from the letters of tests/letters: the held-out
part is what tells whether it holds of mails that nobody had read. `--check` writes nothing, and says how well
each set of mails (those of one `made`, or of one file of letters) is told apart by what is learnt from all
others, and what would become of its mails with that.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr
from pathlib import Path

import numpy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from milter.claim.writing.wording import sender, words_of
from milter.config.load import load, shipped
from milter.judge import build_judge
from milter.mail.message import Message
from milter.mail.read import read
from milter.mail.text.terms import terms_of
from milter.proof.dns import Resolver
from tests.bench.detection import judge_one
from tests.cases import Case, read_cases
from tests.dns_server import DnsServer

_LETTERS = Path("tests/letters")
_OUT = Path("config/wording/assurance-maladie.toml")
# Chosen by --check; half or twice as many or as much changes the third decimal of what it prints. _C is
# scaled down as the corpus grows, to keep the weight of one mail constant (it was 10 at 7,500 mails).
_TERMS = 16000
_C = 8.5
# With the library's own it stops after some steps, elsewhere for each mail more.
_TOLERANCE = 1e-8
_FEWEST_MAILS = 3
# A mail is worth two letters: these are texts alone, and their senders are invented with less care.
_WEIGHT_OF_A_MAIL = 2.0
_LETTERS_MADE = "letters, "
_FEWEST_IN_SET = 50
# Letters in disguise are other letters once more, in pieces that are no words; and round what is filled in
# stands a letter of somebody else.
_DISGUISED = frozenset({"disguise", "evasion", "form abuse"})
_SCALE = 1000
_HEAD = """\
# How impostors of the Assurance Maladie word their letters, and how others write of the same things.
# Written by `make wording`, which learns it from the mails of tests/mails that are for tuning, and from the
# letters of tests/letters; not by hand.
#
# A logistic regression. A term is a folded word ("#": one with a digit), or two that follow each other. Its
# first number is what it says (above 0: as impostors write), its second how rare it is, in thousandths. The
# score of a text is the sum of the first numbers of its terms, divided by the root of the sum of the squares
# of the second ones, plus the bias; its percentage is 100 / (1 + e ** -score). What follows from it stands
# in claim.toml under [wording].

"""


@dataclass(frozen=True, slots=True)
class Sample:
    """The terms of one mail, whether it is a fraud, and the set it came with."""

    terms: tuple[str, ...]
    fraud: bool
    made: str


@dataclass(frozen=True, slots=True)
class Learnt:
    """The model: terms with what they say and how rare they are, and the bias."""

    vectorizer: TfidfVectorizer
    model: LogisticRegression


def main() -> None:
    """Learn and write, or check."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    samples = [*_of_mails(holdout=None if arguments.check else False), *_of_letters()]
    if arguments.check:
        _check(samples)
    else:
        _OUT.parent.mkdir(exist_ok=True)
        _OUT.write_text(_HEAD + _written(_learn(samples)), "utf-8")


def _of_mails(holdout: bool | None) -> Iterator[Sample]:
    for case in read_cases():
        if (holdout is not None and case.holdout is not holdout) or case.theme in _DISGUISED:
            continue
        yield from _sample(case.raw, case.kind == "fraud", case.made)


def _of_letters() -> Iterator[Sample]:
    for path in sorted(_LETTERS.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            letter = json.loads(line)
            mail = EmailMessage()
            mail["From"] = _author(letter["from"])
            mail["Subject"] = letter["subject"]
            mail.set_content(letter["text"])
            yield from _sample(mail.as_bytes(), letter["fraud"], f"{_LETTERS_MADE}{path.stem}")


def _author(said: str) -> str:
    """`Service paie, Ets Maes <paie@maes.example>` as a header field has it: with quotes."""
    name, _, address = said.rpartition("<")
    return formataddr((name.strip().strip('"'), address.strip().rstrip(">")))


def _sample(raw: bytes, fraud: bool, made: str) -> Iterator[Sample]:
    reading = read(Message(raw))
    if text := words_of(reading):
        yield Sample(tuple(sorted({*terms_of(text), *sender(reading)})), fraud, made)


def _learn(samples: list[Sample]) -> Learnt:
    """Once with all terms, to see which say most; then with those."""
    first = _fit(samples, None)
    names = first.vectorizer.get_feature_names_out()
    order = numpy.argsort(-numpy.abs(first.model.coef_[0]), kind="stable")[:_TERMS]
    return _fit(samples, sorted(str(names[at]) for at in order))


def _fit(samples: list[Sample], terms: list[str] | None) -> Learnt:
    vectorizer = TfidfVectorizer(
        analyzer=_as_they_are,
        binary=True,
        min_df=_FEWEST_MAILS if terms is None else 1,
        vocabulary=terms and {term: at for at, term in enumerate(terms)},
    )
    values = vectorizer.fit_transform([sample.terms for sample in samples])
    model = LogisticRegression(C=_C, tol=_TOLERANCE, max_iter=3000, class_weight="balanced")
    weights = [1.0 if sample.made.startswith(_LETTERS_MADE) else _WEIGHT_OF_A_MAIL for sample in samples]
    model.fit(values, [sample.fraud for sample in samples], sample_weight=weights)
    return Learnt(vectorizer, model)


def _as_they_are(terms: tuple[str, ...]) -> tuple[str, ...]:
    return terms


def _written(learnt: Learnt) -> str:
    says, rare = learnt.model.coef_[0], learnt.vectorizer.idf_
    rows = sorted(
        f'"{term}" = [{round(says[at] * rare[at] * _SCALE)}, {round(rare[at] * _SCALE)}]'
        for at, term in enumerate(learnt.vectorizer.get_feature_names_out())
    )
    return f"bias = {round(learnt.model.intercept_[0] * _SCALE)}\n\n[terms]\n" + "\n".join(rows) + "\n"


def _check(samples: list[Sample]) -> None:
    """Print for each set how likely a fraud of it scores above an honest mail (area under the curve).

    And what becomes of its mails, if it is one of mails.
    """
    cases = read_cases()
    for made in sorted({sample.made for sample in samples}):
        apart = [sample for sample in samples if sample.made == made]
        kinds = {sample.fraud for sample in apart}
        if len(apart) < _FEWEST_IN_SET or len(kinds) == 1:
            continue
        learnt = _learn([sample for sample in samples if sample.made != made])
        values = learnt.vectorizer.transform([sample.terms for sample in apart])
        scores = learnt.model.predict_proba(values)[:, 1]
        area = roc_auc_score([sample.fraud for sample in apart], scores)
        sys.stdout.write(f"{made:30} {len(apart):4} mails  area under the curve {area:.3f}\n")
        if mails := [case for case in cases if case.made == made]:
            asyncio.run(_judge(mails, learnt))


async def _judge(cases: list[Case], learnt: Learnt) -> None:
    """Print what becomes of these mails with that wording."""
    config = load(shipped(), to_serve=False)
    with tempfile.TemporaryDirectory() as directory, DnsServer() as dns:
        (Path(directory) / _OUT.name).write_text(_written(learnt), "utf-8")
        changed = config.judge.model_copy(update={"wording": Path(directory)})
        resolver = Resolver([dns.address], timeout=2.0)
        judge = build_judge(config.model_copy(update={"judge": changed}), resolver)
        counts = Counter([(case.kind, (await judge_one(judge, case)).outcome) for case in cases])
        judge.close()
    for kind in sorted({kind for kind, _ in counts}):
        told = ", ".join(
            f"{count} {outcome}" for (of, outcome), count in sorted(counts.items()) if of == kind
        )
        sys.stdout.write(f"{'':30} {kind}: {told}\n")


if __name__ == "__main__":
    main()
