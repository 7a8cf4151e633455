"""The review page in a real browser: each flow, in both languages, with mails that try to break out."""

import csv
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from milter.config.language import LANGUAGES
from tests.cli.command import FRAUD, run
from tests.review.addresses import PAGES
from tests.review.conftest import Sink
from tests.review.hostile import MAILS
from tests.review.site import PASSWORD, Site, seat

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}},
}


IDS = range(1, len(MAILS) + 3)


@pytest.mark.threat(*{name.split()[0].upper() for name in MAILS}, "W26", "W31")
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_hostile_mail_does_anything_on_any_page(
    browser: Browser, site: Site, sink: Sink, language: str
) -> None:
    with seat(browser, site, language) as ada:
        ada.log_in("ada")
        for page in PAGES:
            places = dict.fromkeys(page.of(mail_id) for mail_id in IDS)
            for place in places:
                answer = ada.page.goto(f"{site.url}{place}")
                assert answer
                assert 200 == answer.status, place
                for summary in ada.page.locator("summary").all():
                    summary.click()
                ada.page.mouse.move(200, 300)
        for query in ("<script>alert(1)</script>", "' OR 1=1--", "{{7*7}}"):
            ada.page.goto(f"{site.url}/mails")
            ada.page.fill("#words", query)
            with ada.page.expect_navigation():
                ada.page.keyboard.press("Enter")
            assert query == ada.page.input_value("#words")
        ada.go("/journal")
        assert "49" not in ada.page.inner_text("h1")
    assert [] == sink.heard


