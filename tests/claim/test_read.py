"""Who the mail says it is: author fields and voice."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milter.claim.claim import ACCOUNT, ACTING, THIRD_PARTY, Basis, Claim, Grade, Likeness, Strength
from milter.claim.read import ClaimReader, may_claim, read_claim
from milter.claim.speaking.speaker import Speaker
from milter.mail.message import Message
from milter.mail.reading import Link, LinkKind, Mailbox, Reading
from milter.mail.structure.mime import walk
from tests.claim.shipped import BRAND, COMMON
from tests.fuzz.watch import watched

READER = ClaimReader(BRAND, COMMON)


def claim_of(
    text: str = "Bonjour.",
    *,
    name: str = "",
    address: str = "contact@boutique-lunaire.example",
    subject: str = "",
    links: tuple[Link, ...] = (),
    reply_to: tuple[Mailbox, ...] = (),
) -> Claim | None:
    """The claim of a mail with these parts."""
    return READER.read(
        Reading(subject=subject, authors=(Mailbox(name, address),), reply_to=reply_to, text=text, links=links)
    )


@pytest.mark.parametrize(
    ("likeness", "name", "address"),
    [
        (Likeness.OFFICIAL_ADDRESS, "Votre Assurance Maladie", "assurance-maladie@info.ameli.fr"),
        (Likeness.OWNED_DOMAIN, "", "admin@ameli.fr"),
        (Likeness.LOOKALIKE_DOMAIN, "", "contact@ameli.com"),
        (Likeness.DISPLAY_NAME, "Votre Assurance Maladie", "x@evil.example"),
        (Likeness.DISPLAY_NAME, "assurance-maladie@info.ameli.fr", "x@evil.example"),
        (Likeness.DISPLAY_NAME, "\u202eilemA", "x@evil.example"),
        (Likeness.LOCAL_PART, "", "cpam34@evil.example"),
    ],
)
def test_the_author_fields_make_a_claim(likeness: Likeness, name: str, address: str) -> None:
    """Each way a sender can show himself as the brand."""
    claim = claim_of(name=name, address=address)

    assert claim is not None
    assert likeness == claim.likeness


@pytest.mark.parametrize(
    ("name", "grade"), [("CPAM", Grade.WHOLE), ("CPAM Duvauchelle", Grade.PLAIN), ("Vitale", Grade.TRIFLE)]
)
def test_how_much_a_trace_shows_by_itself_is_measured_by_the_file(name: str, grade: Grade) -> None:
    """Where all weigh twice as much it is the same."""
    weights = {field: 2 * weight for field, weight in COMMON.weights.model_dump().items()}
    doubled = COMMON.model_copy(update={"weights": COMMON.weights.model_copy(update=weights)})
    mail = Reading(
        "", (Mailbox(name, "x@evil.example"),), (), "Votre Assurance Maladie\n\nVotre carte Vitale expire."
    )

    for common in (COMMON, doubled):
        claim = ClaimReader(BRAND, common).read(mail)
        assert claim is not None
        grades = {one.where: one.grade for one in claim.evidence}
        assert (grade, Grade.PLAIN, Grade.TRIFLE) == (grades["From"], grades["letterhead"], grades["sender"])


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Amélie Martin", "amelie.martin@mairie.example"),
        ("Hôtel Ameli", "contact@hotel.example"),
        ("Ameli Dubois", "ameli@dubois.example"),
        ("Vitale Informatique", "contact@vitale-informatique.example"),
        ("Mutuelle des Roses", "contact@mutuelle-des-roses.example"),
        ("CPAM Côte-d'Or, solidarité", "contact@ameli-cpam21.fr"),
        ("Maison Améli", "bonjour@maison-ameli.example"),
        ("Ameli Kask (via Google Drive)", "drive@google-shares.example"),
        ("Ameli Kask via Parents-CM2", "parents-cm2@ecole-prevert.example"),
        ("Ameli from Sketchly", "hello@sketchly.example"),
        ("Ameli_44 (Vintéo)", "no-reply@vinteo.example"),
        ("Vintéo pour Ameli K.", "no-reply@vinteo.example"),
    ],
)
def test_somebody_of_like_name_makes_no_claim(name: str, address: str) -> None:
    """Homonyms and known outsiders pass."""
    assert claim_of(name=name, address=address) is None


def test_a_person_signs_above_the_name_of_it() -> None:
    claim = claim_of("Bonjour,\n\nJe clos votre dossier vendredi.\n\nÀ bientôt\n\nMme Delmas\nCPAM Béziers")

    assert claim is not None
    assert "sign-off" in {e.where for e in claim.evidence}


def test_a_sender_called_by_what_he_sends_says_no_name_where_the_letter_says_whose_it_is() -> None:
    said = "Messieurs,\n\nNous avons enregistré votre nouveau compte.\n\n{}CPAM des Alpes-Maritimes"
    names = ("Information transporteurs", "a@flux-transporteurs.example"), ("Vintéo", "a@vinteo.example")
    by_words, by_a_name = (claim_of(said.format(""), name=one, address=at) for one, at in names)
    signed = claim_of(said.format("L'équipe Vintéo\n"), name="Vintéo", address="a@vinteo.example")

    assert by_words is not None
    assert by_words.strength > Strength.WEAK
    assert by_a_name is None or by_a_name.strength <= by_words.strength
    assert signed is None or signed.strength < by_words.strength


def test_who_is_on_the_line_for_it_speaks_for_it() -> None:
    said = (
        "C'est Laure, votre infirmière-conseillère du service sophia de l'Assurance Maladie.",
        "C'est Julie, votre infirmière. L'attestation de la CPAM est-elle arrivée ?",
    )
    claims = (claim_of(f"Bonjour,\n\n{one}\n\nÀ bientôt\nLaure") for one in said)

    assert ["speech" in {e.where for e in claim.evidence} for claim in claims if claim] == [True, False]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("Ameli via Vintéo", "contact@autre.example"),
        ("Ameli (Remboursements)", "contact@vinteo.example"),
        ("Ameli Remboursements Vintéo", "contact@vinteo.example"),
        ("CPAM via Vintéo", "contact@vinteo.example"),
        ("Ameli via Partage", "contact@partage.example"),
    ],
)
def test_nobody_is_a_namesake_by_an_office_or_by_anothers_domain(name: str, address: str) -> None:
    assert claim_of(name=name, address=address) is not None


def test_a_domain_that_makes_a_namesake_is_no_proof_that_its_owner_is_not_the_brand() -> None:
    """Whoever is called `Ameli (Zekur)` has bought zekur.example for that."""
    said = "Votre CPAM vous informe : votre carte Vitale expire.\nL'équipe Zekur"
    names = ("Zekur", "Ameli (Zekur)")
    other, namesake = (claim_of(said, name=one, address="a@zekur.example") for one in names)

    assert other is not None
    assert other.own_name
    assert namesake is not None
    assert not namesake.own_name


def test_nobody_is_a_namesake_by_his_domain_who_writes_of_the_readers_account() -> None:
    said = "Votre compte ameli est suspendu."

    bought = claim_of(said, name="Ameli via Zekur", address="a@zekur.example")

    assert bought is not None
    assert bought.strength is Strength.STRONG
    assert claim_of(said, name="Ameli Dubois", address="a@zekur.example") is None


def test_a_reply_address_of_the_brand_is_a_trace_where_the_author_shows_none() -> None:
    """THREATS A47."""
    claim = claim_of(reply_to=(Mailbox("Ameli", "contact@ameli.fr", "Reply-To"),))

    assert claim is not None
    assert Strength.WEAK is claim.strength


FRAUD = """L'Assurance Maladie

