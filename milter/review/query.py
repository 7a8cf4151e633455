"""Which list does an address ask for? Read strictly: what means nothing is refused.

Raises HTTPException. The place on a list is an id: addresses are kept by browsers and logs of proxies.
"""

from datetime import date, datetime, time, timedelta, tzinfo

from starlette.convertors import Convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request

from milter.quarantine.held import State
from milter.quarantine.listing import Sort, Wanted
from milter.report.schedule import moment_of
from milter.review.review import review_of
from milter.verdict.verdict import AGAINST, Finding

# What JavaScript counts exactly, and every database.
MAX_ID = 2**53

_MAX_WORDS = 200


class RowId(Convertor[int]):
    """The id of a row in a path, as we write it. No other number is an address: one that no database can
    count, or Python will not read, must not be a fault of ours."""

    regex = "[1-9][0-9]{0,15}"

    def convert(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_string(self, value: int) -> str:
        """As it stands in a path."""
        return str(value)


def wanted_of(request: Request) -> Wanted:
    """What a request for the list asks for; of what it does not say, held mail, newest first."""
    query = request.query_params
    state, finding = query.get("state") or State.HELD.value, query.get("finding", "")
    sort, order = query.get("sort") or Sort.RECEIVED.value, query.get("order", "")
    if state not in {*State, "all"} or finding not in {*AGAINST, ""}:
        raise HTTPException(400)
    if sort not in {*Sort} or order not in {"up", "down", ""}:
        raise HTTPException(400)
    until, zone = day_of(query.get("until", "")), review_of(request).zone
    return Wanted(
        state=None if state == "all" else State(state),
        finding=Finding(finding) if finding else None,
        words=_words(request, "words"),
        domain=_words(request, "domain"),
        recipient=_words(request, "recipient"),
        since=start_of(day_of(query.get("since", "")), zone),
        # The day that is named is one of those that are shown.
        until=start_of(until and until + timedelta(days=1), zone),
        sort=Sort(sort),
        ascending=order == "up",
        campaign=number_of(request, "campaign"),
        below_id=number_of(request, "below"),
        above_id=number_of(request, "above"),
    )


def query_of(wanted: Wanted, zone: tzinfo | None) -> dict[str, str]:
    """The same as the parameters of an address, without the place on the list; days are those of `zone`."""
    # Up to a day is up to the first moment of the next one.
    last = wanted.until and wanted.until.astimezone(zone).date() - timedelta(days=1)
    said = {
        "state": wanted.state.value if wanted.state else "all",
        "finding": wanted.finding.value if wanted.finding else "",
        "words": wanted.words,
        "domain": wanted.domain,
        "recipient": wanted.recipient,
        "since": wanted.since.astimezone(zone).date().isoformat() if wanted.since else "",
        "until": last.isoformat() if last else "",
        "sort": "" if wanted.sort is Sort.RECEIVED else wanted.sort.value,
        "order": "up" if wanted.ascending else "",
        "campaign": str(wanted.campaign) if wanted.campaign is not None else "",
    }
    return {name: value for name, value in said.items() if value}


def number_of(request: Request, name: str) -> int | None:
    """A number of the query; None where there is none."""
    text = request.query_params.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 17 and int(text) <= MAX_ID):
        raise HTTPException(400)
    return int(text)


def text_of(value: object, limit: int) -> str:
    """What a field of a form says; nothing where it is none, or a file."""
    return value[:limit] if isinstance(value, str) else ""


def id_of(value: object) -> int:
    """An id that a form of ours says."""
    text = value if isinstance(value, str) else ""
    # Exactly as we write it: no 01, no 1e0.
    if not (text.isascii() and text.isdigit() and len(text) < 17 and str(int(text)) == text):
        raise HTTPException(400)
    return min(int(text), MAX_ID)


def _words(request: Request, name: str) -> str:
    return request.query_params.get(name, "")[:_MAX_WORDS].replace("\0", "")


def day_of(text: str) -> date | None:
    """A day as a form writes it; None where nothing is written."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise HTTPException(400) from error
    # Of other years there is no mail, and not every time zone can count them.
    if not 1990 <= day.year <= 2999:
        raise HTTPException(400)
    return day


def start_of(day: date | None, zone: tzinfo | None) -> datetime | None:
    """The first moment of a day in this time zone (None: that of this machine)."""
    return None if day is None else moment_of(day, time(), zone)
