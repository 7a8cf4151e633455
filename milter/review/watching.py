"""What do the dashboard and the trace answer?"""

from datetime import UTC, datetime, timedelta
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from milter.action.action import Action
from milter.quarantine.campaigns import Campaigns
from milter.quarantine.journal import Deed
from milter.report.words import say
from milter.review.accounts import Account
from milter.review.charts import Bar, bars, columns
from milter.review.overview import FOUND, Overview, Span, begin, is_kept, overview
from milter.review.page import page
from milter.review.query import number_of
from milter.review.review import Review
from milter.review.speech import language_of
from milter.trace.find import Sought, Traces
from milter.trace.tally import Kind
from milter.verdict.verdict import Finding

_ROWS = 50
_MAX_WORDS = 200


async def show_dashboard(request: Request, _: Account) -> Response:
    """GET /dashboard."""
    span = _span(request, Span.DAY)
    review: Review = request.app.state.review
    language = language_of(request, review.language)
    now = datetime.now(UTC)
    seen = await overview(Traces(review.store.transactions), span, now, language, review.zone)
    return page(
        request,
        "dashboard.html",
        span=span,
        spans=[*Span],
        figures=_figures(seen, language),
        times=seen.times,
        found=FOUND,
        column_chart=partial(columns, language=language),
        bar_chart=partial(bars, language=language),
        proven=seen.counts[Kind.PROVEN],
        unlisted=seen.unlisted,
        stopped=seen.stopped,
        campaigns=await Campaigns(review.store.transactions).largest(begin(span, now, review.zone), now),
        # Domains and recipients are those of the rows, and rows go before the counts do.
        kept_days=None if is_kept(span, review.trace_days) else review.trace_days,
        say=partial(say, language),
    )


async def show_trace(request: Request, who: Account) -> Response:
    """GET /trace: what became of a mail, also of one that went on."""
    span = _span(request, Span.DAY)
    query = request.query_params
    words, finding = query.get("words", "")[:_MAX_WORDS], query.get("finding", "")
    action = query.get("action", "")
    if finding not in {*Finding, ""} or action not in {*Action, ""}:
        raise HTTPException(400)
    back = {Span.DAY: 1, Span.WEEK: 7, Span.MONTH: 30}[span]
    sought = Sought(
        words=words,
        finding=Finding(finding) if finding else None,
        since=datetime.now(UTC) - timedelta(days=back),
        before_id=number_of(request, "before"),
        action=Action(action) if action else None,
    )
    review: Review = request.app.state.review
    found = await Traces(review.store.transactions).find(sought, _ROWS + 1)
    # How many, and how far back: never the words, which are somebody's address.
    await review.journal.note(who.name, Deed.TRACED, detail=f"{span.value}: {len(found[:_ROWS])}")
    return page(
        request,
        "trace.html",
        found=found[:_ROWS],
        has_more=len(found) > _ROWS,
        sought=sought,
        span=span,
        spans=[*Span],
        findings=[*Finding],
        actions=[*Action],
        say=partial(say, language_of(request, review.language)),
    )


def _figures(seen: Overview, language: str) -> list[tuple[str, str, list[Bar], bool]]:
    """Title, what is counted, the bars of each figure, and whether they are counted of rows; the words are
    those of the report."""
    counts = seen.counts
    findings = [
        Bar(say(language, value or "no verdict"), mails, value)
        for value, mails in counts[Kind.FINDING].items()
    ]
    likenesses = [Bar(say(language, value), mails) for value, mails in counts[Kind.LIKENESS].items() if value]
    asks = [Bar(say(language, value), mails) for value, mails in counts[Kind.ASK].items()]
    return [
        ("What came", "finding", findings, False),
        ("How it was claimed", "likeness", likenesses, False),
        ("What was wanted", "ask", asks, False),
        ("Who sent it", "author's domain", [Bar(*item) for item in seen.sender_domains.items()], True),
        ("Who was aimed at", "recipient", [Bar(*item) for item in seen.targets.items()], True),
    ]


def _span(request: Request, otherwise: Span) -> Span:
    try:
        return Span(request.query_params.get("span") or otherwise)
    except ValueError:
        raise HTTPException(400) from None