Bonjour,

Votre carte Vitale arrive à expiration. Nous avons procédé à la création de votre nouvelle carte Vitale.
Commander ma nouvelle carte

Cordialement,
Votre Assurance Maladie
"""


def test_a_text_that_speaks_as_the_organisation_is_a_strong_claim() -> None:
    """Letterhead, news of its own thing, sign-off."""
    claim = claim_of(FRAUD)

    assert claim is not None
    assert (Likeness.VOICE, Strength.STRONG) == (claim.likeness, claim.strength)
    assert {"letterhead", "text", "sign-off"} <= {e.where for e in claim.evidence}


def test_a_given_name_beside_the_organisations_in_a_language_whose_voice_is_not_heard_is_no_person() -> None:
    text = "Ihre Karte der Assurance Maladie läuft ab.\nJetzt verlängern"
    named = claim_of(text, name="Ameli", address="karte@ekvk.example")
    note = "Wir treffen uns um acht am Bahnhof, und wie Ameli immer sagt, vergesst das Wasser nicht."
    person = claim_of(note, name="Ameli", address="karte@ekvk.example")

    assert named is not None
    assert named.strength is Strength.LIKELY
    assert person is None or person.strength is Strength.WEAK


@pytest.mark.parametrize(("text", "is_read"), [("Bonjour, on mange à midi ?", False), (FRAUD, True)])
def test_a_given_name_is_no_reason_to_read_a_mail_that_says_nothing_of_the_brand(
    text: str, *, is_read: bool
) -> None:
    """Amélie writes as often as others, and her mails would each be read in full."""
    message = Message(f"From: Amélie <amelie@dubois.example>\r\nSubject: Midi\r\n\r\n{text}".encode())

    assert is_read is may_claim(message, walk(message), (READER,))
    assert is_read is (claim_of(text, name="Amélie", address="amelie@dubois.example") is not None)


@pytest.mark.parametrize(
    "text",
    [
        "Attention, des escrocs se font passer pour l'Assurance Maladie. Exemple de message :\n" + FRAUD,
        "Bonjour, j'ai reçu ce mail, c'est une arnaque ?\n" + FRAUD,
        "Pensez à votre carte Vitale pour votre rendez-vous de demain.\nCabinet du docteur Saule",
        "Nous vous remboursons après l'Assurance Maladie.\nMutuelle des Roses",
        "La carte d'assurance maladie du Québec expire. Renouvelez votre carte d'assurance maladie.\nRAMQ",
        "Offre : lecteur de carte Vitale à moitié prix, commandez votre lecteur de carte Vitale.",
    ],
)
def test_a_text_about_the_organisation_is_no_strong_claim(text: str) -> None:
    """Press, colleagues, doctors, insurers, namesakes abroad."""
    claim = claim_of(text)

    assert claim is None or claim.strength is not Strength.STRONG


def test_a_report_does_not_excuse_an_author_who_calls_himself_the_brand() -> None:
    """A fake warning inside the fraud is free for the sender."""
    claim = claim_of("Attention aux arnaques.\n" + FRAUD, name="Votre Assurance Maladie")

    assert claim is not None
    assert Strength.STRONG is claim.strength


def test_a_link_that_shows_home_and_leads_elsewhere_is_a_trace() -> None:
    """The shown text is read, too."""
    link = Link("https://evil.example/x", "https://assure.ameli.fr", LinkKind.ANCHOR)
    claim = claim_of(FRAUD, links=(link,))

    assert claim is not None
    assert "https://assure.ameli.fr" in [e.shows for e in claim.evidence]


def test_of_several_brands_the_heaviest_claim_counts() -> None:
    """And none where no reader finds one."""
    reading = Reading(subject="", authors=(Mailbox("Ameli.fr", "x@evil.example"),), reply_to=(), text="")

    assert read_claim(reading, (READER, READER)) == READER.read(reading)
    assert read_claim(reading, ()) is None


@settings(max_examples=200)
@given(st.text(max_size=2000), st.text(max_size=80), st.text(max_size=80))
def test_no_text_raises(text: str, name: str, address: str) -> None:
    """Everything here is a sender's byte."""
    claim_of(f"{text} carte vitale {text}", name=name, address=address, subject=name)


