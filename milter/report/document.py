"""What does a report say, in which order? Tables of plain words; `html`, `text`, `csv` write them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from milter.quarantine.held import Held, State
from milter.report.asked import requests_of
from milter.report.cells import day, number, number_of, outside, shortened, when
from milter.report.figures import Figures
from milter.report.table import Cell, Document, Table
from milter.report.words import counted, say
from milter.speech.words import doer


def document(
    figures: Figures, language: str, url: str = "", zone: tzinfo | None = None, *, observes: bool = False
) -> Document:
    """The report in a language. `url` is the review page as the readers call it (empty: no links), `zone`
    the time zone of its times (None: that of this machine). `observes`: nothing is held back."""
    return _Writer(figures, language, url.rstrip("/"), zone).document(observes=observes)


@dataclass(frozen=True, slots=True)
class _Writer:
    figures: Figures
    language: str
    url: str
    zone: tzinfo | None

    def document(self, *, observes: bool) -> Document:
        period = self.figures.period
        report, lead = self._say("Report"), self._lead()
        times = f"{self._when(period.since)} – {self._when(period.until)}"
        # What is to be done comes first: a phone shows forty characters of it.
        subject = f"{report}{self._say(': ')}{lead}, {times}"
        notice = self._say("observing") if observes else ""
        tables = (
            requests_of(self.figures.requests, self.language, self.url, self.zone),
            self._new_campaigns(),
            self._waiting(),
            self._tagged(),
            self._came(),
            self._held(),
            self._released(),
            self._counted("likenesses", "How it was claimed", "likeness", self.figures.likenesses),
            self._counted("asks", "What was wanted", "ask", self.figures.asks),
            self._counted("sender_domains", "Who sent it", "author's domain", self.figures.sender_domains),
            self._counted("targets", "Who was aimed at", "recipient", self.figures.targets),
            self._official(),
            self._old_facts(),
        )
        # The figures and what waits stand in every report, the rest where there is something.
        always = {"waiting", "findings", "held"}
        kept = tuple(table for table in tables if table.rows or table.key in always)
        link = f"{self.url}/mails" if self.url else ""
        return Document(self.language, f"{report}, {times}", subject, lead, notice, link, kept)

    def _lead(self) -> str:
        f = self.figures
        others = (len(f.requests), "requests of recipients"), (f.tagged, "tagged")
        parts = [f"{f.waiting} {self._say('waiting now')}"]
        parts += [counted(self.language, mails, what) for mails, what in others if mails]
        return ", ".join(parts)

    def _waiting(self) -> Table:
        head = ("no.", "received", "from", "subject", "to", "finding")
        rows = tuple(map(self._mail, self.figures.newest))
        more = self.figures.waiting > len(rows)
        note = self._say("and others; all on the review page") if more else ""
        return self._table("waiting", "Waiting for a decision", head, rows, note, headline=3)

    def _tagged(self) -> Table:
        rows = tuple(
            (
                Cell(mail.mail_id, f"{self.url}/trace?span=30d&words={mail.mail_id}" if self.url else ""),
                Cell(self._when(mail.at)),
                outside(mail.author_address or mail.reverse_path or "<>"),
                outside(shortened(mail.recipients)),
                Cell(self._say(mail.finding)),
                Cell(", ".join(map(self._say, mail.asks))),
            )
            for mail in self.figures.newest_tagged
        )
        note = self._say("and others; all in the trace") if self.figures.tagged > len(rows) else ""
        head = ("no.", "received", "from", "to", "finding", "ask")
        return self._table("tagged", "Tagged, not held", head, rows, note, headline=2)

    def _new_campaigns(self) -> Table:
        rows = tuple(
            (
                Cell(str(group.id), f"{self.url}/campaigns/{group.id}" if self.url else "", is_number=True),
                number(group.mails),
                number(group.states.get(State.HELD, 0)),
                Cell(self._when(group.first.received)),
                outside(group.newest.subject or self._say("(no subject)")),
                outside(group.of_top_sender.author or group.of_top_sender.author_address),
            )
            for group in self.figures.new_campaigns
        )
        head = ("no.", "mails", "waiting", "first seen", "subject", "from")
        return self._table("new_campaigns", "New campaigns", head, rows, headline=4)

    def _mail(self, held: Held) -> tuple[Cell, ...]:
        author = f"{held.author} <{held.author_address}>" if held.author else held.author_address
        return (
            self._number_of(held.id),
            Cell(self._when(held.received)),
            outside(author or held.envelope.reverse_path or "<>"),
            outside(held.subject or self._say("(no subject)")),
            outside(shortened(held.envelope.forward_paths)),
            Cell(self._say(held.finding.value)),
        )

    def _came(self) -> Table:
        now, before = self.figures.findings, self.figures.findings_before
        rows = tuple(
            (
                Cell(self._say(finding or "no verdict")),
                number(now.get(finding, 0)),
                number(before.get(finding, 0)),
                Cell(trend(now.get(finding, 0), before.get(finding, 0), self._say("new")), is_number=True),
            )
            for finding in dict.fromkeys((*now, *before))
        )
        return self._table("findings", "What came", ("finding", "mails", "before", "trend"), rows)

    def _held(self) -> Table:
        f = self.figures
        rows = (
            (Cell(self._say("held")), number(f.held), number(f.held_before)),
            (
                Cell(self._say("of them released")),
                number(f.was_released),
                number(f.was_released_before),
            ),
            (
                Cell(self._say("of them confirmed as fraud")),
                number(f.was_confirmed),
                number(f.was_confirmed_before),
            ),
            (
                Cell(self._say("false positives, as far as anybody looked")),
                self._rate(f.was_released, f.held, f.was_confirmed),
                self._rate(f.was_released_before, f.held_before, f.was_confirmed_before),
            ),
        )
        return self._table("held", "Held back", ("what", "mails", "before"), rows)

    def _rate(self, released: int, held: int, confirmed: int) -> Cell:
        # Where nobody has looked yet, none was found, and nothing is known.
        text = f"{100 * released / held:.1f} %" if held and (released or confirmed) else "–"
        return Cell(text.replace(".", ",") if self.language == "fr" else text, is_number=True)

    def _released(self) -> Table:
        rows = tuple(
            (
                self._number_of(release.mail_id),
                Cell(self._when(release.at)),
                outside(doer(release.who, self.language) or self._say("command line")),
            )
            for release in self.figures.released
        )
        return self._table("released", "Released", ("no.", "when", "by"), rows)

    def _official(self) -> Table:
        f = self.figures
        domains = dict.fromkeys((*f.proven, *f.proven_before, *f.unlisted, *f.stopped_proving))
        rows = tuple(
            (
                outside(domain),
                number(f.proven.get(domain, 0)),
                number(f.proven_before.get(domain, 0)),
                number(f.unlisted.get(domain, 0)),
                Cell(self._say("does not prove itself any more") if domain in f.stopped_proving else ""),
            )
            for domain in domains
        )
        head = ("domain", "proven", "before", "from unlisted addresses", "note")
        return self._table("official", "Official mail", head, rows)

    def _old_facts(self) -> Table:
        rows = tuple(
            (Cell(old.brand), outside(old.value), Cell(self._day(old.read))) for old in self.figures.old_facts
        )
        return self._table("old_facts", "Facts to look up again", ("organisation", "fact", "last read"), rows)

    def _counted(self, key: str, title: str, what: str, counts: Mapping[str, int]) -> Table:
        rows = tuple((outside(self._say(value)), number(mails)) for value, mails in counts.items() if value)
        return self._table(key, title, (what, "mails"), rows)

    def _table(
        self,
        key: str,
        title: str,
        head: Sequence[str],
        rows: Iterable[tuple[Cell, ...]],
        note: str = "",
        headline: int | None = None,
    ) -> Table:
        return Table(key, self._say(title), tuple(map(self._say, head)), tuple(rows), note, headline)

    def _number_of(self, mail_id: int) -> Cell:
        return number_of(mail_id, self.url)

    def _when(self, moment: datetime) -> str:
        return when(moment, self.language, self.zone)

    def _day(self, moment: date) -> str:
        return day(moment, self.language)

    def _say(self, sentence: str) -> str:
        return say(self.language, sentence)


def trend(now: int, before: int, new: str) -> str:
    """How much more or less it is, in per cent; a word for what was not there before."""
    if now == before:
        return "="
    if not before:
        return new
    percent = round(100 * (now - before) / before)
    return f"{percent:+d} %".replace("-", "\N{MINUS SIGN}")