@pytest.mark.threat("W16", "W30", "W31")
def test_no_hostile_mail_does_anything_in_a_report(browser: Browser, site: Site, sink: Sink) -> None:
    told = {
        form: run("report", "--since", "1h", "--format", form, "--config", site.config).stdout
        for form in ("html", "csv")
    }
    with seat(browser, site) as somebody:
        somebody.page.set_content(told["html"])
        somebody.page.mouse.move(200, 300)
        assert 0 == somebody.page.locator("script, img, svg, iframe, object, form, [onmouseover]").count()
    cells = [cell for row in csv.reader(told["csv"].splitlines()) for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert [] == [cell for cell in cells if cell.startswith(("=", "+", "@", "-", "\t"))]
    assert [] == sink.heard


@pytest.mark.parametrize("look", LOOKS)
def test_each_page_has_its_picture(browser: Browser, site: Site, shots: Path, look: str) -> None:
    with seat(browser, site, "fr", **LOOKS[look]) as ada:
        ada.go("/login")
        ada.page.screenshot(path=shots / f"login-{look}.png")
        ada.log_in("ada")
        for page in PAGES:
            ada.go(page.one)
            ada.page.screenshot(path=shots / f"{page.name}-{look}.png", full_page=True)
            too_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            assert not ada.page.evaluate(too_wide), page


def test_a_mail_is_explained_with_its_evidence_marked(browser: Browser, site: Site) -> None:
    with seat(browser, site) as vera:
        vera.log_in("vera")
        vera.go("/mails/1")
        expect(vera.page.locator("h1")).to_have_text("Votre remboursement")
        expect(vera.page.locator("pre.text mark").first).to_be_visible()
        expect(vera.page.get_by_text("bank details").first).to_be_visible()
        expect(vera.page.locator(".promise").first).to_contain_text("The Assurance Maladie never asks")
        # The gateway speaks French to its admin; this one reads English.
        expect(vera.page.locator("p.verdict")).to_contain_text("Says it is the Assurance Maladie")


def test_what_is_only_spoken_of_is_not_said_to_speak_as_the_organisation(
    browser: Browser, site: Site, checkout: Path
) -> None:
    mail = (
        checkout
        / "tests"
        / "mails"
        / "acronym_only_text_no_brand_spelled_la_s_s_ij_votre_nir"
        / "message.eml"
    ).read_bytes()
    site.send(mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    with seat(browser, site) as vera:
        vera.log_in("vera")
        vera.page.get_by_role("link", name="IJSS sem. 46").click()
        expect(vera.page.locator("p.verdict")).to_contain_text("Speaks of the Assurance Maladie")
        expect(vera.page.locator(".panels .card").first).to_contain_text("by its text")


def test_a_page_in_french_has_quotes_as_french_has_them_and_breaks_no_address(
    browser: Browser, site: Site
) -> None:
    with site.gateway.smtp() as client:
        client.sendmail("bounce@evil.example", ["someone@elsewhere.example"], FRAUD)
    with seat(browser, site, "fr") as rosa:
        rosa.log_in("rosa")
        quote = rosa.page.locator("td.subject q").last
        assert '"«\xa0" "\xa0»" "“" "”"' == quote.evaluate("one => getComputedStyle(one).quotes")
        for place in ("/mails", "/trace"):
            rosa.go(place)
            lines = "one => one.getBoundingClientRect().height / parseFloat(getComputedStyle(one).lineHeight)"
            assert 1 == round(rosa.page.locator("td.to bdi").first.evaluate(lines))


def test_who_only_looks_can_decide_nothing(browser: Browser, site: Site) -> None:
    with seat(browser, site) as vera:
        vera.log_in("vera")
        assert 0 == vera.page.locator("button[name=deed], input[name=id]").count()
        vera.go("/mails/1")
        assert 0 == vera.page.locator("button[name=deed], a[download]").count()
        assert 403 == vera.page.request.get(f"{site.url}/mails/1/raw").status
        assert 403 == vera.page.request.get(f"{site.url}/journal").status


def test_a_released_mail_is_delivered_once_as_it_came(browser: Browser, site: Site) -> None:
    site.send(FRAUD.replace(b"Votre remboursement", b"To be released"))
    with seat(browser, site) as rosa:
        rosa.log_in("rosa")
        rosa.page.get_by_role("link", name="To be released").click()
        # What cannot be undone takes two clicks.
        expect(rosa.page.locator("button[value=release]")).to_be_hidden()
        rosa.page.get_by_text("Release to its recipients").click()
        rosa.page.get_by_role("button", name="Yes, release").click()
        expect(rosa.page.get_by_role("status")).to_have_text("Done: 1")
        rosa.go("/mails?state=released")
        rosa.page.get_by_role("link", name="To be released").click()
        expect(rosa.page.locator(".history")).to_contain_text("rosa · released")

    delivered = [file.read_bytes() for file in (site.config.parent / "maildir" / "new").iterdir()]
    assert 1 == sum(b"Subject: To be released\r\n" in one for one in delivered)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ("Confirmer la fraude", "Annuler : remettre en attente", "fraude confirmée")),
        ("en", ("Confirm as fraud", "Undo: it waits again", "confirmed as fraud")),
    ],
)
def test_a_fraud_is_confirmed_and_that_is_undone_without_script(
    browser: Browser, site: Site, shots: Path, language: str, words: tuple[str, str, str]
) -> None:
    subject = f"Confirmed in {language}"
    site.send(FRAUD.replace(b"Votre remboursement", subject.encode()))
    with seat(browser, site, language, java_script_enabled=False) as rosa:
        rosa.log_in("rosa")
        rosa.page.get_by_role("link", name=subject).click()
        rosa.page.get_by_role("button", name=words[0]).click()
        rosa.go("/mails?state=confirmed")
        rosa.page.screenshot(path=shots / f"confirmed-list-{language}.png", full_page=True)
        assert ["undo"] == [
            one.get_attribute("value") for one in rosa.page.locator("button[name=deed]").all()
        ]
        rosa.page.get_by_role("link", name=subject).click()
        expect(rosa.page.locator(".badge.state")).to_have_text(words[2])
        rosa.page.screenshot(path=shots / f"confirmed-mail-{language}.png", full_page=True)
        rosa.page.get_by_role("button", name=words[1]).click()
        # It is on the list that was left no more; what was done names it.
        rosa.page.locator(".notice.good a:not(#after)").click()
        expect(rosa.page.locator("button[value=release]")).to_have_count(1)


def test_hostile_mails_are_confirmed_together_and_do_nothing_where_they_are_listed(
    browser: Browser, site: Site
) -> None:
    for number in range(2):
        site.send(FRAUD.replace(b"Votre remboursement", b"Together <script>alert(%d)</script>" % number))
    with seat(browser, site) as rosa:
        rosa.log_in("rosa")
        rosa.go("/mails?words=together")
        for key in ("a", "c"):
            rosa.page.keyboard.press(key)
        expect(rosa.page.get_by_role("status")).to_have_text("Done: 2")
        rosa.go("/mails?state=confirmed&words=together")
        expect(rosa.page.locator("tbody tr")).to_have_count(2)
        rosa.page.check("#all")
        rosa.page.click("button[value=undo]")
        expect(rosa.page.get_by_role("status")).to_have_text("Done: 2")