@pytest.mark.parametrize(
    "text",
    [
        "carte vitale " * 80_000,
        "\n" * 500_000 + "ameli",
        "a " * 500_000 + "ameli",
        "« " * 300_000 + "cpam",
        "ameli: " * 100_000,
    ],
)
def test_a_hostile_text_is_read_within_its_limits(text: str) -> None:
    """Linear, and cut."""
    with watched():
        claim_of(text, subject=text[:100_000], name=text[:100_000])


@pytest.mark.parametrize(
    ("strength", "host"),
    [
        (Strength.LIKELY, "ameli-majvitale.example"),
        (Strength.LIKELY, "cpam-employeurs.example"),
        (Strength.LIKELY, "ameli.fr.dossier.example"),
        (Strength.WEAK, "carte-vitale.handbook.example"),
        (None, "ameli-cpam21.fr"),
        (None, "cabinet-saule.example"),
    ],
)
def test_a_lookalike_link_counts_whoever_sends_it(strength: Strength | None, host: str) -> None:
    """Under a good name, too; a page of somebody's own site says less, and a known outsider nothing."""
    link = Link(f"https://{host}/regler", "régler", LinkKind.ANCHOR)
    text = "Bonjour,\nVotre dossier est prêt : régler.\nCabinet du docteur Saule"
    claim = claim_of(name="Cabinet Saule", address="contact@cabinet-saule.example", text=text, links=(link,))

    assert strength == (claim.strength if claim else None)


