"""In which words is a recipient told? French and English, for who knows nothing of mail servers. Pure."""

from collections.abc import Mapping

from milter.speech.words import speaker

_FR = {
    "Mail held for you": "Messages retenus pour vous",
    "lead": (
        "Vigimel, le filtre des courriels de {domain}, n'a pas remis ces messages qui vous étaient "
        "adressés : ils sont sans doute frauduleux. Si aucun ne vous manque, vous n'avez rien à faire."
    ),
    "why": "Se présente comme {name} et ne le prouve pas ({likeness}).",
    "why, by its text": "Son texte évoque {name}, et rien ne prouve qu'il en vient.",
    "wants": " Il demande : {asks}.",
    "why not known": "N'a pas pu prouver d'où il vient.",
    "ask": "Demander la remise de ce message",
    "never, address": (
        "Retenu. Sa remise ne peut pas être demandée : il porte une adresse de cet organisme, ou une qui "
        "lui ressemble, et n'en vient pas."
    ),
    "never, secrets": (
        "Retenu. Sa remise ne peut pas être demandée : il évoque cet organisme, n'en vient pas, "
        "et demande ce que le vrai ne demande jamais par courriel."
    ),
    "more": "Autres messages retenus, qui viendront dans le prochain relevé : {more}.",
    "foot": (
        "Une personne décide de chaque demande ; vous recevez la réponse par courriel. Un lien sert une "
        "fois, jusqu'au {until}. Qui a ce courriel peut demander à votre place : ne le transférez pas."
    ),
    "foot, no requests": "Un message vous manque ? Adressez-vous à votre administrateur.",
    "approved": "Votre demande est acceptée",
    "denied": "Votre demande est refusée",
    "lapsed": "Votre demande ne peut plus être acceptée",
    "approved, lead": "Le message que vous avez demandé vous a été remis. Lisez-le avec prudence.",
    "denied, lead": "Le message que vous avez demandé n'est pas remis : il est jugé frauduleux.",
    "lapsed, lead": "Le message que vous avez demandé n'est plus conservé.",
    "word": "Réponse : {word}",
    "(no subject)": "(sans sujet)",
    "of": "du {day}",
}
_EN = {
    "Mail held for you": "Mail held for you",
    "lead": (
        "Vigimel, the mail filter of {domain}, did not deliver these mails to you: they are most likely "
        "frauds. "
        "If you miss none of them there is nothing to do."
    ),
    "why": "Presents itself as {name}, and does not prove it ({likeness}).",
    "why, by its text": "Its text brings {name} to mind, and nothing proves that it comes from there.",
    "wants": " It wants: {asks}.",
    "why not known": "Could not prove where it comes from.",
    "ask": "Ask for this mail",
    "never, address": (
        "Held. It cannot be asked for: it carries an address of that organisation, or one that looks "
        "like it, and does not come from there."
    ),
    "never, secrets": (
        "Held. It cannot be asked for: it brings that organisation to mind, does not come from "
        "there, and asks for what the real one never asks for by mail."
    ),
    "more": "More held mails, which will come in the next digest: {more}.",
    "foot": (
        "A person decides on each request, and you get the answer by mail. A link can be used once, until "
        "{until}. Who has this mail can ask in your place: do not forward it."
    ),
    "foot, no requests": "Do you miss a mail? Turn to your administrator.",
    "approved": "Your request is approved",
    "denied": "Your request is denied",
    "lapsed": "Your request cannot be approved any more",
    "approved, lead": "The mail that you asked for was delivered to you. Read it with care.",
    "denied, lead": "The mail that you asked for is not delivered: it is taken for a fraud.",
    "lapsed, lead": "The mail that you asked for is not kept any more.",
    "word": "Answer: {word}",
    "(no subject)": "(no subject)",
    "of": "of {day}",
}
TEXTS: Mapping[str, Mapping[str, str]] = {"fr": _FR, "en": _EN}


def say(language: str, sentence: str, **values: object) -> str:
    """The sentence in this language; where it is none of ours, the word of the code, as pages say it."""
    found = TEXTS[language].get(sentence)
    return found.format(**values) if found else speaker(language)(sentence)
