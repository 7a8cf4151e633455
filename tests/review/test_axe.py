"""Can everybody use the pages? Rules of WCAG 2.2 A and AA that a program can check, by axe-core (MPL-2.0)."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser

from tests.review.addresses import PAGES
from tests.review.site import Site, seat

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
MORE = ("/mails?sort=subject&words=nowhere", "/nowhere", "/trace?words=nowhere&span=7d")


@pytest.mark.parametrize(
    ("language", "look", "width"), [("fr", "light", 1280), ("en", "dark", 1280), ("en", "light", 390)]
)
def test_no_page_has_a_barrier(browser: Browser, site: Site, language: str, look: Any, width: int) -> None:
    with seat(browser, site, language, color_scheme=look, viewport={"width": width, "height": 844}) as ada:
        ada.go("/login")
        found = {"/login of a stranger": violations(ada.page)}
        ada.log_in("ada")
        for path in (*(page.one for page in PAGES), *MORE):
            ada.go(path)
            found[path] = violations(ada.page)
    assert {} == {path: wrong for path, wrong in found.items() if wrong}


def violations(page: Any) -> list[str]:
    answer = Axe().run(page, options=RULES).response
    return [
        f"{one['id']}: {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
        for one in answer["violations"]
        for node in one["nodes"]
    ]