@pytest.mark.parametrize(
    ("text", "name", "claims"),
    [
        ("« Cher patient. Réglez ici : {url}. Merci. »\nTrouvez l'erreur.", "Cabinet Saule", False),
        ("« Cher patient. Réglez ici : {url}. Merci. »\nAllez sur {url}", "Cabinet Saule", True),
        ("Réglez ici : {url}", "Cabinet Saule", True),
        ("« Cher patient. Réglez ici : {url}. Merci. »\nTrouvez l'erreur.", "", True),
    ],
)
def test_an_address_in_a_letter_that_a_sender_with_a_name_quotes_is_none_of_his(
    text: str, name: str, *, claims: bool
) -> None:
    url = "https://ameli-majvitale.example/regler"
    text = f"Bonjour,\n{text.format(url=url)}" + ("\nCabinet du docteur Saule" if name else "")
    link = Link(url, url, LinkKind.TEXT)
    claim = claim_of(name=name, address="contact@cabinet-saule.example", text=text, links=(link,))

    assert claims is (claim is not None)


@pytest.mark.parametrize(
    "target",
    [
        "https://ameli-majvitale.example/regler",
        "https:/ameli-majvitale.example/regler",
        "https:\\ameli-majvitale.example/regler",
        "https://ameli%2Dmajvitale.example/regler",
    ],
)
def test_a_link_is_the_brands_to_the_eye_however_its_address_is_written(target: str) -> None:
    """A browser follows each of them there."""
    link = Link(target, "régler", LinkKind.ANCHOR)
    claim = claim_of(name="Cabinet Saule", text="Réglez ici", links=(link,))

    assert claim is not None
    assert "lookalike link" in {one.where for one in claim.evidence}


@pytest.mark.parametrize(
    ("shown", "target", "strength"),
    [
        ("https://assure.ameli.fr/droits", "https://ameli.fr.droits-ouverts.example/x", Strength.STRONG),
        # Programs that count clicks lead every link elsewhere.
        ("https://assure.ameli.fr/droits", "https://clics.lettre-infos.example/ameli", None),
        ("Rouvrir mes droits", "https://ameli.fr.droits-ouverts.example/x", Strength.LIKELY),
    ],
)
def test_who_shows_the_brands_address_and_leads_to_its_lookalike_is_surely_no_other(
    shown: str, target: str, strength: Strength | None
) -> None:
    """Whatever name the sender says: a practice whose box was broken into does."""
    text = f"Bonjour, vos droits CPAM sont à rouvrir avant le rendez-vous :\n{shown}\nCabinet Saule"
    link = Link(target, shown, LinkKind.ANCHOR)
    claim = claim_of(name="Cabinet Saule", address="accueil@cabinet-saule.example", text=text, links=(link,))

    shows = claim if claim is not None and claim.basis is Basis.SHOWN else None
    assert strength == (shows and shows.strength)


@pytest.mark.parametrize(
    ("name", "address", "signed", "shows"),
    [
        ("Club de Pétanque Orb", "president@petanque-orb.example", "", True),
        ("Club de Pétanque Orb", "president@petanque-orb.example", "\nLe club de pétanque Orb", False),
        # Who is called after the brand may sign so.
        ("Amicale de la CPAM", "tresorier@amicale-isere.example", "", False),
    ],
)
def test_a_letter_that_the_brand_signs_and_no_sender_names_himself_in_is_its_own(
    name: str, address: str, signed: str, shows: bool
) -> None:
    """As from a box that was broken into."""
    said = ["Monsieur,", "Je fais suite à votre demande.", "Après étude, le capital décès peut être versé."]
    said += ["Il nous faut l'acte de décès.", "Et le livret de famille.", "Répondez aussi avec votre RIB."]
    text = "\n\n".join(said) + f"\n{signed}\nPhilippe Aubry\nService capital décès\nCPAM de l'Isère"
    claim = claim_of(name=name, address=address, text=text)

    assert shows is (claim is not None and claim.strength is Strength.STRONG)


