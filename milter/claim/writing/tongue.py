"""Is this text in a language of which the product knows hardly a word?

Pure. Never raises. Linear in what is looked at. By its letters rather than by its words, since some languages
put no blanks between them.
"""

import re

from milter.claim.names.vocabulary import ordinary_words
from milter.mail.remembered import remembered
from milter.mail.text.folding import fold, singular, words
from milter.mail.text.letters import NOT_LATIN, without_addresses

_LOOKED_AT = 2000  # characters
_LONGEST = 40_000  # characters of which the script is told
_FEWEST = 40  # letters of which a language can be told
_SHORTEST = 3  # letters of a word that is looked for: shorter ones stand in every language
# In percent of the letters: of French and English 50 and more stand in words that are known, also where they
# are disguised; of other languages, which share some words with French, up to 30.
_KNOWN = 30
_HALF = 50
_FEW = 4  # times fewer characters than all are not half of the letters, with blanks between them
# Letters of different words that are known, by which something is said in French, too: more than the names
# of the organisation, its card and its forms have together.
_NAMES = 80
# Arabic is read (config/asks/ar.toml); with these letters it is Persian, Urdu or Kurdish, which are not.
_ARABIC = re.compile(r"[\u0600-\u06ff]+")
_NOT_OF_ARABS = frozenset("\u067e\u0686\u0698\u06a9\u06af\u06cc\u06d5")
# Letters that are not seen.
_UNSEEN = dict.fromkeys(map(ord, "\u115f\u1160\u2800\u3164\uffa0"))


@remembered(2, longest=200_000)
def is_foreign(text: str) -> bool:
    """True where the text is neither French nor English, and long enough to tell; also where it is mixed
    with a few names and words of these.
    """
    said = without_addresses(text[:_LOOKED_AT].translate(_UNSEEN))
    ordinary, known = ordinary_words(), 0
    for word in words(fold(said)):
        if len(word) >= _SHORTEST and singular(word) in ordinary:
            known += len(word)
            # Most mail ends here, before its letters are counted.
            if known * 100 >= _KNOWN * len(said):
                return False
    count = sum(map(str.isalpha, said))
    return count >= _FEWEST and known * 100 < _KNOWN * count


@remembered(2, longest=200_000)
def is_of_another_script(text: str) -> bool:
    """True where a text is written in letters of a script of which no language is known, but for a few names;
    not where it says more in French or English, in whatever letters, beside what it says in others.
    """
    said = text[:_LONGEST]
    # What is no letter of the West is counted fast; quotation marks and dashes are, too.
    if (len(said) - len(said.encode("iso-8859-1", "ignore"))) * _FEW < len(said):
        return False
    said = without_addresses(said.translate(_UNSEEN))
    if _NOT_OF_ARABS.isdisjoint(said):
        said = _ARABIC.sub(" ", said)
    count = sum(map(str.isalpha, said))
    if count < _FEWEST or sum(map(len, NOT_LATIN.findall(said))) * 100 < _HALF * count:
        return False
    ordinary = ordinary_words()
    found = (word for word in {*words(fold(said))} if len(word) >= _SHORTEST and singular(word) in ordinary)
    return sum(map(len, found)) < _NAMES
