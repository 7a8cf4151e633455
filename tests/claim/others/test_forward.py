"""Does the sender send his reader to the letter that he forwards, or does he ask, warn and report?"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milter.claim.claim import SENT_ON, Basis, Claim, Likeness
from milter.claim.others.forward import letter_in
from milter.claim.read import ClaimReader
from milter.mail.reading import Attachment, Link, LinkKind, Mailbox, Reading
from tests.claim.shipped import BRAND, COMMON

READER = ClaimReader(BRAND, COMMON)
LETTER = "Bonjour,\nVotre carte Vitale expire le 15 mars, renouvelez-la : Renouveler\nVotre Assurance Maladie"
LOOKALIKE = "De : Ameli Assurés <info@vitale-echange.example>\nObjet : Carte\n\n"
OFFICIAL = "De : CPAM Entreprises <entreprises@assurance-maladie.fr>\nObjet : Circulaire\n\n"


def forward(
    own: str,
    head: str = LOOKALIKE,
    *,
    host: str = "echange.example",
    subject: str = "TR: Carte",
    name: str = "Accueil",
) -> Reading:
    return Reading(
        subject=subject,
        authors=(Mailbox(name, "accueil@quincaillerie.example"),),
        reply_to=(),
        text=own,
        quoted=head + LETTER,
        links=(Link(f"https://{host}/v", "Renouveler", LinkKind.ANCHOR),),
    )


@pytest.mark.parametrize(
    "own",
    [
        "À faire par chacun d'ici ce soir svp, voir dessous.\nLe chef",
        "Papa, fais-le avant dimanche, la mienne a pris 5 minutes. Bisous",
        "Merci de faire le nécessaire avant 17 h.\nRH",
        "Un message n'a pas pu être affiché. Ouvrez la pièce jointe.",
        "Voir le message ci-joint.",
        "Coucou, j'ai touché 180 € en deux jours !",
        "Tu as eu la même chose ? Moi j'ai fait et c'est passé.",
        "Pour info, à faire par tout le personnel.",
        "Pour info, à traiter.",
    ],
)
def test_who_sends_his_reader_to_a_lookalikes_letter_forged_it(own: str) -> None:
    claim = READER.read(forward(own))

    assert claim is not None
    assert claim.basis is Basis.FORGED
    assert all(e.where.startswith("forwarded, ") for e in claim.evidence)


@pytest.mark.parametrize(
    "own",
    [
        "C'est vrai ça ? Il faut que je le fasse avant dimanche ?",
        "Il faut que je le fasse avant dimanche ?",
        "Méfie-toi, voir dessous, tout le monde le reçoit.",
        "Pour signalement, voir le message ci-joint.",
        "Plusieurs parents ont reçu ce faux message, voir ci-dessous.",
        "À supprimer, merci de ne rien ouvrir. C'est un spam.",
        "Mail suspect reçu ce matin, merci de regarder.",
        "Ne cliquez pas, merci de me prévenir si vous l'avez reçu.",
        "Pour info, voir plus bas.",
        "Votre demande 118 est suivie : répondez à ce message ou suivez le lien.",
        "Colette",
    ],
)
@pytest.mark.parametrize("head", [LOOKALIKE, OFFICIAL])
def test_who_asks_warns_or_reports_only_shows_it(own: str, head: str) -> None:
    claim = READER.read(forward(own, head))

    assert claim is None or claim.basis not in SENT_ON


@pytest.mark.parametrize("head", [LOOKALIKE, OFFICIAL])
def test_of_who_says_nothing_of_it_the_letter_is_only_passed_on(head: str) -> None:
    """Not of who doubts it, of who answers it, or of a server that returns it."""
    neutral = forward("Je vous transmets ce que j'ai reçu pour vous.", head)
    returned = (Mailbox("", "MAILER-DAEMON@mx.quincaillerie.example"),)
    by_postmaster = (Mailbox("", "Postmaster@mx.quincaillerie.example"),)
    report = (Attachment("", "message/delivery-status", 200),)

    claim = READER.passed_on(neutral)

    assert claim is not None
    assert claim.basis is Basis.PASSED_ON
    assert READER.read(neutral) is None
    assert READER.passed_on(forward("C'est vrai, ça ?", head)) is None
    assert READER.passed_on(replace(neutral, subject="[entraide] Re: carte")) is None
    assert READER.passed_on(replace(neutral, subject="Réponse automatique : carte")) is None
    assert READER.passed_on(replace(neutral, subject="Absences de novembre")) is not None
    assert READER.passed_on(replace(neutral, authors=returned)) is None
    assert READER.passed_on(replace(neutral, authors=by_postmaster)) is not None
    assert READER.passed_on(replace(neutral, authors=by_postmaster, attachments=report)) is None
    assert READER.passed_on(replace(neutral, quoted="")) is None


@pytest.mark.parametrize(
    ("author", "readers", "passes_on"),
    [
        ("accueil@quincaillerie.example", ("m.garnier@voisin.example",), True),
        ("accueil@quincaillerie.example", ("abuse@hebergeur.example",), False),
        ("accueil@quincaillerie.example", ("m.garnier@voisin.example", "phishing-securite@x.example"), False),
        ("accueil@quincaillerie.example", ("it@voisin.example",), False),
        ("accueil@quincaillerie.example", ("titi@voisin.example",), True),
        ("accueil@quincaillerie.example", ("chef@agence.quincaillerie.example",), False),
        ("colette@orange.fr", ("paul@orange.fr",), True),
        ("accueil@quincaillerie.example", (), True),
    ],
)
def test_a_letter_sent_on_without_a_word_is_passed_on_but_to_a_colleague_or_who_looks_into_such_mail(
    author: str, readers: tuple[str, ...], passes_on: bool
) -> None:
    silent = replace(forward(""), authors=(Mailbox("Colette Aubry", author),), readers=readers)

    assert passes_on is (READER.passed_on(silent) is not None)


@pytest.mark.parametrize(("said", "is_sent"), [("Merci de faire le nécessaire.", True), ("Vu.", False)])
def test_who_sends_to_a_letter_that_is_nearly_the_organisations_sends_it_on(said: str, is_sent: bool) -> None:
    """Its name stands in its address beside other words, and below."""
    head = "> De : Assurance Maladie - Accords <accord@accords-cpam.example>\n> Objet : Accord\n>\n"
    letter = f"{head}> L'accord exige votre RIB : https://x.example\n> L'Assurance Maladie"
    claim = READER.read(replace(forward(said), quoted=letter))

    assert is_sent is (claim is not None and claim.basis in SENT_ON)


@pytest.mark.parametrize("head", [LOOKALIKE, OFFICIAL])
def test_what_nobody_sends_on_without_a_word_is_a_letter_sent_on_but_not_sure_to_be_forged(head: str) -> None:
    """A forward head costs a sender nothing; a desk may hand such mail on to those who look into it."""
    claim = READER.read(forward("", head))

    assert claim is not None
    assert claim.basis is Basis.FORWARDED


def test_what_a_person_sends_on_without_a_word_is_only_shown() -> None:
    claim = READER.read(forward("", name="Colette Aubry"))

    assert claim is None or claim.basis not in SENT_ON


def test_a_silent_forward_that_leads_to_its_sender_is_forged() -> None:
    claim = READER.read(forward("", host="quincaillerie.example"))

    assert claim is not None
    assert claim.basis is Basis.FORGED


def test_so_is_one_whose_link_is_only_written_in_it() -> None:
    head = OFFICIAL + "Reconfirmez votre compte : https://quincaillerie.example/media/am.html\n\n"
    claim = READER.read(replace(forward("", head), links=()))

    assert claim is not None
    assert claim.basis is Basis.FORGED


def test_a_long_letter_of_ones_own_is_not_a_note() -> None:
    assert READER.read(forward("Compte rendu du conseil, merci de le lire. " * 40)) is None


def test_what_the_organisation_wrote_may_be_sent_on_to_be_done() -> None:
    claim = READER.read(forward("Merci de faire le nécessaire avant jeudi.", OFFICIAL))

    assert claim is not None
    assert claim.basis is Basis.FORWARDED
    assert claim.likeness is Likeness.OWNED_DOMAIN


@pytest.mark.parametrize(
    ("head", "host"),
    [
        (OFFICIAL, "www.quincaillerie.example"),
        ("De : Votre Assurance Maladie <accueil@quincaillerie.example>\n\n", "echange.example"),
        ("De : Votre Assurance Maladie <lre@mx.quincaillerie.example>\n\n", "echange.example"),
    ],
)
def test_a_letter_that_leads_to_its_sender_or_is_headed_by_his_address_is_his_own(
    head: str, host: str
) -> None:
    claim = READER.read(forward("Pour vous.", head, host=host, subject="TR:"))

    assert claim is not None
    assert claim.basis is Basis.FORGED


def test_at_a_provider_of_mailboxes_another_address_and_page_are_another_person_s() -> None:
    """Who got a fraud from there, and forwards it from there, is its victim."""
    head = "De : Votre Assurance Maladie <{}@orange.fr>\n\n"
    victim = (Mailbox("Paul", "paul.saule@orange.fr"),)

    def read(written_by: str) -> Claim | None:
        sent_on = forward("Pour vous.", head.format(written_by), subject="TR:", host="perso.orange.fr")
        return READER.read(replace(sent_on, authors=victim))

    others, own = read("info.carte"), read("paul.saule")

    assert others is None or others.basis is not Basis.FORGED
    assert own is not None
    assert own.basis is Basis.FORGED


def test_the_senders_own_link_in_his_signature_shows_nothing() -> None:
    """It stands in what he wrote himself."""
    assert READER.read(forward("Pour vous.\nRenouveler", OFFICIAL, host="www.quincaillerie.example")) is None


def test_of_what_is_forwarded_its_own_links_are_the_letter_s() -> None:
    """Those written in it, too; not the one in the sender's own words."""
    own = Link("https://intranet.example/", "intranet", LinkKind.ANCHOR)
    sent_on = forward("Voir aussi : intranet", LOOKALIKE + "https://carte.example/v\n")

    letter = letter_in(replace(sent_on, links=(*sent_on.links, own)), Basis.FORWARDED)

    assert [link.target for link in letter.links] == ["https://echange.example/v", "https://carte.example/v"]


