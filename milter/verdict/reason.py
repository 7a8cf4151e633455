"""Why, in one sentence that a mail admin can read aloud? French or English. Pure."""

from dataclasses import replace

from milter.ask.ask import PROGRAM
from milter.brand.promise import AskKind
from milter.claim.claim import Basis, Claim, Likeness
from milter.proof.proof import Method, Proof, Result
from milter.proof.reason import in_words
from milter.verdict.verdict import Allowance, Finding, Verdict

_MAX_SHOWN = 80
_MAX_QUOTE = 160

_LIKENESS = {
    "fr": {
        Likeness.OFFICIAL_ADDRESS: "adresse officielle",
        Likeness.OWNED_DOMAIN: "domaine officiel",
        Likeness.LOOKALIKE_DOMAIN: "domaine ressemblant",
        Likeness.DISPLAY_NAME: "nom affiché",
        Likeness.LOCAL_PART: "début d'adresse",
        Likeness.MATTER: "objet sans nom d'organisme",
        Likeness.VOICE: "voix du texte",
    },
    "en": {
        Likeness.OFFICIAL_ADDRESS: "official address",
        Likeness.OWNED_DOMAIN: "official domain",
        Likeness.LOOKALIKE_DOMAIN: "lookalike domain",
        Likeness.DISPLAY_NAME: "display name",
        Likeness.LOCAL_PART: "local part",
        Likeness.MATTER: "matter, and no body's name",
        Likeness.VOICE: "voice of the text",
    },
}
_KIND = {
    "fr": {
        AskKind.NIR: "le numéro de sécurité sociale",
        AskKind.BANK_DETAILS: "des coordonnées bancaires",
        AskKind.CARD: "un numéro de carte bancaire",
        AskKind.CREDENTIALS: "des identifiants",
        AskKind.ONE_TIME_CODE: "un code à usage unique",
        AskKind.FISCAL_NUMBER: "le numéro fiscal",
        AskKind.MEDICAL: "des informations médicales",
        AskKind.IDENTITY_PAPERS: "des pièces d'identité",
        AskKind.PAYMENT: "un paiement",
        AskKind.CALL_BACK: "de rappeler un numéro",
        AskKind.LINK: "de suivre un lien",
        AskKind.ATTACHMENT: "d'ouvrir une pièce jointe",
        AskKind.FORM: "de remplir un formulaire",
        AskKind.REPLY: "de répondre",
    },
    "en": {
        AskKind.NIR: "for the social security number",
        AskKind.BANK_DETAILS: "for bank details",
        AskKind.CARD: "for a card number",
        AskKind.CREDENTIALS: "for login credentials",
        AskKind.ONE_TIME_CODE: "for a one-time code",
        AskKind.FISCAL_NUMBER: "for the fiscal number",
        AskKind.MEDICAL: "for medical information",
        AskKind.IDENTITY_PAPERS: "for identity papers",
        AskKind.PAYMENT: "for a payment",
        AskKind.CALL_BACK: "to call a number",
        AskKind.LINK: "to follow a link",
        AskKind.ATTACHMENT: "to open an attachment",
        AskKind.FORM: "to fill in a form",
        AskKind.REPLY: "to answer",
    },
}
_CLAIM = {
    "fr": {
        Basis.SHOWN: "Se présente comme {name} ({likeness} : « {shows} »)",
        Basis.TOLD: "Annonce ce que fait {name}, sans que personne d'autre dise qui écrit (« {shows} »)",
        Basis.CHARGED: "Dit que {name} l'en a chargé (« {shows} »)",
        Basis.DEMANDED: "Dit que {name} le demande (« {shows} »)",
        Basis.ACTING_FOR: "Dit agir pour {name}, ou avec cet organisme (« {shows} »)",
        Basis.HEARD_FROM: "Rapporte ce que {name} lui aurait dit ou fait (« {shows} »)",
        Basis.RELAYED: "Parle de {name} à son lecteur, en un autre nom (« {shows} »)",
        Basis.WORDED: "Écrit à la manière de ceux qui se font passer pour {name} (« {shows} »)",
        Basis.SPOKEN_OF: "Parle de {name} à la manière de ceux qui se font passer pour cet organisme "
        "(« {shows} »)",
        Basis.FILLED_IN: "Porte, à la place d'un nom ou d'un message saisi par quelqu'un, une lettre au nom "
        "de {name} (« {shows} »)",
        Basis.ENCLOSED: "Contient un fichier qui se présente comme {name} (« {shows} »)",
        Basis.FORWARDED: "Renvoie à une lettre transmise qui se présente comme {name} (« {shows} »)",
        Basis.PASSED_ON: "Transmet une lettre qui se présente comme {name} (« {shows} »)",
    },
    "en": {
        Basis.SHOWN: "Says it is {name} ({likeness}: “{shows}”)",
        Basis.TOLD: "Tells what {name} does, and nobody else is named as the writer (“{shows}”)",
        Basis.CHARGED: "Says that {name} charged it to (“{shows}”)",
        Basis.DEMANDED: "Says that {name} wants it (“{shows}”)",
        Basis.ACTING_FOR: "Says that it acts for {name}, or with it (“{shows}”)",
        Basis.HEARD_FROM: "Tells what {name} is to have told or done (“{shows}”)",
        Basis.RELAYED: "Speaks of {name} to its reader, in another name (“{shows}”)",
        Basis.WORDED: "Written in the manner of those who pretend to be {name} (“{shows}”)",
        Basis.SPOKEN_OF: "Speaks of {name} in the manner of those who pretend to be it (“{shows}”)",
        Basis.FILLED_IN: "Has a letter in the name of {name} where somebody filled in a name or a message "
        "(“{shows}”)",
        Basis.ENCLOSED: "Has a file that says it is {name} (“{shows}”)",
        Basis.FORWARDED: "Sends its reader to a letter that says it is {name} (“{shows}”)",
        Basis.PASSED_ON: "Passes on a letter that says it is {name} (“{shows}”)",
    },
}
# Of the others the same is said.
_SAID_AS = {
    Basis.ENCLOSED_SPOKEN_OF: Basis.SPOKEN_OF,
    Basis.FORGED: Basis.FORWARDED,
    Basis.FORGED_FILE: Basis.ENCLOSED,
    Basis.PASSED_ON_FILE: Basis.ENCLOSED,
}
_TEXT = {
    "fr": {
        "unrelated": "Ne se présente pas comme un organisme protégé.",
        "genuine": "Vient bien de {name} : {signed}.",
        "genuine_unlisted": "Vient bien de {name} ({signed}), "
        "d'une adresse qui n'est pas sur la liste publiée : {shows}.",
        "signed": "signé par {domains}",
        "attested": "modifié en route, mais {by}, à qui vous faites confiance, l'a reçu signé par {domains}",
        "undecided": "{claim} ; la signature n'a pas pu être vérifiée : le DNS ne répond pas.",
        "mention": "Parle de {name}, sans se présenter comme cet organisme pour demander quoi que ce soit.",
        "no_proof": " ; aucune signature valable d'un domaine de {name}{why}",
        "asks": " ; demande {kind} : « {quote} »",
        "qr": "de suivre le lien d'un code QR",
        PROGRAM: "de télécharger un programme",
        "asks_nothing": " ; ne demande rien de précis",
        "unreadable": " ; une partie du message n'a pas pu être lue",
        "promise": ". {promise} (Source : {source}, {date}.)",
        "allowed": "Admis par la règle n° {rule}, qu'un administrateur a faite pour {address}, "
        "prouvé ({signed}), jusqu'au {until}. Sans elle : {otherwise}",
    },
    "en": {
        "unrelated": "Does not present itself as a protected organisation.",
        "genuine": "Really comes from {name}: {signed}.",
        "genuine_unlisted": "Really comes from {name} ({signed}), "
        "from an address that is not on the published list: {shows}.",
        "signed": "signed by {domains}",
        "attested": "changed on its way, but {by}, whom you trust, received it signed by {domains}",
        "undecided": "{claim}; the signature could not be checked: DNS does not answer.",
        "mention": "Speaks of {name} without presenting itself as such in a way that asks for anything.",
        "no_proof": "; no valid signature by a domain of {name}{why}",
        "asks": "; asks {kind}: “{quote}”",
        "qr": "to follow the link of a QR code",
        PROGRAM: "to download a program",
        "asks_nothing": "; asks for nothing in particular",
        "unreadable": "; a part of the mail could not be read",
        "promise": ". {promise} (Source: {source}, {date}.)",
        "allowed": "Let through by rule {rule}, which an admin made for {address}, "
        "proven ({signed}), until {until}. Without it: {otherwise}",
    },
}
# Links of which the sentence says what they are, by where they stand.
_LINKS = ("qr", PROGRAM)
# The ask that the sentence names, the gravest first.
_GRAVITY = (
    AskKind.BANK_DETAILS,
    AskKind.CARD,
    AskKind.NIR,
    AskKind.CREDENTIALS,
    AskKind.ONE_TIME_CODE,
    AskKind.FISCAL_NUMBER,
    AskKind.IDENTITY_PAPERS,
    AskKind.MEDICAL,
    AskKind.PAYMENT,
    AskKind.CALL_BACK,
    AskKind.FORM,
    AskKind.LINK,
    AskKind.ATTACHMENT,
    AskKind.REPLY,
)


