"""A report quotes frauds: nothing of them may be markup, a link, a formula, a number of a person."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, Request

from milter.config.language import LANGUAGES
from milter.quarantine.held import Held, State
from milter.report.document import document, trend
from milter.report.figures import Figures, Old, Period, Release
from milter.report.mailed import mail_of
from milter.report.written import as_csv, as_html, as_json, as_text, harmless
from tests.quarantine.mails import MAIL
from tests.trace.rows import row

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
HELD = Held(
    id=7,
    state=State.HELD,
    changed=NOW,
    envelope=MAIL.envelope,
    received=NOW,
    finding=MAIL.finding,
    reason=MAIL.reason,
    brand=MAIL.brand,
    author=MAIL.author,
    author_address=MAIL.author_address,
    subject=MAIL.subject,
    report="{}",
    message_id=MAIL.message_id,
    size=1,
    sha256="",
)
FIGURES = Figures(
    period=Period(NOW - timedelta(days=1), NOW),
    findings={"unrelated": 1200, "genuine": 40, "impersonation": 12, "suspect": 0},
    findings_before={"unrelated": 1000, "genuine": 40, "suspect": 3},
    likenesses={"display_name": 12},
    asks={"bank_details": 9, "link": 3},
    sender_domains={"remboursement.example": 12},
    targets={"c@d.example": 12},
    proven={"info.ameli.example": 40},
    proven_before={"info.ameli.example": 41, "app.ameli.example": 12},
    unlisted={},
    stopped_proving=("app.ameli.example",),
    held=12,
    held_before=4,
    was_released=1,
    was_released_before=0,
    was_confirmed=5,
    was_confirmed_before=2,
    waiting=60,
    newest=(HELD,),
    released=(Release(5, NOW, "ada"), Release(6, NOW, "")),
    old_facts=(Old("l'Assurance Maladie", "info@old.example", NOW.date()),),
    tagged=30,
    newest_tagged=(row(action="tag", held_id=None),),
)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=//evil.example/x onerror=alert(1)>',
    "</table></td><h1>Vigimel</h1>",
    "javascript:alert(1)",
    "https://evil.example/login www.evil.example",
    "{{ 7*7 }}{% raw %}",
    '=HYPERLINK("//evil.example")',
    "@SUM(1)",
    "\u202eecilop\u202c\r\nBcc: x@evil.example",
    "\x1b]0;pwned\x07\x1b[2J",
    "\ufeff=1+1",
    "1 85 05 78 006 084 36 et FR76 3000 6000 0112 3456 7890 189",
    "4970 1012 3456 7893",
    "x" * 5000,
    "\ud800",
)


def of(words: str, **changes: object) -> Figures:
    """A report in which a sender has written these words wherever he can."""
    envelope = replace(MAIL.envelope, reverse_path=words, forward_paths=(words, words, words))
    held = replace(HELD, author=words, author_address=words, subject=words, envelope=envelope)
    return replace(
        FIGURES,
        newest=(held,),
        sender_domains={words: 1},
        targets={words: 2},
        newest_tagged=(row(action="tag", author_address=words, reverse_path=words, recipients=(words,) * 3),),
        **changes,  # type: ignore[arg-type]
    )


class Markup(HTMLParser):
    """The elements and attributes of a page, and every address in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.targets: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.targets += [
            value or "" for name, value in attrs if name in {"href", "src", "background", "action"}
        ]


