"""Is this line a field that a program fills in, rather than what its writer says: `Client : CPAM des Vosges`?

Pure. Tickets, call lists, plannings and agendas name so whoever they have to do with. Some are nothing else:
a record, in which every label is a program's.
"""

import re
from itertools import pairwise

from milter.brand.brand import Words
from milter.claim.lines import MAX_LINE, Line, Phrases
from milter.claim.words import ClaimWords
from milter.mail.text.folding import phrase

_LONGEST_LABEL = 60
# Of a record: three fields at least, each short, and beside them hardly a sentence.
_FEWEST_FIELDS, _MOST_WORDS, _MOST_LINES = 3, 30, 100
_LABEL_WORDS, _LONGEST_VALUE = 5, 90
_TOP = 5  # lines in which a letter greets
_GREETING = re.compile(
    r"\s*(?:bonjour|bonsoir|salut|coucou|hello|ch[eè]re?s?|madame|monsieur)\b", re.IGNORECASE
)
_URL = re.compile(r"https?://\S+")
_NEXT_SENTENCE = re.compile(r"\w{3}[.!?…]\s+[^\W\d_a-zà-ÿ]\w*\s\w")


class Fields:
    """Knows the labels of a language, and the names that stand behind them; built once."""

    def __init__(self, words: Words, common: ClaimWords, names: Phrases) -> None:
        """`words` are the brand's, `names` finds its names."""
        self._names = names
        self._labels = re.compile("|".join(common.fields))
        self._bare = re.compile(f" (?:{'|'.join(common.bare_fields)}) (?:la |le |l )?")
        self._spoken = common.you | common.we | common.yours
        self._addressed = re.compile(rf" (?:{'|'.join(common.addressed)}) $")
        self._comments = Phrases(common.comments)
        self._issuing, self._owed = frozenset(common.issuing), Phrases(common.owed)
        self._meant = Phrases(tuple(dict.fromkeys((*words.names, *words.objects, *words.unnamed))))
        self._soft = Phrases(words.soft_objects)

    def is_one(self, line: Line) -> bool:
        """True of a label, a colon, and anything; without the colon, where the name of the brand follows."""
        label, colon, _ = line.text[:MAX_LINE].partition(":")
        if colon:
            return len(label) < _LONGEST_LABEL and self._labels.fullmatch(phrase(label)) is not None
        labelled = self._bare.match(line.words)
        rest = line.words[labelled.end() - 1 :] if labelled else ""
        found = self._names.find(rest)
        return found is not None and rest.startswith(f" {found} ")

    def are_all(self, lines: list[Line]) -> bool:
        """True of a record: fields whatever their labels, and beside them hardly a word, none of the brand or
        of the reader's affairs there.
        """
        fields = words = 0
        for line in lines:
            if self.is_labelled(line):
                fields += 1
                continue
            if self._speaks_of_it(line):
                return False
            words += 0 if self._is_comment(line) else len(_URL.sub(" ", line.text[:MAX_LINE]).split())
            if words > _MOST_WORDS:
                return False
        return fields >= _FEWEST_FIELDS

    def without(self, lines: list[Line]) -> list[Line]:
        """The lines that somebody wrote: of a record those that are no fields, of a letter those below its
        greeting that head no field (`CPAM de l'Allier`, and then `Poste : agent d'accueil`), and are no
        address to which something was sent.
        """
        if self.are_all(lines):
            return [line for line in lines if not self.is_labelled(line)]
        greeting = next((at for at, one in enumerate(lines[:_TOP]) if _GREETING.match(one.text)), len(lines))
        heads = {
            above
            for above, below in pairwise(lines[greeting + 1 :])
            if self._spoken.isdisjoint(above.words.split()) and self.is_labelled(below)
        }
        heads |= {below for above, below in pairwise(lines) if self._leads_over(above)}
        return [line for line in lines if line not in heads] if heads else lines

    def creditor(self, lines: list[Line]) -> tuple[Line, Line] | None:
        """The field of a record that says to whom something is to be paid, and what it says: `Créancier :
        CPAM` beside `À régler avant le`; not `Émetteur : CPAM` of a transfer that a bank tells of.
        """
        labels = [
            (line, phrase(line.text[:_LONGEST_LABEL].partition(":")[0]))
            for line in lines[:_MOST_LINES]
            if ":" in line.text[:_LONGEST_LABEL]
        ]
        found = next((line for line, label in labels if label in self._issuing), None)
        if found is None or not any(self._owed.find(f" {label} ") for _, label in labels):
            return None
        value = found.text[:MAX_LINE].partition(":")[2].strip()
        return (found, Line.of(value)) if self.are_all(lines) else None

    def _leads_over(self, line: Line) -> bool:
        """`Votre lettre recommandée à destination de :`, and below it whom it went to."""
        return line.text.rstrip().endswith(":") and self._addressed.search(line.words) is not None

    def is_labelled(self, line: Line) -> bool:
        """True of a short label, a colon, and what is no sentence, nor speaks to anybody."""
        label, colon, value = line.text[:MAX_LINE].partition(":")
        label, said = label.strip(" -*•\t"), value.strip()
        return (
            bool(colon and label[:1].isalpha() and said)
            and value[:1].isspace()
            and not _URL.match(said)
            and len(label.split()) <= _LABEL_WORDS
            and len(said) <= _LONGEST_VALUE
            and self._spoken.isdisjoint(line.words.split())
            and not _NEXT_SENTENCE.search(said)
        )

    def _is_comment(self, line: Line) -> bool:
        """True of what somebody wrote into it: `Commentaire : bon de commande à suivre ...`."""
        label, colon, _ = line.text[:MAX_LINE].partition(":")
        return bool(colon) and self._comments.find(f" {phrase(label[:_LONGEST_LABEL])} ") is not None

    def _speaks_of_it(self, line: Line) -> bool:
        if self._meant.find(line.words) is not None:
            return True
        return self._soft.find(line.words) is not None and not self._spoken.isdisjoint(line.words.split())
