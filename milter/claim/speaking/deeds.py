"""What does the text say that the brand says or does to its reader?

Pure. Reads sentences: the organisation as the one who speaks (`votre CPAM vous informe`), news of a thing
that only it manages (`votre carte Vitale expire`), and what it does to the reader, told in the third person
(`la Caisse primaire a bloqué votre versement`): its voice only where nobody else is named as the writer.
"""

import re
from collections.abc import Iterator

from milter.brand.brand import Words
from milter.claim.claim import OFFER, Evidence, trace
from milter.claim.lines import MAX_LINE, Line, Phrases
from milter.claim.speaking.sentences import ARTICLES, DENIES, QUOTED, Sentences, any_of
from milter.claim.speaking.speaker import Speaker
from milter.claim.words import ClaimWords
from milter.mail.text.folding import phrase

_HOST = re.compile(r"\w\.\w{2}")
_WORD = re.compile(r"[^\W\d_]+")
_ARTICLE = 2  # letters of a word that is never a name
_IF = re.compile(r" (?:si|s il|s elle|cas|lorsque|quand|verifi(?:e|ez|er|on)|pens\w+) ")
# "N'a pas de date d'expiration", but not: "n'a pas été renouvelée".
_HAS_NONE = re.compile(r" (?:n|ne) (?:a|ont|comporte|possede) (?:pas|aucune?|plu) (?:de |d )?")
_HANDS_ON = re.compile(
    r" (?:je|nou) (?:vou|te) (?:transmet|transfer|adress|envo|remet|join|pass|fai(?:son)? (?=suivre))"
)
_NEVER = re.compile(r" (?:ni|personne|jamais|nobody|no one|never|neither) ")
_REACH = 120  # characters between a thing and what becomes of it
_SUBJECT, _VERB = 7, 3  # words before a thing in which somebody does something to it