@pytest.mark.parametrize("who", ["pseudo conseiller", "prétendu agent"])
def test_who_warns_of_somebody_that_only_says_so_does_not_speak_as_the_brand(who: str) -> None:
    text = (
        f"Bonjour,\nVos données ont fui.\n- ne croyez aucun {who} CPAM qui connaîtrait votre numéro ;\nLa DRH"
    )

    assert claim_of(name="DRH", text=text) is None
    assert claim_of(name="DRH", text=text.replace(who, "conseiller")) is not None


@pytest.mark.parametrize(
    ("name", "text", "claims"),
    [
        (
            "Gestion des droits",
            "Le versement de vos droits de diffusion a été rejeté. Confirmez votre RIB.",
            False,
        ),
        ("Mes Droits Formation", "Vos droits à la formation expirent. Utilisez-les avant lundi.", False),
        (
            "Gestion des droits",
            "Le versement de vos droits a été rejeté. Vos soins attendent. Votre RIB ?",
            True,
        ),
        ("Droits santé", "Le versement de vos droits a été rejeté. Confirmez votre RIB.", True),
    ],
)
def test_rights_and_refunds_are_anybodys_without_a_word_of_health(name: str, text: str, claims: bool) -> None:
    """Authors, trainings and concerts have them, too."""
    claim = claim_of(f"Bonjour,\n{text}", name=name, address="info@gestion-droits.example")

    assert claims is (claim is not None)


@pytest.mark.parametrize(
    ("pictures", "signed", "claims"),
    [
        (("Assurance Maladie - Ameli", "am_logo.png"), "", True),
        (("Assurance Maladie - Ameli", "Transports Gaudry"), "", False),
        (("Assurance Maladie - Ameli",), "\nTransports Gaudry", False),
        (("Mutuelle Bleue",), "", False),
    ],
)
def test_the_logo_heads_a_letter_that_says_its_senders_name_nowhere(
    pictures: tuple[str, ...], signed: str, claims: bool
) -> None:
    """In From stands the name of the box that was broken into."""
    text = f"Bonjour,\nUn document vous attend.\nConsulter le document{signed}"
    box = Mailbox("Transports Gaudry SARL", "exploitation@transports-gaudry.example")
    links = (Link("https://transports-gaudry.example/?id=4", "Consulter le document", LinkKind.ANCHOR),)
    reading = Reading(
        subject="Document", authors=(box,), reply_to=(), text=text, links=links, image_names=pictures
    )

    assert claims is (READER.read(reading) is not None)


@pytest.mark.parametrize(
    ("line", "glued"),
    [
        ("ASSURANCEMALADIEVotreremboursementde96", True),
        ("VOTRECARTEVITALEESTARRIVEEAEXPIRATION", True),
        # A tag, an address, the name alone, a long word of something else.
        ("Vu hier sur le fil : #PresidentDeLaCaisseNationaleDAssuranceMaladie", False),
        ("https://exemple.example/ASSURANCEMALADIEVotreremboursement", False),
        ("anticonstitutionnellementvotre", False),
    ],
)
def test_a_sentence_without_blanks_is_headed_by_the_name_in_it(line: str, *, glued: bool) -> None:
    """One letter a table cell."""
    reading = Reading(
        "Dossier", (Mailbox("Service", "a@b.example"),), (), f"{line}\nCliquez pour le recevoir."
    )
    claim = READER.read(reading)

    assert glued is (claim is not None and "letterhead" in {e.where for e in claim.evidence})


@pytest.mark.parametrize("ambiguous", [frozenset[str](), frozenset({"alternatives"})])
def test_a_name_said_in_the_other_alternative_is_no_excuse(ambiguous: frozenset[str]) -> None:
    reading = Reading(
        "Votre lettre d'octobre",
        (Mailbox("Jardins du Sureau", "lettre@jardins-sureau.example"),),
        (),
        "Assurance Maladie\nVotre carte Vitale expire mercredi.\nActualiser\nPlantez les bulbes au Sureau.",
        ambiguous=ambiguous,
    )
    claim = READER.read(reading)

    assert bool(ambiguous) is (claim is not None and claim.strength is Strength.STRONG)


def test_a_person_called_like_the_brand_is_paid_back_by_friends() -> None:
    box = Mailbox("Améli Cazeneuve", "ameli.cazeneuve@filmail.example")
    text = "C'est Améli, tu me dois 43 €, tu peux me rembourser ? Je te donne mon RIB."

    assert READER.read(Reading("Remboursement Améli", (box,), (), text)) is None