def test_the_addressee_of_a_quoted_letter_is_not_its_author() -> None:
    head = "De : Zoé <zoe@perso.example>\nÀ : CPAM <cpam34@assurance-maladie.fr>\n"
    letter = letter_in(forward("", head), Basis.FORWARDED)

    assert [box.address for box in letter.authors] == ["zoe@perso.example"]


@given(quoted=st.text(alphabet="De : <>[]@mailto:\n\"' >|a.é*From", max_size=400) | st.text(max_size=200))
def test_whatever_is_quoted_can_be_read_as_a_letter(quoted: str) -> None:
    for box in letter_in(Reading("", (), (), "", quoted=quoted), Basis.FORWARDED).authors:
        assert box.address.count("@") == 1


def test_no_server_sends_back_a_letter_that_leads_to_itself() -> None:
    daemon = (Mailbox("", "mailer-daemon@echange.example"),)
    returned = replace(forward("Ce message vous est renvoyé, il n'a pas été lu."), authors=daemon)

    assert READER.passed_on(returned) is not None
    report = (Attachment("", "message/delivery-status", 200),)
    assert READER.passed_on(replace(returned, attachments=report)) is None
    assert (
        READER.passed_on(replace(forward("It could not be delivered.", host="x.example"), authors=daemon))
        is None
    )


