"""The digest and what it leads to in a real browser, with mails that try to break out (THREATS W)."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from milter.config import Config
from milter.config.language import LANGUAGES
from milter.digest.post import DigestPost
from milter.quarantine.store import Store
from tests.cli.command import FRAUD
from tests.digest.parts import arrived, held_for, text_of
from tests.quarantine.mails import hop
from tests.review.hostile import MAILS
from tests.review.site import CONFIG, Seat, Site, running, seat
from tests.review.test_axe import violations

_CONFIG = CONFIG.replace("[review]\n", "[review]\nask_reason = true\n")
DIGEST = f'{_CONFIG}[digest]\ndomains = ["town-hall.example"]\nurl = "https://gate.example"\n'
LOOKS: dict[str, tuple[Literal["light", "dark"], int]] = {
    "light": ("light", 1280),
    "dark": ("dark", 1280),
    "phone": ("light", 390),
}
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A gateway that has held every hostile mail."""
    with running(tmp_path_factory.mktemp("digest"), DIGEST) as started:
        started.send_all([FRAUD, *MAILS.values()])
        yield started


def in_thread(work: Coroutine[None, None, None]) -> None:
    """Do it beside the loop of the browser."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


def digests(site: Site, box: Path, language: str) -> list[EmailMessage]:
    """What its recipients get tomorrow."""
    config = Config.model_validate(
        {
            "digest": {
                "domains": ["town-hall.example"],
                "url": site.url,
                "max_mails": 100,
                "language": language,
            }
        },
        strict=False,
    )

    async def send() -> None:
        store = await Store.open(site.config.parent / "quarantine.db", busy_timeout=30)
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        await DigestPost(store, hop(f"maildir:{box}"), config, b"key").work(tomorrow)
        await store.close()

    in_thread(send())
    return arrived(box)


@pytest.fixture(scope="module")
def digest(site: Site, tmp_path_factory: pytest.TempPathFactory) -> EmailMessage:
    """That of all hostile mails, as if each could be asked for, and of two that can, as they are."""

    async def hold() -> None:
        store = await Store.open(site.config.parent / "quarantine.db", busy_timeout=30)
        for subject in ("Attestation de droits", "Votre dossier"):
            one = "someone@town-hall.example"
            await store.hold(held_for(one, "other@town-hall.example", subject=subject))
        await store.close()

    in_thread(hold())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("milter.digest.post.why_never", lambda _: "")
        found = digests(site, tmp_path_factory.mktemp("box"), "fr")
    return next(one for one in found if "someone@" in str(one["To"]))


def links_of(browser: Browser, site: Site, html: str) -> list[str]:
    """Where a digest leads to, in a browser that shows it."""
    with seat(browser, site) as someone:
        someone.page.set_content(html)
        someone.page.mouse.move(200, 300)
        links = someone.page.locator("a, area, form, link, img, script, iframe, object, svg").all()
        return [link.get_attribute("href") or "none" for link in links]


def give_reason(somebody: Seat) -> None:
    """Say why the mail is opened."""
    somebody.page.fill("#reason", "Its recipient asks for it")
    somebody.page.locator("main button").click()


@pytest.mark.threat(*{name.split()[0].upper() for name in MAILS})
def test_a_digest_of_hostile_mails_does_nothing_and_leads_only_to_us(
    browser: Browser, site: Site, digest: EmailMessage
) -> None:
    html = text_of(digest, "html")
    links = links_of(browser, site, html)
    assert len(MAILS) + 3 == len(links)
    assert [] == [link for link in links if not link.startswith(f"{site.url}/ask/")]
    for text in (html, text_of(digest)):
        for word in ("x.invalid", "ameli-compte.example", "javascript:alert(1)//", "\u202e", "\x1b"):
            assert word not in text
    with seat(browser, site, "fr") as someone:
        for link in links:
            someone.page.goto(link)
            someone.page.mouse.move(200, 300)
            assert 1 == someone.page.locator("form button").count()
            assert 0 == someone.page.locator("a").count()
    with seat(browser, site) as rosa:
        rosa.log_in("rosa")
        assert 0 == rosa.page.locator(".open").count()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ("Demander ce message", "Une personne décide", "Remettre à ce destinataire seul", "Refuser")),
        ("en", ("Ask for this mail", "Somebody will decide", "Release to this recipient only", "Deny")),
    ],
)
def test_a_recipient_asks_and_a_reviewer_answers_without_script(
    browser: Browser,
    site: Site,
    digest: EmailMessage,
    shots: Path,
    language: str,
    words: tuple[str, str, str, str],
) -> None:
    subject = {"fr": "Attestation de droits", "en": "Votre dossier"}[language]
    links = links_of(browser, site, text_of(digest, "html"))
    wanted, denied = links[{"fr": 1, "en": 0}[language]], links[{"fr": 2, "en": 3}[language]]
    for link in (wanted, denied):
        with seat(browser, site, language, java_script_enabled=False) as someone:
            someone.page.goto(link)
            someone.page.screenshot(path=shots / f"ask-{language}.png", full_page=True)
            someone.page.get_by_role("button", name=words[0]).click()
            expect(someone.page.get_by_role("status")).to_contain_text(words[1])
            someone.page.goto(link)
            assert 0 == someone.page.locator("form").count()
    with seat(browser, site, language, java_script_enabled=False) as rosa:
        rosa.log_in("rosa")
        expect(rosa.page.locator("nav .open")).to_have_text("2")
        rosa.go("/requests")
        rosa.page.screenshot(path=shots / f"requests-{language}.png", full_page=True)
        card = rosa.page.locator("section", has_text=subject)
        card.get_by_role("button", name=words[2]).click()
        expect(rosa.page.locator("nav .open")).to_have_text("1")
        rosa.page.locator("input.word").fill("Nein <b>")
        rosa.page.get_by_role("button", name=words[3]).click()
        assert 0 == rosa.page.locator("nav .open").count()
        rosa.go("/requests?state=denied")
        expect(rosa.page.locator("main")).to_contain_text("Nein <b>")
        rosa.go("/requests?state=approved")
        rosa.page.get_by_role("link", name=subject).click()
        give_reason(rosa)
        expect(rosa.page.locator("main")).to_contain_text("someone@town-hall.example ✓")
        released = f"X-Vigimel-Released: {rosa.page.url.rpartition('/')[2]}\r\n".encode()
    boxes = (site.config.parent / "maildir" / "new").iterdir()
    assert 1 == sum(released in box.read_bytes() for box in boxes)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_has_its_picture_and_no_barrier(
    browser: Browser, site: Site, digest: EmailMessage, shots: Path, language: str
) -> None:
    html = text_of(digest, "html")
    links = links_of(browser, site, html)
    link, wanted = links[-1], links[-2 if language == "fr" else -3]
    with seat(browser, site, language) as ada:
        ada.page.goto(wanted)
        ada.page.click("form button")
        ada.log_in("ada")
        pages = {
            "ask": link,
            "requests": f"{site.url}/requests?state=all",
            "reason": f"{site.url}/mails/1",
            "digest": "about:blank",
        }
        for look, (colours, width) in LOOKS.items():
            ada.page.emulate_media(color_scheme=colours)
            ada.page.set_viewport_size({"width": width, "height": 844})
            for name, path in pages.items():
                ada.page.goto(path)
                if name == "digest":
                    ada.page.set_content(html)
                else:
                    assert [] == violations(ada.page)
                ada.page.screenshot(path=shots / f"{name}-{language}-{look}.png", full_page=True)
                assert not ada.page.evaluate(TOO_WIDE)
        # The next test counts the open ones.
        ada.go("/requests")
        ada.page.click("button[value=deny]")
        assert 0 == ada.page.locator("nav .open").count()
