"""The whole flow by keys alone, with the script and without it."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.cli.command import FRAUD
from tests.review.addresses import PAGES
from tests.review.site import PASSWORD, Seat, Site, seat

# What has the focus: its tag and what tells it from others, whether it is outlined, and where it is.
_FOCUS = """() => {
  const here = document.activeElement, style = getComputedStyle(here), box = here.getBoundingClientRect();
  const name = here.id || here.value || here.getAttribute("href") || here.textContent;
  return [here.tagName + name.slice(0, 40),
    style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    [...document.querySelectorAll("*")].indexOf(here), box.width * box.height];
}"""


def send(site: Site, *subjects: str) -> None:
    site.send_all([FRAUD.replace(b"Votre remboursement", subject.encode()) for subject in subjects])


def log_in_by_keys(somebody: Seat, name: str) -> None:
    somebody.go("/login")
    # The browser gives it the focus when it first draws the page.
    expect(somebody.page.locator("#name")).to_be_focused()
    somebody.page.keyboard.type(name)
    somebody.page.keyboard.press("Tab")
    somebody.page.keyboard.type(PASSWORD)
    with somebody.page.expect_navigation(url="**/mails"):
        somebody.page.keyboard.press("Enter")


def test_a_mail_is_found_opened_and_left_by_keys(browser: Browser, site: Site) -> None:
    send(site, "Found one", "Found two", "Found three")
    with seat(browser, site) as rosa:
        page = rosa.page
        log_in_by_keys(rosa, "rosa")
        page.keyboard.press("/")
        page.keyboard.type("found j r d")
        # In a field a letter is a letter.
        expect(page.locator("#words")).to_have_value("found j r d")
        page.keyboard.press("Escape")
        expect(page.locator("#words")).not_to_be_focused()
        page.keyboard.press("/")
        page.keyboard.press("Control+a")
        page.keyboard.type("found")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        expect(page.locator("tbody tr")).to_have_count(3)
        # The newest is the first.
        for key in ("j", "j", "k"):
            page.keyboard.press(key)
        expect(page.get_by_role("link", name="Found three")).to_be_focused()
        with page.expect_navigation(url=re.compile(r"/mails/\d+$")):
            page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Found three")
        # With what was sought there.
        with page.expect_navigation(url=re.compile(r"/mails\?words=found")):
            page.keyboard.press("Escape")
        expect(page.locator("tbody tr")).to_have_count(3)


def test_mails_are_decided_on_by_keys(browser: Browser, site: Site) -> None:
    send(site, "Keys one", "Keys two", "Keys three", "Keys four")
    with seat(browser, site) as rosa:
        page = rosa.page
        log_in_by_keys(rosa, "rosa")
        rosa.go("/mails?words=keys")
        page.keyboard.press("j")
        with page.expect_navigation(url=re.compile(r"/mails/\d+$")):
            page.keyboard.press("Enter")
        page.keyboard.press("r")
        expect(page.locator("button[value=release]")).to_be_focused()
        # Keys are heard when the page is there as a whole.
        with page.expect_navigation():
            page.keyboard.press("d")
        expect(page.get_by_role("status")).to_have_text("Done: 1")
        # To the one that stood below it, of what was sought.
        with page.expect_navigation(url=re.compile(r"/mails/\d+$")):
            page.keyboard.press("n")
        expect(page.locator("h1")).to_have_text("Keys three")
        rosa.go("/mails?words=keys")
        # Escape chooses none of all, so that there is nothing to delete.
        for key in ("a", "Escape", "d", "j", "x", "r"):
            page.keyboard.press(key)
        # What cannot be undone takes two keys.
        expect(page.locator("button[value=release]")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_have_text("Done: 1")
        rosa.go("/mails?words=keys&state=released")
        expect(page.locator("tbody td.subject a")).to_have_text(["Keys three"])
        rosa.go("/mails?words=keys")
        expect(page.locator("tbody td.subject a")).to_have_text(["Keys two", "Keys one"])


@pytest.mark.parametrize("deed", ["release", "delete", "confirm", "undo"])
def test_each_decision_is_taken_without_script_and_without_a_mouse(
    browser: Browser, site: Site, deed: str
) -> None:
    subject = f"Plain {deed}"
    send(site, subject)
    with seat(browser, site, "fr", java_script_enabled=False) as rosa:
        page = rosa.page
        log_in_by_keys(rosa, "rosa")
        page.get_by_role("link", name=subject).press("Enter")
        if deed == "undo":
            page.locator("button[value=confirm]").press("Enter")
            rosa.go(f"/mails?state=confirmed&words={subject.replace(' ', '+')}")
            page.get_by_role("link", name=subject).press("Enter")
        if deed == "release":
            page.locator(".sure summary").press("Enter")
        page.locator(f"button[value={deed}]").press("Enter")
        expect(page.get_by_role("status")).to_have_text(re.compile("^Fait.* 1$"))


def test_the_focus_goes_through_each_page_in_its_order_and_is_seen(browser: Browser, site: Site) -> None:
    wrong: list[str] = []
    with seat(browser, site) as ada:
        ada.log_in("ada")
        for one in PAGES:
            ada.go(one.one)
            before = -1
            # Further than the head of any page; the end of one is back at its beginning.
            for _ in range(25):
                ada.page.keyboard.press("Tab")
                what, is_seen, place, area = ada.page.evaluate(_FOCUS)
                if place <= before or what.startswith(("BODY", "HTML")):
                    break
                if not is_seen or not area:
                    wrong.append(f"{one.one}: {what}")
                before = place
            assert before > 0
    assert [] == wrong