REPLY_HEAD = "Le lun. 23 nov. 2026 à 09:11, CPAM Loire <gestion@cp-44.example> a écrit :"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (REPLY_HEAD, "CPAM Loire"),
        ("On Mon, Nov 23, 2026 at 9:11 AM CPAM <gestion@cp-44.example> wrote:", "CPAM"),
        ("Le 23/11/2026 à 09:11, CPAM Loire\n<gestion@cp-44.example> a écrit :", "CPAM Loire"),
        ("> Le lundi 23 novembre 2026 (09h11), CPAM <gestion@cp-44.example> a écrit :", "CPAM"),
    ],
)
@pytest.mark.parametrize("above", [True, False])
def test_who_wrote_it_stands_in_the_head_of_a_reply_behind_the_time(
    head: str, name: str, *, above: bool
) -> None:
    """The head stands with what the sender says where lines of ">" are below it."""
    own, quoted = (f"Bonjour,\n{head}", LETTER) if above else ("Bonjour,", f"{head}\n{LETTER}")

    found = letter_in(Reading("", (), (), own, quoted=quoted), Basis.FORWARDED).authors

    assert [(box.display_name, box.address) for box in found] == [(name, "gestion@cp-44.example")]


def test_the_head_of_a_reply_is_nothing_that_the_sender_says() -> None:
    own = f"À faire.\n\n{REPLY_HEAD.replace('CPAM', 'Je doute')}"
    answer = forward(own, head="De : CPAM <autre@cp-44.example>\n")
    claim = READER.read(answer)

    assert claim is not None
    assert claim.basis is Basis.FORGED


@pytest.mark.parametrize(("is_quoted", "basis"), [(True, None), (False, Basis.FORGED)])
def test_what_only_the_html_leaves_unmarked_is_nothing_that_the_sender_says(
    basis: Basis | None, *, is_quoted: bool
) -> None:
    """The plain text of the same mail marks it with `>`."""
    urging = "Merci de répondre avec votre numéro et la photo de votre carte."
    mail = forward(f"Voici le modèle à utiliser dans nos courriers :\n{urging}\nKarine")
    mail = replace(mail, quoted=f"{mail.quoted}\n> {urging if is_quoted else 'Cordialement'}")
    claim = READER.read(mail)

    assert (claim and claim.basis) is basis


def test_what_is_forwarded_right_below_is_no_answer() -> None:
    neutral = forward("Je vous transmets ceci.", f"--------- Forwarded message --------\n{LOOKALIKE}")

    assert READER.passed_on(replace(neutral, subject="Re: Fwd: carte")) is not None
    assert (
        READER.passed_on(
            replace(neutral, subject="Re: carte", quoted=f"-----Message d'origine-----\n{LOOKALIKE}")
        )
        is None
    )


@given(st.text(alphabet="Leà <>@:,.1a\n", max_size=300))
def test_any_head_of_a_reply_can_be_read(text: str) -> None:
    letter_in(Reading("", (), (), text, quoted=text), Basis.FORWARDED)
