"""What happened lately? The command `vigimel report`."""

import sys
from datetime import UTC, datetime

from milter.brand.load import load_brands
from milter.cli.opened import opened
from milter.cli.terminal import json_line, say
from milter.config import Config
from milter.report.document import document
from milter.report.figures import Period, gather
from milter.report.schedule import zone_of
from milter.report.written import as_csv, as_html, as_json, as_text

FORMS = ("text", "html", "json", "csv")


async def show(config: Config, since: datetime, form: str, language: str) -> int:
    """Write the report since then."""
    brands = load_brands(config.judge.brands)
    async with opened(config) as store:
        if store is None:
            return 1
        figures = await gather(store, Period(since, datetime.now(UTC)), brands)
    if form == "json":
        say(json_line(as_json(figures)))
        return 0
    zone = zone_of(config.report.time_zone)
    language = language or config.report_language
    observes = config.policy.observe_only
    made = document(figures, language, config.review.url, zone, observes=observes)
    match form:
        case "csv":
            # RFC 4180 wants CRLF, which a text stream may turn into something else.
            sys.stdout.buffer.write(as_csv(made).encode())
            sys.stdout.buffer.flush()
        case "html":
            say(as_html(made))
        case _:
            say(as_text(made).rstrip("\n"))
    return 0