def labelled(shown: str, text: str = "Il manque une pièce.", target: str = "https://toits.example/a") -> bool:
    """True where the one link of a note is heard as the reader's account."""
    claim = claim_of(
        f"Bonjour,\n{text}\n{shown}\nHélène",
        name="Hélène Marsaud",
        address="h.marsaud@toits.example",
        links=(Link(target, shown, LinkKind.ANCHOR),),
    )
    return claim is not None and any(e.where == "label" for e in claim.evidence)


@pytest.mark.parametrize("shown", ["Ouvrir mon compte ameli", "Espace ameli", "cpam – versement 58,20 €"])
def test_the_lone_link_of_a_note_is_the_organisations_by_its_label(shown: str) -> None:
    assert labelled(shown)


@pytest.mark.parametrize(
    ("shown", "more"),
    [
        # It leads there, the note says what it is about, it is a form, or one's health records.
        ("Mon compte ameli", {"target": "https://assure.ameli.fr/"}),
        ("Mon compte ameli", {"text": "Votre arrêt est sur ameli, à télécharger et à me rendre."}),
        ("Mon compte ameli", {"text": "Un mot de plus pour la réunion. " * 8}),
        ("Formulaire CPAM.pdf", {}),
        ("Mon espace santé", {}),
        ("Mon espace client", {}),
    ],
)
def test_other_links_of_notes_are_not(shown: str, more: dict[str, str]) -> None:
    assert not labelled(shown, **more)


def test_of_alternatives_that_tell_different_things_each_may_claim_by_itself() -> None:
    """A program shows one of them, where nobody is named as the writer."""
    plain = "Le Fournil du Port a refait sa vitrine. La tourte de seigle revient samedi matin."
    lure = "Votre carte Vitale arrive à expiration. Renouvelez votre carte Vitale avant vendredi."
    author = Mailbox("Actus", "lettre@fournil-du-port.example")
    told = Reading("Nouvelles", (author,), (), f"{lure}\n{plain}")

    assert read_claim(told, (READER,)) is None
    assert read_claim(replace(told, versions=(lure, plain)), (READER,)) is not None


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        ("Cher bénéficiaire, RIB rejeté. Nouvelle saisie obligatoire. Ne pas répondre. CPAM", True),
        ("Cher bénéficiaire, RIB rejeté. Nouvelle saisie obligatoire. Votre CPAM.", True),
        ("bonjour la sécu vous doit 76,50 €, demande à faire ici http://court.example/s76 la cpam", True),
        ("bonjour la sécu vous doit 76,50 €, demande à faire ici http://court.example/cpam", False),
        ("Pensez à deux choses. Carte Vitale", False),
        ("Nous attendons leur réponse. Nous écrirons lundi à la CPAM", False),
    ],
)
def test_a_paragraph_may_end_with_its_signature(text: str, *, signed: bool) -> None:
    """The way of text messages, which mails of one paragraph have, too; a thing is no signature."""
    claim = claim_of(text, subject="AMELI - RIB à valider")

    found = {e.where for e in claim.evidence} if claim else set()
    assert signed is ("sign-off" in found)


@pytest.mark.parametrize(
    ("line", "heads"),
    [
        ("l ' AssuranceMaladie", True),
        ("AssuranceMaladie", True),
        ("Les blogs sur AssuranceMaladie et nous", False),
    ],
)
def test_a_name_that_the_cells_of_a_table_glue_is_a_letterhead(line: str, *, heads: bool) -> None:
    claim = claim_of(f"{line}\nBonjour, votre nouvelle carte Vitale est imprimée.", subject="Carte 2027")

    assert heads is ("letterhead" in {e.where for e in claim.evidence} if claim else False)


@pytest.mark.parametrize(
    ("who", "speaks"),
    [("Marie Perrin, agent", True), ("Un agent", False), ("une conseillère", False), ("Conseillère", True)],
)
def test_that_somebody_of_it_comes_is_not_its_speech(who: str, *, speaks: bool) -> None:
    """A town hall tells of his hours."""
    claim = claim_of(
        f"Bonjour,\n{who} de la CPAM de la Vendée sera là. Votre CPAM vous connaît, carte Vitale."
    )

    found = [e for e in claim.evidence if e.where == "speech"] if claim else []
    assert speaks is any("Vendée" in e.shows for e in found)