def test_many_are_deleted_at_once_by_keys_alone(browser: Browser, site: Site) -> None:
    for number in range(3):
        site.send(FRAUD.replace(b"Votre remboursement", b"Of no use %d" % number))
    with seat(browser, site) as rosa:
        rosa.log_in("rosa")
        rosa.page.keyboard.press("/")
        rosa.page.keyboard.type("of no USE")
        with rosa.page.expect_navigation():
            rosa.page.keyboard.press("Enter")
        expect(rosa.page.locator("tbody tr")).to_have_count(3)
        for key in ("j", "x", "j", "x", "d"):
            rosa.page.keyboard.press(key)
        expect(rosa.page.get_by_role("status")).to_have_text("Done: 2")
        rosa.go("/mails?state=deleted&words=no+use")
        expect(rosa.page.locator("tbody tr")).to_have_count(2)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ("Supprimer", "annulable jusqu'au", "Annuler : remettre en attente")),
        ("en", ("Delete", "can be undone until", "Undo: it waits again")),
    ],
)
def test_deletions_are_undone_alone_and_together(
    browser: Browser, site: Site, shots: Path, language: str, words: tuple[str, str, str]
) -> None:
    delete, until, undo = words
    # The search finds parts of words, and "en" is one of many.
    subject = f"By mistake {language}-{language}"
    for number in range(3):
        site.send(FRAUD.replace(b"Votre remboursement", f"{subject} {number}".encode()))
    with seat(browser, site, language) as rosa:
        rosa.log_in("rosa")
        listed = f"/mails?words={subject.replace(' ', '+')}"
        rosa.go(listed)
        rosa.page.get_by_role("link", name=f"{subject} 0").click()
        rosa.page.get_by_role("button", name=delete, exact=True).click()
        rosa.go(listed)
        rosa.page.check("#all")
        rosa.page.click("button[value=delete]")
        rosa.go(f"{listed}&state=deleted")
        expect(rosa.page.get_by_text(until)).to_have_count(3)
        rosa.page.screenshot(path=shots / f"deleted-list-{language}.png", full_page=True)
        rosa.page.get_by_role("link", name=f"{subject} 0").click()
        rosa.page.screenshot(path=shots / f"deleted-mail-{language}.png", full_page=True)
        rosa.page.get_by_role("button", name=undo).click()
        rosa.go(f"{listed}&state=deleted")
        rosa.page.check("#all")
        rosa.page.click("button[value=undo]")
        rosa.go(listed)
        expect(rosa.page.locator("tbody tr")).to_have_count(3)


def test_a_copy_is_sent_to_somebody_who_is_named(browser: Browser, site: Site, shots: Path) -> None:
    site.send(FRAUD.replace(b"Votre remboursement", b"To be looked at"))
    with seat(browser, site, "fr") as rosa:
        rosa.log_in("rosa")
        rosa.page.get_by_role("link", name="To be looked at").click()
        rosa.page.select_option("#to", "security@town-hall.example")
        rosa.page.screenshot(path=shots / "mail-copy.png")
        rosa.page.get_by_role("button", name="Envoyer la copie").click()
        expect(rosa.page.get_by_role("status")).to_be_visible()
        expect(rosa.page.locator(".history")).to_contain_text("copie envoyée to security@town-hall.example")
        expect(rosa.page.locator(".badge.state")).to_have_text("en attente")


def test_it_works_without_script(browser: Browser, site: Site) -> None:
    site.send(FRAUD.replace(b"Votre remboursement", b"Without script"))
    with seat(browser, site, java_script_enabled=False) as rosa:
        rosa.log_in("rosa")
        rosa.go("/mails?words=without")
        rosa.page.check("tbody input[type=checkbox]")
        rosa.page.click("button[value=delete]")
        expect(rosa.page.get_by_role("status")).to_have_text("Done: 1")


def test_the_language_can_be_chosen(browser: Browser, site: Site) -> None:
    with seat(browser, site, "en") as vera:
        vera.log_in("vera")
        expect(vera.page.locator("h1")).to_have_text("Quarantine")
        vera.page.click("button[value=fr]")
        expect(vera.page.locator("h1")).to_have_text("Quarantaine")
        expect(vera.page.locator("html")).to_have_attribute("lang", "fr")