def reason(verdict: Verdict, language: str = "fr") -> str:
    """One sentence (two with its promise): claim, failed proof, ask with its words, promise broken."""
    text = _TEXT[language]
    if verdict.claim is None or verdict.brand is None or verdict.proof is None:
        return text["unrelated"]
    name = verdict.brand.name if language == "fr" else verdict.brand.name_en
    claim = _claim(verdict.claim, name, language)
    match verdict.finding:
        case Finding.GENUINE | Finding.GENUINE_UNLISTED:
            shows = verdict.claim.evidence[0].shows
            signed = _signed(verdict.proof, language)
            return text[verdict.finding.value].format(name=name, signed=signed, shows=shows)
        case Finding.UNDECIDED:
            return text["undecided"].format(claim=claim)
        case Finding.MENTION:
            return text["mention"].format(name=name)
        case Finding.ALLOWED if verdict.allowance is not None:
            return _allowed(verdict, verdict.allowance, language)
        case _:
            proof = text["no_proof"].format(name=name, why=_why(verdict.proof, language))
            return f"{claim}{proof}{_asked(verdict, language)}"


def _allowed(verdict: Verdict, allowance: Allowance, language: str) -> str:
    """Which rule, for whom, and what would be said without it."""
    return _TEXT[language]["allowed"].format(
        rule=allowance.rule,
        address=_short(allowance.address, _MAX_SHOWN),
        signed=_signed(verdict.proof, language) if verdict.proof else "",
        until=f"{allowance.until:%Y-%m-%d}",
        otherwise=reason(replace(verdict, finding=Finding.SUSPECT, allowance=None), language),
    )