def test_the_compulsory_insurance_is_not_one_abroad() -> None:
    """The AMO of Morocco is called as the French one is by its initials."""
    text = "Votre organisme d'assurance maladie obligatoire demande votre RIB par retour de courriel."

    assert claim_of(text, address="secretariat@amo-dossiers.example") is not None
    assert claim_of(text, address="secretariat@amo-dossiers.ma") is None


@pytest.mark.parametrize(
    "text",
    [
        "La CPAM de la Loire nous charge de vous verser un capital décès.",
        "La CPAM nous a chargés de vous verser un capital décès.",
        "La CPAM m'a confié le versement du capital décès.",
    ],
)
def test_whom_it_charges_acts_for_it(text: str) -> None:
    claim = claim_of(text, name="Étude Vauclin", address="notaire@etude-vauclin.example")

    assert claim is not None
    assert claim.basis in ACTING


@pytest.mark.parametrize(
    ("domain", "abroad", "known"),
    [("regie-assurance-maladie-qc.example", True, False), ("assurance-maladie-avis.example", False, True)],
)
def test_a_domain_called_by_a_name_that_is_shared_abroad_is_none_there(
    domain: str, *, abroad: bool, known: bool
) -> None:
    said = "utilisez le Service québécois" if abroad else "utilisez le service"

    claim = claim_of(f"Pour changer d'adresse, {said}.", address=f"avis@{domain}")

    assert known is (claim is not None)


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        (
            "Vous êtes éligible à un remboursement de 146 euros.\n\nCPAM, service des remboursements",
            Strength.STRONG,
        ),
        (
            "Voix du Canal a lu : vous êtes éligible à un remboursement.\n\nCPAM, service des remboursements",
            None,
        ),
        ("Je n'ai rien reçu de la CPAM.", None),
    ],
)
def test_a_hacked_box_signs_below_what_the_impostor_signed(text: str, strength: Strength | None) -> None:
    """The program of its owner adds his signature (RFC 3676 section 4.3): that is not the letter's."""
    signature = "\n\n-- \nChorale Les Voix du Canal\nRépétitions le mardi"
    claim = claim_of(
        text + signature, name="Chorale Les Voix du Canal", address="contact@voixducanal.example"
    )

    found = claim.strength if claim and claim.basis not in THIRD_PARTY else None
    assert strength is found


@pytest.mark.parametrize(
    ("text", "acting"),
    [
        ("L'Assurance Maladie a confié à notre CCAS l'actualisation de vos droits.", True),
        ("La CPAM nous a saisis pour recueillir votre RIB.", True),
        ("L'Assurance Maladie a confié à un prestataire l'envoi de votre carte.", False),
    ],
)
def test_a_third_party_that_was_charged_acts_for_it(text: str, *, acting: bool) -> None:
    claim = claim_of(text, name="CCAS de Thann", address="ccas@thann.example")

    assert acting is (claim is not None and claim.basis in ACTING)


@pytest.mark.parametrize(
    ("holder", "wants"),
    [
        ("FR76 3000 4018 2200 0105 5417 662, bénéficiaire CPAM SERVICE RCT", True),
        ("Titulaire : CPAM Recouvrement\nFR76 3000 4018 2200 0105 5417 662", True),
        ("Titulaire : Cabinet Sorin\nFR76 3000 4018 2200 0105 5417 662", False),
        ("Bénéficiaire de la pension : CPAM Recouvrement", False),
        ("CPAM 49 RECOUVREMENT\nFR76 3000 4018 2200 0105 5417 662", True),
        ("La part que la CPAM ne prend pas\nFR76 3000 4018 2200 0105 5417 662", False),
        ("CPAM, comme convenu :\nFR76 3000 4018 2200 0105 5417 662", False),
    ],
)
def test_who_gives_the_number_of_its_account_says_that_it_wants_the_money(
    holder: str, *, wants: bool
) -> None:
    text = f"Cher Monsieur,\nLa CPAM a revu sa créance. Vous pourrez la régler ainsi :\n{holder}\nMe Sorin"
    claim = claim_of(text, name="Maître Sorin", address="h.sorin@cabinet-sorin.example")

    shown = () if claim is None else claim.evidence

    assert wants is any(trace.where == ACCOUNT for trace in shown)