def test_who_logs_out_is_out(browser: Browser, site: Site) -> None:
    with seat(browser, site) as vera:
        vera.log_in("vera")
        with vera.page.expect_navigation(url="**/login"):
            vera.page.get_by_role("button", name="Log out").click()
        vera.go("/mails/1")
        assert vera.page.url.endswith("/login")


def test_a_download_is_a_file_and_exactly_what_came(browser: Browser, site: Site) -> None:
    with seat(browser, site) as rosa:
        rosa.log_in("rosa")
        rosa.go("/mails/1")
        with rosa.page.expect_download() as download:
            rosa.page.click("a[download]")
        assert "message-1.eml" == download.value.suggested_filename
        assert download.value.path().read_bytes().endswith(FRAUD)


NUMBERS = ("1 84 12 75 123 456 78", "FR76 3000 6000 0112 3456 7890 189", "4111 1111 1111 1111")
TELEPHONE = "06 39 98 12 34"


def told() -> bytes:
    """A fraud that has numbers of people wherever it can."""
    all_of_them = " / ".join((*NUMBERS, TELEPHONE))
    return (
        f'From: "Votre Assurance Maladie {NUMBERS[0]}" <info@ameli-compte.example>\r\n'
        f"To: someone@town-hall.example\r\nSubject: Remboursement {all_of_them}\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
        f"Votre Assurance Maladie vous informe. Renseignez votre RIB {all_of_them} et votre carte.\r\n"
        f"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; "
        f'filename="{NUMBERS[0]} {NUMBERS[1]}.pdf"\r\n\r\nx\r\n--b--\r\n'
    ).encode()


@pytest.mark.threat("P1", "P6")
def test_numbers_of_people_are_on_no_page_in_no_report_and_in_no_log(browser: Browser, site: Site) -> None:
    site.send(told())
    with seat(browser, site) as ada:
        ada.log_in("ada")
        ada.go("/mails?words=Remboursement")
        place = ada.page.locator("td.subject a").first.get_attribute("href") or ""
        mail_id = int(place.rpartition("/")[2])
        seen = {page.of(mail_id): "" for page in PAGES}
        for where in seen:
            ada.go(where)
            seen[where] = ada.page.content()
    for form in ("text", "json"):
        seen[form] = run("report", "--since", "1h", "--format", form, "--config", site.config).stdout
    seen["log"] = site.gateway.log
    assert "1 ** ** ** *** *** **" in seen[place]
    wrong = [(where, number) for where, words in seen.items() for number in NUMBERS if number in words]
    assert [] == wrong
    for where in ("log", "/journal", "/trace?span=30d", "/dashboard?span=30d"):
        assert TELEPHONE not in seen[where]
    assert "debug" in seen["log"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ("Créer le compte", "Changer le mot de passe", "Désactiver", "C'est fait.")),
        ("en", ("Make the account", "Change the password", "Disable it", "Done.")),
    ],
)
def test_an_admin_makes_an_account_its_owner_chooses_a_password_and_both_work_without_script(
    browser: Browser, site: Site, shots: Path, language: str, words: tuple[str, str, str, str]
) -> None:
    name = f"noé in {language}"
    with (
        seat(browser, site, language, java_script_enabled=False) as ada,
        seat(browser, site, language, java_script_enabled=False) as noe,
    ):
        ada.log_in("ada")
        ada.go("/accounts")
        ada.page.fill("#name", name)
        ada.page.select_option("#role", "reviewer")
        ada.page.get_by_role("button", name=words[0]).click()
        secret = ada.page.inner_text(".secret")
        ada.page.screenshot(path=shots / f"one-time-{language}.png", full_page=True)
        noe.log_in(name, secret, "**/me")
        noe.page.screenshot(path=shots / f"choose-{language}.png", full_page=True)
        noe.page.fill("#old", secret)
        noe.page.fill("#new", PASSWORD)
        noe.page.fill("#again", PASSWORD)
        noe.page.get_by_role("button", name=words[1]).click()
        expect(noe.page.get_by_role("status")).to_have_text(words[3])
        noe.go("/mails")
        expect(noe.page.locator("h1")).to_be_visible()
        ada.page.get_by_role("link", name=name).click()
        ada.page.get_by_role("button", name=words[2]).click()
        expect(ada.page.get_by_role("status")).to_have_text(words[3])
        noe.go("/mails")
        expect(noe.page.locator("#password")).to_be_visible()