def _claim(claim: Claim, name: str, language: str) -> str:
    first = next((e for e in claim.evidence if e.likeness is claim.likeness), claim.evidence[0])
    shows = _short(first.shows, _MAX_SHOWN)
    text = _CLAIM[language][_SAID_AS.get(claim.basis, claim.basis)]
    return text.format(name=name, likeness=_LIKENESS[language][claim.likeness], shows=shows)


def _signed(proof: Proof, language: str) -> str:
    """Who signed, and on whose word we believe it where that is not our own."""
    key, attested = ("attested", proof.attested) if proof.attested else ("signed", None)
    domains = ", ".join(sorted(d.name for d in (attested.domains if attested else proof.aligned)))
    return _TEXT[language][key].format(domains=domains, by=attested.by if attested else "")


def _why(proof: Proof, language: str) -> str:
    """The first DKIM result that is not `none`: its RFC 8601 words, the same in both languages, and why."""
    for result in proof.results:
        if result.method is Method.DKIM and result.result is not Result.NONE:
            reason = f", {in_words(result.reason, language)}" if result.reason else ""
            return f" (dkim={result.result} {result.domain or '?'}{reason})"
    return " (aucune signature DKIM)" if language == "fr" else " (no DKIM signature)"


def _asked(verdict: Verdict, language: str) -> str:
    text = _TEXT[language]
    if not verdict.asks:
        return text["unreadable" if verdict.unreadable else "asks_nothing"] + "."
    first = min(verdict.asks, key=lambda ask: _GRAVITY.index(ask.kind))
    is_known = first.kind is AskKind.LINK and first.where in _LINKS
    kind = text[first.where] if is_known else _KIND[language][first.kind]
    said = text["asks"].format(kind=kind, quote=_short(first.quote, _MAX_QUOTE))
    broken = next(filter(None, map(verdict.promise_against, (first, *verdict.asks))), None)
    if broken is None:
        return said + "."
    promise, source = broken.said(language)
    return said + text["promise"].format(
        promise=promise.rstrip(".") + ".", source=source, date=broken.date.isoformat()
    )


def _short(text: str, limit: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
