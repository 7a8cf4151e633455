"""What must the catalogues say, and in which order? `python -m tests.speech.catalogs` writes them again.

In the order of what is said, so that two branches that add a sentence each seldom touch the same lines.
"""

from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from jinja2.ext import extract_from_ast

from milter.brand.promise import AskKind
from milter.claim.claim import Likeness
from milter.config.language import LANGUAGES
from milter.precedent.orders import NoOrder
from milter.precedent.rule import NoRule
from milter.proof.proof import Standing
from milter.quarantine.held import State
from milter.quarantine.journal import AT_COMMAND_LINE, Deed
from milter.quarantine.requests import Decision
from milter.review.accounts import Role
from milter.review.elsewhere import Stray
from milter.review.entrance import NOT_KEPT, NOT_KNOWN
from milter.review.page import environment
from milter.review.refusal import Why
from milter.speech.words import catalog
from milter.verdict.verdict import AGAINST
from tests.conftest import ROOT

LOCALE = ROOT / "milter" / "speech" / "locale"
TEMPLATES = ROOT / "milter" / "review" / "templates"

_HEADER = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: {language}\\n"

"""


def words() -> frozenset[str]:
    """The words of the code that a page shows, each needed in every language."""
    enums = (*AskKind, *Likeness, *Standing, *State, *Role, *Deed, *Why, *NoRule, *NoOrder, *Decision, *Stray)
    return frozenset({*map(str, enums), *AGAINST, AT_COMMAND_LINE, NOT_KEPT, NOT_KNOWN, "allowed"})


def sentences() -> frozenset[str]:
    """What the templates say in English, needed in French; a variable that is said is a word of the code."""
    return frozenset(
        message
        for path in TEMPLATES.glob("*.html")
        for _, _, message in extract_from_ast(environment("en").parse(path.read_text("utf-8")), ["_"])
        if isinstance(message, str)
    )


def written(language: str) -> str:
    """The whole catalogue in order: what is new has no translation yet, what no page says is gone.

    A word of the code that is in no enum (the place of a trace) stays where en.po has it.
    """
    said, codes = catalog(language), {*catalog("en"), *words()}
    # A sentence that is also a word of the code is said in both languages.
    wanted = codes if language == "en" else codes | sentences()
    ordered = Catalog()
    for message in wanted:
        ordered.add(message, said.get(message, ""))
    file = BytesIO()
    write_po(file, ordered, width=0, sort_output=True, omit_header=True)
    return _HEADER.format(language=language) + file.getvalue().decode().strip("\n") + "\n"


if __name__ == "__main__":
    texts = {language: written(language) for language in LANGUAGES}
    for language, text in texts.items():
        (LOCALE / f"{language}.po").write_text(text, "utf-8")
