"""A campaign is found, looked at, decided and ordered for in a real browser, in both languages."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.cli.command import FRAUD
from tests.review.site import Seat, Site, seat
from tests.serving import eventually

NAMES = ("Camille Robert", "Fatima Benali", "Paul Petit")


def letter(language: str, name: str, number: int) -> bytes:
    """A letter of its own for each language, for others send mails to the same gateway."""
    head, _, body = FRAUD.partition(b"\r\n\r\n")
    head = head.replace(b"Votre remboursement", f"Solde {language} {number}".encode())
    hello = f"Bonjour {name}, dossier {number}X{number * 37} :\r\n".encode()
    return head + b"\r\n\r\n" + hello + body + f"\r\nhttps://solde-{language}.example/".encode()


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", ("Par campagne", "Supprimer tous ceux qui attendent", "Fait : 3")),
     ("en", ("By campaign", "Delete all that wait", "Done: 3"))],
)  # fmt: skip
def test_a_campaign_is_found_looked_at_and_decided_in_a_browser(
    browser: Browser, site: Site, shots: Path, language: str, words: tuple[str, str, str]
) -> None:
    site.send_all([letter(language, name, number) for number, name in enumerate(NAMES, 1)])
    with seat(browser, site, language, java_script_enabled=False) as rosa:
        rosa.log_in("rosa")
        rosa.go(f"/mails?words=solde+{language}")
        rosa.page.get_by_role("link", name=words[0]).click()
        expect(rosa.page.locator("tbody tr")).to_have_count(1)
        expect(rosa.page.locator("td.count")).to_have_text("3")
        rosa.page.locator("td.subject a").click()
        rosa.page.get_by_role("link", name=words[1]).click()
        rosa.page.screenshot(path=shots / f"campaign-decide-{language}.png", full_page=True)
        rosa.page.locator("button[name=deed]").click()
        expect(rosa.page.get_by_role("status")).to_have_text(words[2])
        rosa.go(f"/campaigns?words=solde+{language}")
        expect(rosa.page.locator("tbody tr")).to_have_count(0)


def test_copies_that_come_are_decided_by_the_gateway_itself(
    browser: Browser, site: Site, shots: Path
) -> None:
    site.send(letter("ordered", NAMES[0], 1))
    with seat(browser, site, "fr") as ada:
        ada.log_in("ada")
        ada.go("/campaigns?words=solde+ordered")
        ada.page.locator("td.subject a").click()
        ada.page.fill("#reason", "Vue par tous")
        ada.page.screenshot(path=shots / "campaign-order.png", full_page=True)
        ada.page.get_by_role("button", name="Donner la consigne").click()
        expect(ada.page.get_by_role("status")).to_have_text("Fait : 1")
        site.send(letter("ordered", NAMES[1], 2))
        listed = "/mails?words=solde+ordered&state=confirmed"
        eventually(lambda: _count(ada, listed) == 1, "the copy was not confirmed")
        ada.go("/mails?words=solde+ordered")
        expect(ada.page.locator("tbody tr")).to_have_count(1)
        ada.go("/rules")
        ada.page.screenshot(path=shots / "orders.png", full_page=True)


def _count(somebody: Seat, path: str) -> int:
    somebody.go(path)
    return somebody.page.locator("tbody tr").count()
