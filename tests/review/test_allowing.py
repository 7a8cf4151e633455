"""An admin releases a partner's mail, allows its author, and takes that back, in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.cli.command import FRAUD, reports, run
from tests.dns_server import DnsServer
from tests.review.site import CONFIG, Site, running, seat
from tests.review.test_in_browser import LOOKS
from tests.serving import eventually
from tests.sign import sign

DOMAIN = "axeo-assurances.example"
UNSIGNED = FRAUD.replace(b"service@remboursement.example", b"adherents@" + DOMAIN.encode()).replace(
    " et votre numéro de carte bancaire".encode(), b""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A gateway that can ask for keys."""
    with DnsServer() as dns:
        options = CONFIG.replace("127.0.0.1:9", dns.address).replace("timeout = 0.2", "timeout = 5")
        with running(tmp_path_factory.mktemp("allowing"), options) as started:
            yield started


def partner(who: str, subject: str, more: str = "") -> bytes:
    """A mail of somebody at the partner's, signed by his domain."""
    mail = UNSIGNED.replace(b"Votre remboursement", subject.encode()) + more.encode()
    return sign(mail.replace(b"adherents@", f"{who}@".encode()), DOMAIN, "s1")


def delivered(site: Site, subject: str) -> list[bytes]:
    files = (site.config.parent / "maildir" / "new").iterdir()
    return [mail for mail in (file.read_bytes() for file in files) if subject.encode() in mail]


def has_come(site: Site, who: str, subject: str) -> bool:
    """Send such a mail; true when it was passed on."""
    site.send(partner(who, subject))
    return bool(delivered(site, subject))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fr",
            (
                "Remettre et admettre l'auteur",
                "Remettre le message et admettre son auteur",
                "Retirer",
                "auteur admis",
            ),
        ),
        (
            "en",
            (
                "Release and allow the author",
                "Release the mail and allow its author",
                "Remove",
                "allowed an author",
            ),
        ),
    ],
)
def test_an_author_is_allowed_and_that_is_taken_back_without_script(
    browser: Browser, site: Site, language: str, words: tuple[str, ...]
) -> None:
    subject = f"Partner in {language}"
    site.send(partner(language, subject))
    with seat(browser, site, language, java_script_enabled=False) as ada:
        ada.log_in("ada")
        ada.page.get_by_role("link", name=subject).click()
        ada.page.get_by_role("link", name=words[0]).click()
        expect(ada.page.locator(".facts").first).to_contain_text(f"{language}@{DOMAIN}")
        ada.page.fill("#reason", "Convention 2026 <b>")
        ada.page.get_by_role("button", name=words[1]).click()
        expect(ada.page.locator(".history")).to_contain_text(f"ada · {words[3]}")
        assert 1 == len(delivered(site, subject))

        eventually(lambda: has_come(site, language, f"Next in {language}"), "the rule is known")
        (passed,) = delivered(site, f"Next in {language}")
        assert b"\nX-Vigimel-Finding: allowed\r\n" in passed
        # The same author, who wants more.
        site.send(partner(language, f"More in {language}", "Envoyez votre numéro de sécurité sociale.\r\n"))
        assert [] == delivered(site, f"More in {language}")

        ada.go("/rules")
        expect(ada.page.locator("tbody")).to_contain_text(f"{language}@{DOMAIN}")
        expect(ada.page.locator("tbody")).to_contain_text("Convention 2026 <b>")
        ada.page.get_by_role("button", name=words[2]).click()
        expect(ada.page.get_by_role("status")).to_be_visible()
        expect(ada.page.locator("tbody tr")).to_have_count(0)
    count = iter(range(1000))
    eventually(lambda: not has_come(site, language, f"After {next(count)} in {language}"), "the rule is gone")


def test_of_a_mail_that_proves_nothing_no_rule_is_made(browser: Browser, site: Site, shots: Path) -> None:
    site.send(UNSIGNED.replace(b"Votre remboursement", b"Unsigned"))
    with seat(browser, site, "fr") as ada:
        ada.log_in("ada")
        ada.page.get_by_role("link", name="Unsigned").click()
        ada.page.get_by_role("link", name="Remettre et admettre l'auteur").click()
        expect(ada.page.get_by_role("alert")).to_contain_text("Il ne prouve rien de son auteur")
        ada.page.screenshot(path=shots / "allow-not.png", full_page=True)
        assert 0 == ada.page.locator("#reason").count()


def test_only_an_admin_makes_and_removes_rules(browser: Browser, site: Site) -> None:
    site.send(partner("rosa", "For an admin"))
    with seat(browser, site) as rosa:
        rosa.log_in("rosa")
        rosa.page.get_by_role("link", name="For an admin").click()
        assert 0 == rosa.page.locator("a[href$=allow]").count()
        rosa.go("/rules")
        assert 0 == rosa.page.locator("main button").count()


@pytest.mark.parametrize("look", LOOKS)
def test_form_and_rules_have_their_picture(browser: Browser, site: Site, shots: Path, look: str) -> None:
    site.send(partner(look, f"Picture {look}"))
    with seat(browser, site, "fr", **LOOKS[look]) as ada:
        ada.log_in("ada")
        ada.page.get_by_role("link", name=f"Picture {look}").click()
        ada.page.get_by_role("link", name="Remettre et admettre l'auteur").click()
        ada.page.fill("#reason", "Convention 2026")
        ada.page.screenshot(path=shots / f"allow-{look}.png", full_page=True)
        ada.page.get_by_role("button", name="Remettre le message et admettre son auteur").click()
        ada.go("/rules")
        ada.page.screenshot(path=shots / f"rules-filled-{look}.png", full_page=True)
        too_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not ada.page.evaluate(too_wide)


def test_the_command_line_does_the_same(site: Site) -> None:
    site.send(partner("typed", "Typed"))
    listed = reports(run("quarantine", "list", "--json", "--config", site.config).stdout)
    number = next(one["id"] for one in listed if one["subject"] == "Typed")

    def said(*arguments: str, status: int = 0) -> list[dict[str, Any]]:
        done = run("quarantine", *arguments, "--json", "--config", site.config)
        assert status == done.returncode, done.stderr
        return [*reports(done.stdout)]

    assert [] == said("allow", str(number), "--reason", " ", status=1)
    assert [] == said("allow", str(number), "--reason", "x", "--until", "500d", status=1)
    assert [] == delivered(site, "Typed")
    released, made = said("allow", str(number), "--reason", "Convention", "--until", "2w")
    assert ("released", number) == (released["state"], made["id"])
    (rule,) = [one for one in said("rules") if one["id"] == made["rule"]]
    assert (f"typed@{DOMAIN}", [DOMAIN], number, 0) == tuple(
        rule[k] for k in ("address", "domains", "mail_id", "uses")
    )
    assert [{"id": rule["id"], "removed": True}] == said("remove-rule", str(rule["id"]))
    assert [{"id": rule["id"], "removed": False}] == said("remove-rule", str(rule["id"]), status=1)
