"""A login at a real identity provider, Glewlwyd, in a real browser and on a real gateway."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from milter.config.language import LANGUAGES
from tests.cli.command import reports, run
from tests.end_to_end.postfix import free_port
from tests.review import glewlwyd
from tests.review.site import CONFIG, Seat, Site, running
from tests.review.test_axe import violations

PEOPLE = {"rosalie": ["staff", "helpdesk"], "eve": ["staff"], "ada": ["helpdesk"]}
OPTIONS = """\
[oidc]
issuer = "{issuer}"
client_id = "vigimel"
client_secret_file = "secret"
name = "Town hall"
admins = ["chiefs"]
reviewers = ["helpdesk"]
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, glewlwyd.Op]]:
    """A gateway, and the provider that it knows."""
    if glewlwyd.PROGRAM is None:
        pytest.skip("glewlwyd is not installed (run make test as root on Debian)")
    directory = tmp_path_factory.mktemp("oidc")
    listen = f"127.0.0.1:{free_port()}"
    url = f"http://{listen.replace('127.0.0.1', 'localhost')}"
    review = f'[review]\nlisten = ["{listen}"]\nurl = "{url}"\n'
    (directory / "secret").write_text(f"{glewlwyd.SECRET}\n")
    with glewlwyd.provider(directory / "op", f"{url}/login/oidc/back", PEOPLE) as op:
        options = CONFIG.replace('[review]\nlisten = ["127.0.0.1:0"]\n', review)
        with running(directory, options + OPTIONS.format(issuer=op.issuer)) as site:
            yield site, op


def sat_down(browser: Browser, site: Site, language: str = "en") -> Seat:
    """Somebody before the login page of the gateway."""
    somebody = Seat(browser.new_context(locale=language).new_page(), site)
    somebody.go("/login")
    return somebody


def log_in_there(somebody: Seat, name: str) -> None:
    """Go to the provider, and log in."""
    somebody.page.get_by_role("link", name="Town hall").click()
    somebody.page.fill("#who", name)
    somebody.page.fill("#word", glewlwyd.WORD)
    somebody.page.get_by_role("button", name="Enter").click()


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_has_logged_in_there_comes_in_here_and_goes(
    browser: Browser, both: tuple[Site, glewlwyd.Op], shots: Path, language: str
) -> None:
    rosalie = sat_down(browser, both[0], language)
    rosalie.page.screenshot(path=shots / f"login-oidc-{language}.png")
    assert [] == violations(rosalie.page)
    with rosalie.page.expect_navigation(url="**/mails"):
        log_in_there(rosalie, "rosalie")
    expect(rosalie.page.locator(".who")).to_contain_text("rosalie")
    rosalie.go("/me")
    assert 0 == rosalie.page.locator("#old").count()
    assert 403 == rosalie.page.request.get(f"{both[0].url}/journal").status
    rosalie.page.locator("header form button").last.click()
    rosalie.go("/mails")
    expect(rosalie.page.locator("#password")).to_be_visible()
    rosalie.page.context.close()


@pytest.mark.parametrize(("name", "words"), [("eve", "no role"), ("ada", "an account with your name")])
def test_who_has_no_role_or_the_name_of_another_is_told_so(
    browser: Browser, both: tuple[Site, glewlwyd.Op], shots: Path, name: str, words: str
) -> None:
    somebody = sat_down(browser, both[0])
    log_in_there(somebody, name)
    expect(somebody.page.get_by_role("alert")).to_contain_text(words)
    somebody.page.screenshot(path=shots / f"login-oidc-{name}.png")
    somebody.go("/mails")
    expect(somebody.page.locator("#password")).to_be_visible()
    somebody.page.context.close()


def test_while_the_provider_is_away_who_has_a_password_comes_in(
    browser: Browser, both: tuple[Site, glewlwyd.Op]
) -> None:
    site, op = both
    rosalie = sat_down(browser, site)
    with rosalie.page.expect_navigation(url="**/mails"):
        log_in_there(rosalie, "rosalie")
    rosalie.go("/login")
    op.process.send_signal(signal.SIGSTOP)
    try:
        rosalie.page.get_by_role("link", name="Town hall").click()
        expect(rosalie.page.get_by_role("alert")).to_contain_text("does not answer", timeout=60_000)
        rosalie.log_in("ada")
    finally:
        op.process.send_signal(signal.SIGCONT)
    rosalie.page.context.close()
    journal = reports(run("audit", "show", "--json", "--config", site.config).stdout)
    assert ("rosalie", "login") in [(one["who"], one["deed"]) for one in journal]
    assert "identity_provider_failed" in site.gateway.log
    for words in (site.gateway.log, str(journal)):
        assert glewlwyd.SECRET not in words