class Deeds:
    """Reads the sentences for one brand; built once."""

    def __init__(self, words: Words, common: ClaimWords, sentences: Sentences) -> None:
        """Prepare the phrases of the brand and of the language; `sentences` are of the same words."""
        self._common = common
        self._addressed = common.you | common.we
        self._names = Phrases(words.names)
        self._objects = Phrases(words.objects)
        self._sentences = sentences
        self._soft = Phrases((*words.unnamed, *words.soft_objects))
        self._affairs = Phrases(words.soft_objects)
        bodies = tuple(name for name in words.names if name not in words.objects)
        self._bodies = Phrases(bodies)
        self._distinct = Phrases(tuple(name for name in bodies if name not in words.shared))
        self._acts = Phrases(common.acts)
        self._deeds = Phrases((*common.acts, *common.deeds, *common.speech))
        self._own_acts = Phrases(common.own_acts)
        self._issuer_acts = Phrases(common.issuer_acts)
        self._compile_things(any_of(words.objects), any_of(bodies))
        self._compile_speech(any_of(words.names), words.unnamed, bodies)

    def _compile_things(self, thing: str, body: str) -> None:
        """A thing the reader has of the brand, the same as a mere place, and the brand as a recipient."""
        yours, places = any_of(sorted(self._common.yours)), any_of(self._common.places)
        whose = rf"(?:\w+ ){{0,4}}?(?:de|d|du) (?:(?:la|le|l|votre) )?{body}"
        self._owned = re.compile(rf"(?<= ){yours} (?:(?:\w+ ){{0,2}}?{thing}|{whose})(?= )")
        self._placed = re.compile(rf"(?<= ){places} (?:{yours}|l|la|le|de) (?:\w+ ){{0,2}}?{thing}(?= )")
        self._recipient = re.compile(
            r"(?<= )(?:a (?:destination|l attention|l intention)|a|aupre|avec|entre|chez|contre|titre) "
            r"(?:(?:de|d|la|le|l|votre|sa|cette) ){0,2}"
            rf"{body}(?= )"
        )
        self._whose = re.compile(rf"(?<= )(?:de|d|du) (?:la |l )?{body}(?= )")

    def _compile_speech(self, name: str, unnamed: tuple[str, ...], bodies: tuple[str, ...]) -> None:
        meant = any_of(unnamed)
        spoken, sent = any_of(self._common.speech), any_of(self._common.sent_by)
        staff = any_of(self._common.staff)
        self._says = re.compile(
            rf" {name}(?: \w+){{0,4}}? (?:vou|t) (?:\w+ )?{spoken} | votre {name} vou \w+ "
            rf"| {name} (?:vou )?(?:inform|informe|notifie) "
            rf"| (?:nou somme|ici) (?:\w+ ){{0,4}}?{name} "
            rf"| (?:je sui|ma qualite|en tant que) (?:\w+ ){{0,3}}?{staff} (?!par )(?:\w+ ){{0,6}}?{name} "
            # "C'est Laure, votre infirmière-conseillère du service sophia de l'Assurance Maladie."
            rf"| (?:c est|ici) (?:\w+ ){{1,3}}?votre (?:\w+ )?{staff} (?:\w+ ){{0,5}}?(?:de|d|du|a|pour) "
            rf"(?:(?:la|le|l|votre) )?{name} "
            # Not: "un agent de la CPAM tient une permanence".
            rf"|(?<! un)(?<! une) {sent} (?:(?:la|le|l|de|du|votre|d) ){{0,2}}{name} "
        )
        offered = any_of(self._common.offered)
        self._offers = re.compile(
            rf" {name}(?: \w+){{0,4}}? (?:vou|t) (?:offr|propos|invit)\w+ (?:\w+ ){{0,9}}?{offered} "
        )
        body = any_of((any_of(bodies), meant))
        numbers = any_of(one for one in unnamed if one.replace(" ", "").isdigit())
        # "Si la CPAM vous l'accorde", "la CPAM nous a informés": so speaks another than the CPAM.
        self._is_anothers = re.compile(
            rf" {any_of(self._common.supposing)} {ARTICLES}{body} "
            rf"| {body} (?:ne |n )?(?:nou|me|m) (?!vou |\w+on )\w+ "
        )
        self._calls_itself = re.compile(
            rf"^ (?:bonjour )?(?:ici|nou somme) (?:(?:la|le|l|votre) )?{meant} "
            # "Suite à votre appel au 36 46": who knows of that answered it.
            rf"| (?:votre|vo) (?:appel|echange|conversation)s? (?:\w+ )?(?:au|avec le) (?:numero )?{numbers} "
        )

    def evidence(self, lines: list[Line], who: Speaker, named_in: list[Line]) -> Iterator[Evidence]:
        """Every kind of voice in the sentences, the strongest of each kind; a mere name only of the lines
        `named_in`, which are no fields.
        """
        sentences = list(self._sentences.of(lines))
        told = [line for line in sentences if not self._is_anothers.search(line.words)]
        yield from self._spoken(told, who)
        yield from self._owned_things(sentences, who)
        if who is not Speaker.SENDER:
            yield from self._done(told, who)
        if who is Speaker.NOBODY:
            yield from self._named(named_in, lines)

    def told_of(self, lines: list[Line]) -> str | None:
        """The first sentence in which the organisation is named, or meant, to a reader who is spoken to."""
        if not any(set(line.words.split()) & self._addressed for line in lines):
            return None
        return next((line.text for line in self._sentences.of(lines)), None)

    def is_spoken(self, line: Line) -> bool:
        """True where the line speaks in the organisation's voice, outside of what it quotes."""
        unquoted = f" {phrase(QUOTED.sub(' ', line.text[:MAX_LINE]))} "
        return bool(
            self._says.search(unquoted) or self.object_weight(unquoted) >= self._common.weights.owns_object
        )

    def object_weight(self, words: str) -> int:
        """What news of a thing that only it manages weighs (`votre carte Vitale expire`); an order, less."""
        weights = self._common.weights
        words = self._placed.sub(" ", words)
        thing = self._owned.search(words)
        if thing is None:
            return 0
        if self._acts.find(f" {words[thing.end() :][:_REACH]} "):
            return weights.owns_object
        if not self._acts.find(f" {words[: thing.start()][-_REACH:]} "):
            return 0
        return weights.owns_object if set(words.split()) & self._common.we else weights.orders_object

    def _spoken(self, sentences: list[Line], who: Speaker) -> Iterator[Evidence]:
        spoken = [line for line in sentences if self._speaks(line, who) and not DENIES.search(line.words)]
        if not spoken:
            return
        offers = who is Speaker.SENDER and all(self._offers.search(line.words) for line in spoken)
        # Beside news of what it manages for the reader it is a pretext.
        offers = offers and not any(self._tells_news(line.words) for line in sentences)
        yield trace(OFFER if offers else "speech", spoken[0].text, self._common.weights.speaks)

    def _speaks(self, line: Line, who: Speaker) -> bool:
        calls_itself = who is Speaker.NOBODY and self._calls_itself.search(line.words)
        return bool(calls_itself or self._says.search(line.words))

    def _tells_news(self, words: str) -> bool:
        return bool(self.object_weight(words) or self._affairs.find(words))

    def _owned_things(self, sentences: list[Line], who: Speaker) -> Iterator[Evidence]:
        weights = self._common.weights
        owned = [(weight, line) for line in sentences if (weight := self.object_weight(line.words))]
        owned.sort(key=lambda entry: -entry[0])
        for weight, line in owned[:1]:
            # Nobody's letter tells of what the issuer alone does to it: who else could write that?
            issued = who is Speaker.NOBODY and weight >= weights.owns_object
            yield trace("issuer" if issued and self._is_issued(line.words) else "text", line.text, weight)
        for _, line in owned[1:2]:
            yield trace("text", line.text, weights.second_object)
        for line in sentences:
            if self._acts_itself(line.words):
                yield trace("first person", line.text, weights.own_deed)
                break
        told = [line for _, line in owned]
        for line in sentences:
            if line in told or not self._objects.find(line.words):
                continue
            if set(line.words.split()) & self._common.yours:
                yield trace("text", line.text, weights.names_object)
                return

    def _is_issued(self, words: str) -> bool:
        """`Votre compte ameli sera fermé`: told as it is, not as it might be (`si elle est périmée`)."""
        words = self._placed.sub(" ", words)
        thing = self._owned.search(words)
        if thing is None or _IF.search(words):
            return False
        told = f" {words[thing.end() :][:_REACH]} "
        none = _HAS_NONE.search(told)
        if none is not None and self._issuer_acts.find(f" {told[none.end() :]}") is not None:
            return " ete " in told[: none.end() + 4]
        return self._issuer_acts.find(told) is not None

    def _acts_itself(self, words: str) -> bool:
        """`Nos services ont suspendu votre carte Vitale`: who else could?"""
        words = self._placed.sub(" ", words)
        thing = self._owned.search(words)
        if thing is None:
            return False
        before = words[: thing.start()].split()[-_SUBJECT:]
        act = f" {' '.join(before[-_VERB:])} "
        return bool(set(before) & self._common.we and self._own_acts.find(act))

    def _done(self, sentences: list[Line], who: Speaker) -> Iterator[Evidence]:
        """What the organisation does to the reader, in the third person; named, or only meant."""
        weights = self._common.weights
        told = [line for line in sentences if self._is_told(line.words)]
        named = [line for line in told if self._bodies.find(self._as_agent(line.words))]
        if who is Speaker.PERSON:
            named = [line for line in named if not self.object_weight(line.words)]
        if named:
            weight = weights.deed if who is Speaker.NOBODY else weights.deed_by_person
            yield trace("deed", named[0].text, weight)
        if who is not Speaker.NOBODY:
            return
        meant = [line for line in told if line not in named]
        for line, weight in zip(meant, (weights.soft_deed, weights.second_object), strict=False):
            yield trace("deed", line.text, weight)

    def _is_told(self, words: str) -> bool:
        """It names or means the brand, and tells the reader what it does."""
        meant = self._bodies.find(self._as_agent(words)) or self._soft.find(words)
        return bool(
            meant
            and not _NEVER.search(words)
            and set(words.split()) & self._addressed
            and self._deeds.find(words)
        )

    def _as_agent(self, words: str) -> str:
        """The words without the organisation to which something is sent: `à remettre à votre CPAM`; or of
        which somebody else hands something on: `je vous transmets le courrier de la CPAM`.
        """
        words = self._recipient.sub(" ", words)
        return self._whose.sub(" ", words) if _HANDS_ON.search(words) else words

    def _is_proper(self, line: Line) -> bool:
        """A name that is nobody else's, or one that is written as a name: not `une assurance maladie`."""
        tokens = [token for token in line.text.split() if not _HOST.search(token)]
        words = f" {phrase(' '.join(tokens))} "
        if self._distinct.find(words):
            return True
        found = self._bodies.find(words)
        if found is None:
            return False
        named = {
            word
            for token in _WORD.findall(" ".join(tokens))
            if token[0].isupper()
            for word in phrase(token).split()
        }
        return all(word in named for word in found.split() if len(word) > _ARTICLE)

    def _named(self, named_in: list[Line], lines: list[Line]) -> Iterator[Evidence]:
        """A letter to the reader that names this organisation, and nobody else as its writer."""
        short = sum(line.words.count(" ") for line in lines) <= self._common.short_letter
        if short and any(set(line.words.split()) & self._addressed for line in lines):
            for line in self._sentences.of(named_in):
                if self._is_proper(line) and not self._is_anothers.search(line.words):
                    yield trace("named", line.text, self._common.weights.named_alone)
                    return