@pytest.mark.parametrize(
    ("name", "address", "words"),
    [
        ("Archivage probant", "notif@archivage-probant.example", True),
        ("Coffre numérique", "notif@coffre-numerique.example", True),
        ("Coffre numérique", "notif@grandlarge.example", False),
        ("Grandlarge", "notif@coffre-numerique.example", False),
        ("Mutuelle solidaire", "info@mutuelle-solidaire.example", False),
    ],
)
def test_a_sender_may_be_called_by_what_is_sent(name: str, address: str, *, words: bool) -> None:
    assert words is READER.is_called_by_words(Reading("Avis", (Mailbox(name, address),), (), "Un avis."))


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("L'Assurance Maladie vous offre un bilan de santé : https://rdv.irsa.example", "offer"),
        ("L'Assurance Maladie vous invite, avec notre centre, à trois ateliers pour le dos.", "offer"),
        # What it manages for the reader, money, and what is no examination.
        ("L'Assurance Maladie vous offre un bilan.\nRenouvelez votre carte Vitale.", "speech"),
        ("L'Assurance Maladie vous offre un bilan.\nVotre remboursement vous attend.", "speech"),
        ("L'Assurance Maladie vous offre 200 euros.", "speech"),
        ("L'Assurance Maladie vous offre un bilan.\nL'Assurance Maladie vous informe d'un indu.", "speech"),
    ],
)
def test_a_body_with_a_name_tells_what_the_organisation_offers(text: str, where: str) -> None:
    centre = Mailbox("Centre d'examens IRSA", "rdv@irsa.example")
    named = READER.trace(Reading("", (centre,), (), f"{text}\n\nCentre IRSA"))
    nobody = claim_of(text, name="Service rendez-vous", address="rdv@x7.example")

    assert named is not None
    assert {e.where for e in named.evidence} & {"offer", "speech"} == {where}
    assert nobody is not None
    assert {e.where for e in nobody.evidence} & {"offer", "speech"} == {"speech"}


@pytest.mark.parametrize(
    ("name", "address", "last", "who"),
    [
        (
            "Tiers Payant Service",
            "gestion@tiers-payant-service.example",
            "Tiers Payant Service, délégataire de gestion de la Mutuelle des Forges, ORIAS 09 000 000",
            Speaker.SENDER,
        ),
        # For the brand, or nobody.
        (
            "Tiers Payant Service",
            "gestion@tiers-payant-service.example",
            "Tiers Payant Service, délégataire de gestion de votre CPAM, Mutuelle des Forges, ORIAS 09",
            Speaker.NOBODY,
        ),
        (
            "Tiers Payant Service",
            "gestion@tiers-payant-service.example",
            "Une page longue dont la dernière ligne nomme la Mutuelle des Forges, et Tiers Payant Service",
            Speaker.NOBODY,
        ),
        ("Tiers Payant", "aide@tp-optique.example", "TP Optique, plateforme des opticiens", Speaker.SENDER),
        ("Tiers Payant", "aide@cv-optique.example", "CV Optique, plateforme des opticiens", Speaker.NOBODY),
        ("Unité IJ", "ij@unite-ij.example", "Unité IJ", Speaker.NOBODY),
        ("Tiers Payant", "aide@tp-ij.example", "TP IJ, plateforme des droits", Speaker.NOBODY),
        ("Prado – Sages-femmes 35", "rdv@sagesfemmes35.example", "Elsa, sage-femme", Speaker.SENDER),
        ("Unité régionale – Contrôle T2A", "ucr@controle-t2a.example", "Dr P. Estève", Speaker.NOBODY),
    ],
)
def test_a_delegate_and_a_practice_say_who_they_are(name: str, address: str, last: str, who: Speaker) -> None:
    text = f"Vos remboursements sont suspendus.\n\n{last}"

    assert who is READER.speaker(Reading("", (Mailbox(name, address),), (), text))


def test_a_part_of_a_name_may_be_the_domain() -> None:
    box = Mailbox("Prado – Sages-femmes 35", "rdv@sagesfemmes35.example")
    matter = Mailbox("Service – Espace assuré", "rdv@espace-assure.example")

    assert READER.says_own_name(Reading("", (box,), (), "Bonjour."))
    assert not READER.says_own_name(Reading("", (matter,), (), "Bonjour."))


def test_whom_it_charged_is_none_of_its_staff() -> None:
    bailiff = Mailbox("SCP Rambert, commissaires de justice", "etude@rambert.example")
    charged, staff = (
        READER.trace(Reading("", (bailiff,), (), f"Je suis {said} la CPAM de l'Hérault.\nP. Rambert"))
        for said in ("chargé par", "chargé de mission à")
    )

    assert charged is None
    assert staff is not None