def skeleton(figures: Figures) -> tuple[list[str], list[str]]:
    markup = Markup(as_html(document(figures, "en", "https://gate.example")))
    return markup.elements, markup.targets


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.threat("W30")
def test_words_of_a_sender_change_nothing_but_words(words: str) -> None:
    elements, targets = skeleton(of(words))

    assert (elements, targets) == skeleton(of("x"))
    of_trace = "https://gate.example/trace?span=30d&words=0123456789ab"
    assert {"https://gate.example/mails", of_trace} == {
        target.rpartition("/")[0] if target.rpartition("/")[2].isdigit() else target for target in targets
    }


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(), min_size=1, max_size=60))
def test_no_text_whatever_breaks_a_report(words: str) -> None:
    figures = of(words)
    made = document(figures, "fr", "https://gate.example")

    assert skeleton(figures) == skeleton(of("x"))
    as_html(made).encode()
    text = as_text(made)
    assert as_text(document(of("x"), "fr", "https://gate.example")).count("\n") == text.count("\n")
    assert not {c for c in text if c != "\n" and not c.isprintable() and c not in "\u00a0\u3000"} - set(
        "\u2003\u2009"
    )
    rows = [*csv.reader(io.StringIO(as_csv(made)))]
    assert [] == [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    json.dumps(as_json(figures))
    mail_of(made, "vigimel@gate.example", "ada@gate.example", NOW).as_bytes().decode("ascii")


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_are_disarmed_and_numbers_of_people_masked(language: str) -> None:
    for write in (as_html, as_text, as_csv):
        text = write(document(of("https://evil.example/a 1 85 05 78 006 084 36"), language))

        assert "evil.example" not in text
        assert "https://" not in text
        assert "evil[.]example" in text
        assert "006 084" not in text


@pytest.mark.threat("P1")
def test_json_masks_numbers_of_people_too() -> None:
    assert "7890 189" not in json.dumps(as_json(of("FR76 3000 6000 0112 3456 7890 189")))


@pytest.mark.parametrize(
    ("text", "written"),
    [("=1", "'=1"), (" =1", "' =1"), ("＝1", "'＝1"), ("-1", "'-1"), ("1-1", "1-1"), ("", "")],
)
@pytest.mark.threat("W16")
def test_a_spreadsheet_calculates_nothing(text: str, written: str) -> None:
    assert written == harmless(text)


@pytest.mark.parametrize(
    ("now", "before", "written"),
    [(0, 0, "="), (5, 5, "="), (5, 0, "new"), (15, 10, "+50 %"), (0, 4, "\u2212100 %")],
)
def test_a_trend_is_more_or_less_in_per_cent(now: int, before: int, written: str) -> None:
    assert written == trend(now, before, "new")


def test_every_sentence_of_a_report_has_its_french() -> None:
    english, french = (document(FIGURES, language) for language in ("en", "fr"))

    same = [
        (e.title, e.head) for e, f in zip(english.tables, french.tables, strict=True) if e.title == f.title
    ]
    assert [] == same
    words = {word for table in english.tables for word in table.head}
    kept = {word for table in french.tables for word in table.head}
    assert {"note"} >= words & kept - {"note"}


def test_who_released_a_mail_at_the_command_line_is_said_so_in_french() -> None:
    figures = replace(FIGURES, released=(Release(5, NOW, "root (command line)"),))
    assert "root (ligne de commande)" in as_text(document(figures, "fr"))
    assert "root (command line)" in as_text(document(figures, "en"))


@pytest.mark.parametrize(
    ("waiting", "tagged", "lead"), [(0, 0, "0 en attente"), (3, 2, "3 en attente, 2 marqués")]
)
def test_the_subject_says_what_is_to_be_done_before_when_it_was(waiting: int, tagged: int, lead: str) -> None:
    made = document(replace(FIGURES, waiting=waiting, tagged=tagged), "fr", zone=UTC)
    mail = mail_of(made, "vigimel@gate.example", "ada@town-hall.example", NOW)

    times = "23/11/2026 06:00 – 24/11/2026 06:00"
    assert (f"Rapport Vigimel\N{NO-BREAK SPACE}: {lead}, {times}", lead) == (mail["Subject"], made.lead)
    assert f"Rapport Vigimel, {times}" == made.title


def test_who_only_observes_is_told_so_and_which_mails_would_have_been_held() -> None:
    made = document(FIGURES, "fr", "https://gate.example", observes=True)

    for written in (as_text(made), as_html(made)):
        assert "rien n&#39;est retenu" in written or "rien n'est retenu" in written
        assert "info@remboursement[.]example" in written
        assert "words=0123456789ab" in written
        assert "tous sous Trace" in written
    assert "Observation" not in as_text(document(FIGURES, "fr"))


def test_nothing_is_said_of_false_positives_where_nobody_has_looked() -> None:
    rates = [
        document(replace(FIGURES, was_released=released, was_confirmed=confirmed), "en")
        for released, confirmed in ((0, 0), (0, 1), (3, 0))
    ]

    held = [next(table for table in made.tables if table.key == "held") for made in rates]
    assert ["–", "0.0 %", "25.0 %"] == [table.rows[-1][1].text for table in held]


def test_no_line_of_the_text_is_as_wide_as_a_table_of_mails_would_be() -> None:
    # A row of six columns is broken anywhere by mail programs; each mail has lines of its own.
    text = as_text(document(FIGURES, "fr", "https://gate.example"))

    assert "\nVotre remboursement\n    n° 7 · reçu " in text
    assert "info@remboursement[.]example> · à c@d[.]example, e@d[.]example · constat usurpation\n" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_ours_is_cut_in_the_text(language: str) -> None:
    assert "…" not in as_text(document(replace(FIGURES, newest=(), newest_tagged=()), language))


def test_the_mail_has_a_text_and_a_page_and_no_robot_answers_it() -> None:
    mail = mail_of(document(FIGURES, "fr"), "vigimel@gate.example", "ada@town-hall.example", NOW)

    assert ["multipart/alternative", "text/plain", "text/html"] == [
        part.get_content_type() for part in mail.walk()
    ]
    assert "auto-generated" == mail["Auto-Submitted"]
    assert max(map(len, mail.as_bytes().splitlines())) < 200


def note(asked: list[str], request: Request) -> None:
    asked.append(request.url)


@contextmanager
def opened(browser: Browser, page: Path, **options: object) -> Iterator[Page]:
    context = browser.new_context(**options)  # type: ignore[arg-type]
    try:
        shown = context.new_page()
        shown.goto(f"file://{page}")
        yield shown
    finally:
        context.close()


@pytest.mark.threat("W30", "W31")
def test_a_browser_shows_it_and_asks_nobody_for_anything(
    browser: Browser, tmp_path: Path, checkout: Path
) -> None:
    page = tmp_path / "report.html"
    shots = checkout / "tests" / "report" / "shots"
    shots.mkdir(exist_ok=True)
    many = replace(
        of("Votre remboursement, madame"), newest=(HELD, *of('<img src="http://evil.example/">').newest)
    )
    page.write_text(as_html(document(many, "fr", "https://gate.example")))
    looks: dict[str, dict[str, object]] = {
        "light": {"color_scheme": "light"},
        "dark": {"color_scheme": "dark"},
        "phone": {"viewport": {"width": 390, "height": 844}},
        "narrow": {"viewport": {"width": 320, "height": 568}},
    }
    for name, options in looks.items():
        with opened(browser, page, **options) as shown:
            asked: list[str] = []
            shown.on("request", partial(note, asked))
            shown.reload()
            shown.screenshot(path=shots / f"report-{name}.png", full_page=True)
            width = shown.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")

            assert [f"file://{page}"] == asked
            assert width[0] <= width[1], name
